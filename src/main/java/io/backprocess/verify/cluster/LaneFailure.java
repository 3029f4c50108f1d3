package io.backprocess.verify.cluster;

import io.backprocess.batch.BatchException;
import io.backprocess.verify.Workers;
import org.apache.flink.runtime.operators.coordination.OperatorEvent;

/** The reason why a proof cannot end. It goes from a subtask to the {@link ReportsCoordinator}. */
final class LaneFailure implements OperatorEvent {
    private static final long serialVersionUID = 1;

    private final BatchException.Kind kind;
    private final String message;

    LaneFailure(RuntimeException cause) {
        RuntimeException failure = Workers.failure(cause);
        if (failure instanceof BatchException known) {
            this.kind = known.kind();
            this.message = String.valueOf(known.getMessage());
        } else {
            this.kind = BatchException.Kind.FAILED;
            this.message = "unexpected: " + failure;
        }
    }

    BatchException asException() {
        return BatchException.of(kind, message);
    }
}
