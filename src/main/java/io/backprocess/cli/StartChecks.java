package io.backprocess.cli;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.control.BatchMark;
import io.backprocess.control.MarkStore;
import io.backprocess.flink.FlinkAdvice;
import io.backprocess.flink.Submission;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.status.GoneOutput;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Refuses a start that something prevents, whether the batch is new or goes on. */
final class StartChecks {
    private static final Logger LOG = LoggerFactory.getLogger(StartChecks.class);

    private final MarkStore marks;
    private final Submission submission;

    StartChecks(MarkStore marks, Submission submission) {
        this.marks = marks;
        this.submission = submission;
    }

    void refuseLive(BatchPlan plan) {
        String batchId = plan.spec().batchId();
        submission.liveJob(plan).ifPresent(job -> {
            throw BatchException.refused(
                    "%s is running already, as Flink job %s; watch it with: status --batch-id %s --watch"
                            .formatted(batchId, job.id(), batchId));
        });
    }

    /** Refuses a batch that was abandoned or retired. */
    void refuseEnded(BatchPlan plan) {
        String batchId = plan.spec().batchId();
        marks.find(batchId).filter(BatchMark::isFinal).ifPresent(mark -> {
            throw BatchException.refused(
                    "%s was %s and cannot go on; start a new batch id".formatted(batchId, mark.inWords()));
        });
    }

    /** @throws BatchException of kind "refused" if records are missing that an unfinished batch has written */
    void refuseGone(BatchPlan plan, BatchLedger ledger, KafkaAdmin admin) {
        List<String> gone = GoneOutput.of(plan, ledger, admin);
        if (!gone.isEmpty()) {
            throw BatchException.refused("%s cannot go on: %s. %s"
                    .formatted(
                            plan.spec().batchId(),
                            String.join(", and ", gone),
                            FlinkAdvice.toStartAgain(plan.spec().batchId())));
        }
    }

    /**
     * Checks that the records still exist that a completed batch has written. Inside a cluster this only writes a line to the
     * log, since nothing can be started over there.
     *
     * @throws BatchException if records are missing
     */
    void checkOutput(BatchPlan plan, BatchLedger ledger, KafkaAdmin admin) {
        List<String> gone = GoneOutput.of(plan, ledger, admin);
        if (gone.isEmpty()) {
            return;
        }
        String message = "%s was completed, but %s; to write them again, run the range under a new batch id"
                .formatted(plan.spec().batchId(), String.join(", and ", gone));
        if (!submission.isEmbedded()) {
            throw BatchException.failed(message);
        }
        LOG.warn(message);
    }
}
