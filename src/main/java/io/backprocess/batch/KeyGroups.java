package io.backprocess.batch;

import java.io.Serializable;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * Which key group, and so which subtask, a source partition belongs to. The reader of a partition and its keyed state are on
 * the same subtask, at every parallelism, and that is why no record needs to travel.
 *
 * <p>The plan's partitions are laid evenly over the key groups. Where there are as many groups as partitions times subtasks, the
 * subtasks' shares differ by one partition at most. The plan is frozen and with it the layout, also where the topic grows. Flink hashes the keys of keyed state; the
 * keys used here are those small integers that its hash sends to the wanted group.
 *
 * <p>Partitions that are added later get groups that no other has, between those of the plan's: of 4 partitions in 1024 groups
 * 0 has group 0 and 1 has 256; 4 then gets 128, and 8 and 12 get 64 and 192, so that they too spread over the subtasks.
 */
public final class KeyGroups implements Serializable {
    private static final long serialVersionUID = 1;

    private final int partitions;
    private final int[] keyOfGroup;

    /**
     * @param partitions of the plan
     * @param maxParallelism the number of key groups, at least the number of partitions
     */
    public KeyGroups(int partitions, int maxParallelism) {
        if (partitions > maxParallelism) {
            throw new IllegalArgumentException(
                    "%s partitions need a max parallelism of as many; it is %s".formatted(partitions, maxParallelism));
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

    /** Of the plan. */
    public int plannedPartitions() {
        return partitions;
    }

    /** How many partitions the topic can grow to: 16 times as many as the plan has or more, up to 2048 planned ones. */
    public int maxPartitions() {
        return partitions << additionBits();
    }

    /** The key whose keyed state is that group's. */
    public int keyOfGroup(int group) {
        return keyOfGroup[group];
    }

    /** The key whose keyed state is that source partition's alone. */
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
     * How far behind the planned partition's group that of its n-th addition lies: in the middle, then at a quarter and at
     * three, and so on, by n with its bits mirrored. 0 for the planned one itself.
     */
    private int distanceOfAddition(int addition) {
        if (addition == 0) {
            return 0;
        }
        int bits = additionBits();
        if (addition >= 1 << bits) {
            throw new IllegalArgumentException("a batch planned over %s partitions has key groups for %s at most"
                    .formatted(partitions, maxPartitions()));
        }
        // Below 2^30: neither factor has more than 15 bits.
        int mirrored = Integer.reverse(addition) >>> (Integer.SIZE - bits);
        return (mirrored * groupsOfEach()) >> bits;
    }

    /** So that mirrored numbers of so many bits fit between the groups of two planned partitions. */
    private int additionBits() {
        return Integer.SIZE - 1 - Integer.numberOfLeadingZeros(groupsOfEach());
    }

    /** From one planned partition's group to the next there are as many or one more. */
    private int groupsOfEach() {
        return keyOfGroup.length / partitions;
    }
}
