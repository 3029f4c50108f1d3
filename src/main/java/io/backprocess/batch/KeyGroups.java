package io.backprocess.batch;

import java.io.Serializable;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * Assigns each source partition to a key group, and so to a subtask. The reader of a partition and its keyed state are on the
 * same subtask at every parallelism, so no record needs to travel.
 *
 * <p>The partitions of the plan are spread evenly over the key groups. If there are at least as many groups as partitions times
 * subtasks, the shares of the subtasks differ by at most one partition. The layout is frozen with the plan, even if the topic
 * grows later. Flink hashes the keys of keyed state. The keys used here are small integers that its hash maps to the wanted
 * group.
 *
 * <p>Partitions that are added later get groups of their own, between the groups of the planned partitions. With 4 partitions in
 * 1024 groups, partition 0 has group 0 and partition 1 has group 256. Partition 4 then gets group 128, and partitions 8 and 12
 * get groups 64 and 192, so that added partitions also spread over the subtasks.
 */
public final class KeyGroups implements Serializable {
    private static final long serialVersionUID = 1;

    private final int partitions;
    private final int[] keyOfGroup;

    /**
     * @param partitions the number of partitions in the plan
     * @param maxParallelism the number of key groups, at least the number of partitions
     */
    public KeyGroups(int partitions, int maxParallelism) {
        if (partitions > maxParallelism) {
            throw new IllegalArgumentException("%s partitions need a max parallelism of at least that number; it is %s"
                    .formatted(partitions, maxParallelism));
        }
        this.partitions = partitions;
        this.keyOfGroup = new int[maxParallelism];
        int missing = maxParallelism;
        // 0 marks a group without a key yet, so the search starts at 1.
        for (int key = 1; missing > 0; key++) {
            int group = KeyGroupRangeAssignment.assignToKeyGroup(key, maxParallelism);
            if (keyOfGroup[group] == 0) {
                keyOfGroup[group] = key;
                missing--;
            }
        }
    }

    public int count() {
        return keyOfGroup.length;
    }

    /** Returns the number of partitions in the plan. */
    public int plannedPartitions() {
        return partitions;
    }

    /**
     * Returns the number of partitions that the topic can grow to: at least 16 times the planned number, for up to 2048 planned
     * partitions.
     */
    public int maxPartitions() {
        return partitions << additionBits();
    }

    /** Returns the key whose keyed state is in the given group. */
    public int keyOfGroup(int group) {
        return keyOfGroup[group];
    }

    /** Returns the key whose keyed state belongs to the given source partition alone. */
    public int keyOfPartition(int partition) {
        return keyOfGroup[groupOfPartition(partition)];
    }

    public int subtaskOfPartition(int partition, int parallelism) {
        return KeyGroupRangeAssignment.computeOperatorIndexForKeyGroup(
                keyOfGroup.length, parallelism, groupOfPartition(partition));
    }

    public boolean ownsPartition(KeyGroupRange range, int partition) {
        return range.contains(groupOfPartition(partition));
    }

    private int groupOfPartition(int partition) {
        int planned = partition % partitions;
        // Rounded up, so that partition p of n falls into the same share as p/n at any parallelism.
        int group = (int) (((long) planned * keyOfGroup.length + partitions - 1) / partitions);
        return group + distanceOfAddition(partition / partitions);
    }

    /**
     * Returns the distance from a planned partition's group to the group of its n-th addition: one half of the gap, then one
     * quarter, then three quarters, and so on. The fraction is n with its bits mirrored. The distance is 0 for the planned
     * partition itself.
     */
    private int distanceOfAddition(int addition) {
        if (addition == 0) {
            return 0;
        }
        int bits = additionBits();
        if (addition >= 1 << bits) {
            throw new IllegalArgumentException("a batch planned over %s partitions has key groups for at most %s"
                    .formatted(partitions, maxPartitions()));
        }
        // The product is below 2^30, because neither factor has more than 15 bits.
        int mirrored = Integer.reverse(addition) >>> (Integer.SIZE - bits);
        return (mirrored * groupsOfEach()) >> bits;
    }

    /** Returns the number of bits whose mirrored numbers fit between the groups of two planned partitions. */
    private int additionBits() {
        return Integer.SIZE - 1 - Integer.numberOfLeadingZeros(groupsOfEach());
    }

    /** Returns the smallest distance from one planned partition's group to the next. It is this number or one more. */
    private int groupsOfEach() {
        return keyOfGroup.length / partitions;
    }
}
