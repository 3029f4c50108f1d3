package io.backprocess.cli;

import io.backprocess.plan.BatchMark;
import io.backprocess.plan.BatchPlan;
import io.backprocess.plan.KafkaAdmin;
import io.backprocess.plan.MarkStore;
import io.backprocess.plan.PlanStore;
import java.util.Optional;
import java.util.Properties;
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
}
