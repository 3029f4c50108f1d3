package io.backprocess.cli.options;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSettings;
import io.backprocess.control.BatchMark;
import io.backprocess.control.MarkStore;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.plan.PlanStore;
import io.backprocess.render.Printable;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which batch, for the commands that look at one. */
public final class BatchOption {
    @Option(names = "--batch-id", paramLabel = "ID", required = true, description = "The batch.")
    private String batchId = "";

    public String id() {
        return batchId;
    }

    /** The batch's stored plan. */
    public BatchPlan plan(Properties kafka) {
        try (KafkaAdmin admin = new KafkaAdmin(kafka)) {
            return new PlanStore(admin, kafka).get(batchId);
        }
    }

    /** What was last done with it. */
    public Optional<BatchMark> mark(Properties kafka) {
        return MarkStore.find(batchId, kafka);
    }

    /** Reads what its starts were told; warns, and returns null, where that is damaged. */
    @Nullable
    public BatchSettings settings(Properties kafka, PrintWriter err) {
        return StartSettings.stored(batchId, kafka, complaint -> Printable.warn(err, complaint));
    }
}
