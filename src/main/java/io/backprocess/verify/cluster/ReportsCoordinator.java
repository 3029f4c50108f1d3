package io.backprocess.verify.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.operators.coordination.CoordinationRequest;
import org.apache.flink.runtime.operators.coordination.CoordinationRequestHandler;
import org.apache.flink.runtime.operators.coordination.CoordinationResponse;
import org.apache.flink.runtime.operators.coordination.OperatorCoordinator;
import org.apache.flink.runtime.operators.coordination.OperatorEvent;
import org.jspecify.annotations.Nullable;

/**
 * Collects in the JobManager what the subtasks report, for the command that waits for it. It stores no state: a subtask that is
 * restored reports again what its state has.
 */
final class ReportsCoordinator implements OperatorCoordinator, CoordinationRequestHandler {
    private static final int REPORTS_AN_ANSWER = 100;

    /** The offsets that are done, by partition. */
    private final Map<Integer, Long> passed = new HashMap<>();
    /** The reports by partition. */
    private final Map<Integer, byte[]> reports = new TreeMap<>();

    private final int subtasks;
    private @Nullable LaneFailure failure;

    private ReportsCoordinator(int subtasks) {
        this.subtasks = subtasks;
    }

    /** Creates the coordinator of the operator. */
    record Provider(OperatorID operatorId) implements OperatorCoordinator.Provider {
        private static final long serialVersionUID = 1;

        @Override
        public OperatorID getOperatorId() {
            return operatorId;
        }

        @Override
        public OperatorCoordinator create(Context context) {
            return new ReportsCoordinator(context.currentParallelism());
        }
    }

    @Override
    public synchronized void handleEventFromOperator(int subtask, int attempt, OperatorEvent event) {
        if (event instanceof LaneFailure lane) {
            failure = failure == null ? lane : failure;
            return;
        }
        LaneProgress progress = (LaneProgress) event;
        passed.put(progress.partition, progress.passed);
        if (progress.report != null) {
            reports.putIfAbsent(progress.partition, progress.report);
        }
    }

    @Override
    public synchronized CompletableFuture<CoordinationResponse> handleCoordinationRequest(CoordinationRequest request) {
        return CompletableFuture.completedFuture(new Reports(
                passed.values().stream().mapToLong(Long::longValue).sum(),
                subtasks,
                reports.size(),
                new ArrayList<>(reports.values().stream()
                        .skip(((Reports.Request) request).skipped())
                        .limit(REPORTS_AN_ANSWER)
                        .toList()),
                failure));
    }

    @Override
    public void start() {}

    @Override
    public void close() {}

    @Override
    public void checkpointCoordinator(long checkpointId, CompletableFuture<byte[]> result) {
        result.complete(new byte[0]);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) {}

    @Override
    public void resetToCheckpoint(long checkpointId, byte @Nullable [] state) {}

    @Override
    public void subtaskReset(int subtask, long checkpointId) {}

    @Override
    public void executionAttemptFailed(int subtask, int attempt, @Nullable Throwable reason) {}

    @Override
    public void executionAttemptReady(int subtask, int attempt, SubtaskGateway gateway) {}
}
