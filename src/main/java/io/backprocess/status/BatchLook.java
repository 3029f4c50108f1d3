package io.backprocess.status;

import io.backprocess.cli.options.BatchOption;
import io.backprocess.cli.options.ConnectionOptions;
import io.backprocess.ledger.LedgerFollower;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Properties;

/** Holds what a batch has committed, and the state that follows from it. */
public record BatchLook(LedgerLook ledger, BatchState state) {
    private static final Duration LAST_COMMIT_PATIENCE = Duration.ofSeconds(5);

    /** Looks twice where the batch seems to have failed: the job may have ended, and its last commit been confirmed, between the two questions. */
    public static BatchLook at(
            LedgerFollower follower,
            BatchOption batch,
            ConnectionOptions connection,
            Properties kafka,
            PrintWriter err) {
        LedgerLook ledger = new LedgerLook(follower.poll(), null);
        BatchState state = BatchState.ask(ledger, batch, connection, kafka, err);
        if (state == BatchState.FAILED) {
            ledger = LedgerLook.at(follower, kafka, LAST_COMMIT_PATIENCE);
            state = BatchState.ask(ledger, batch, connection, kafka, err);
        }
        return new BatchLook(ledger, state);
    }
}
