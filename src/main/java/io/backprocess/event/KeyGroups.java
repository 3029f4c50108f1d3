package io.backprocess.event;

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
 */
public final class KeyGroups implements Serializable {
    private static final long serialVersionUID = 1;

    private final int partitions;
    private final int[] keyOfGroup;

    /** @param maxParallelism the number of key groups, at least the number of partitions */
    public KeyGroups(int partitions, int maxParallelism) {
        if (partitions > maxParallelism) {
            throw new IllegalArgumentException(
                    "%d partitions need a max parallelism of as many; it is %d".formatted(partitions, maxParallelism));
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
        // Rounded up, so that partition p of n falls into the same share as p/n at any parallelism.
        return (int) (((long) partition * keyOfGroup.length + partitions - 1) / partitions);
    }
}
