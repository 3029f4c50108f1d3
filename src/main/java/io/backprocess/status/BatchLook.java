package io.backprocess.status;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.control.MarkStore;
import io.backprocess.flink.FlinkCluster;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.ledger.LedgerFollower;
import io.backprocess.render.Printable;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Supplier;

/** A batch's ledger, and the state that follows from it. */
public record BatchLook(LedgerLook ledger, BatchState state) {
    private static final Duration LAST_COMMIT_PATIENCE = Duration.ofSeconds(5);

    /**
     * Reads the ledger and asks for the state. If the batch seems to have failed, it does both again: between the first two
     * questions the job may have ended and its last commit may have been confirmed.
     */
    public static BatchLook at(
            BatchPlan plan,
            LedgerFollower follower,
            Supplier<FlinkCluster> flink,
            KafkaClients kafka,
            PrintWriter err) {
        LedgerLook ledger = new LedgerLook(follower.poll(), null);
        BatchState state = ask(plan, ledger, flink, kafka, err);
        if (state == BatchState.FAILED) {
            ledger = LedgerLook.at(follower, kafka, LAST_COMMIT_PATIENCE);
            state = ask(plan, ledger, flink, kafka, err);
        }
        return new BatchLook(ledger, state);
    }

    /**
     * Finds the state. If the ledger and the batch's mark do not show it, this asks Flink. It is not an error if
     * Flink does not answer.
     */
    private static BatchState ask(
            BatchPlan plan, LedgerLook look, Supplier<FlinkCluster> cluster, KafkaClients kafka, PrintWriter err) {
        String batchId = plan.spec().batchId();
        if (look.ledger().isComplete()) {
            return MarkStore.findRetired(batchId, kafka).isPresent() ? BatchState.RETIRED : BatchState.COMPLETED;
        }
        FlinkCluster flink = cluster.get();
        Optional<FlinkCluster.Job> job;
        try {
            job = flink.job(plan);
        } catch (BatchException e) {
            err.println(Printable.lines(
                    flink.isLeaderless()
                            ? flink.leaderless(since(look, batchId))
                            : e.getMessage() + " (the state is derived from the ledger alone)"));
            job = Optional.empty();
        }
        return BatchSituation.of(plan, look, flink, job, MarkStore.find(batchId, kafka))
                .state();
    }

    /** Returns the time of the batch's last commit in words. It is the last time at which Flink is known to have worked. */
    private static String since(LedgerLook look, String batchId) {
        Instant last = look.ledger().lastCommit();
        return last == null
                ? ""
                : " since %s, when %s committed for the last time, or later"
                        .formatted(last.truncatedTo(ChronoUnit.SECONDS), batchId);
    }
}
