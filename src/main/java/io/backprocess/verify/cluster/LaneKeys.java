package io.backprocess.verify.cluster;

import io.backprocess.batch.KeyGroups;
import java.io.Serializable;
import java.util.List;
import org.apache.flink.api.common.TaskInfo;

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

    /** Returns those of the partitions that belong to a subtask. */
    List<Integer> ofSubtask(TaskInfo subtask, List<Integer> partitions) {
        return partitions.stream()
                .filter(partition ->
                        keyGroups.subtaskOfPartition(possible(partition), subtask.getNumberOfParallelSubtasks())
                                == subtask.getIndexOfThisSubtask())
                .toList();
    }

    private int possible(int partition) {
        return partition < keyGroups.maxPartitions() ? partition : partition % keyGroups.plannedPartitions();
    }
}
