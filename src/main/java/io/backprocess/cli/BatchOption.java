package io.backprocess.cli;

import io.backprocess.plan.BatchMark;
import io.backprocess.plan.BatchPlan;
import io.backprocess.plan.BatchSettings;
import io.backprocess.plan.KafkaAdmin;
import io.backprocess.plan.MarkStore;
import io.backprocess.plan.PlanStore;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which batch, for the commands that look at one. */
final class BatchOption {
    @Option(names = "--batch-id", paramLabel = "ID", required = true, description = "The batch.")
    private String batchId = "";

    String id() {
        return batchId;
    }

    /** The batch's stored plan. */
    BatchPlan plan(Properties kafka) {
        try (KafkaAdmin admin = new KafkaAdmin(kafka)) {
            return new PlanStore(admin, kafka).get(batchId);
        }
    }

    /** What was last done with it. */
    Optional<BatchMark> mark(Properties kafka) {
        try (KafkaAdmin admin = new KafkaAdmin(kafka)) {
            return new MarkStore(admin, kafka).find(batchId);
        }
    }

    /** Reads what its starts were told; warns, and returns null, where that is damaged. */
    @Nullable
    BatchSettings settings(Properties kafka, PrintWriter err) {
        return StartSettings.stored(batchId, kafka, complaint -> Printable.warn(err, complaint));
    }
}
