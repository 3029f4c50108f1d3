package io.backprocess.status;

import io.backprocess.batch.BatchPlan;
import io.backprocess.flink.FlinkCluster;
import io.backprocess.ledger.LedgerFollower;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Properties;
import java.util.function.Supplier;

/** A batch's ledger, and the state that follows from it. */
public record BatchLook(LedgerLook ledger, BatchState state) {
    private static final Duration LAST_COMMIT_PATIENCE = Duration.ofSeconds(5);

    /**
     * Reads the ledger and asks for the state. If the batch seems to have failed, it does both again: between the first two
     * questions the job may have ended and its last commit may have been confirmed.
     */
    public static BatchLook at(
            BatchPlan plan, LedgerFollower follower, Supplier<FlinkCluster> flink, Properties kafka, PrintWriter err) {
        LedgerLook ledger = new LedgerLook(follower.poll(), null);
        BatchState state = BatchState.ask(plan, ledger, flink, kafka, err);
        if (state == BatchState.FAILED) {
            ledger = LedgerLook.at(follower, kafka, LAST_COMMIT_PATIENCE);
            state = BatchState.ask(plan, ledger, flink, kafka, err);
        }
        return new BatchLook(ledger, state);
    }
}
