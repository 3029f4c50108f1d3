package io.backprocess.verify.cluster;

import org.apache.flink.runtime.operators.coordination.OperatorEvent;
import org.jspecify.annotations.Nullable;

/** How far a subtask is with one lane. It goes to the {@link ReportsCoordinator}. */
final class LaneProgress implements OperatorEvent {
    private static final long serialVersionUID = 1;

    final int partition;
    final long passed;
    final byte @Nullable [] report;

    /**
     * @param partition the partition; of a step without lanes, the number of the subtask
     * @param passed the number of source offsets that are done
     * @param report the report; null before the end
     */
    LaneProgress(int partition, long passed, byte @Nullable [] report) {
        this.partition = partition;
        this.passed = passed;
        this.report = report;
    }
}
