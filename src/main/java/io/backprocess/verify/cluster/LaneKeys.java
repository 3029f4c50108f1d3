package io.backprocess.verify.cluster;

import io.backprocess.batch.KeyGroups;
import java.io.Serializable;

/** The keys of the state of partitions. A partition that the batch cannot have shares that of one that it has. */
final class LaneKeys implements Serializable {
    private static final long serialVersionUID = 1;

    private final KeyGroups keyGroups;

    LaneKeys(KeyGroups keyGroups) {
        this.keyGroups = keyGroups;
    }

    int of(int partition) {
        return keyGroups.keyOfPartition(possible(partition));
    }

    int subtaskOf(int partition, int parallelism) {
        return keyGroups.subtaskOfPartition(possible(partition), parallelism);
    }

    private int possible(int partition) {
        return partition < keyGroups.maxPartitions() ? partition : partition % keyGroups.plannedPartitions();
    }
}
