package io.backprocess.cli.options;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSettings;
import io.backprocess.control.MarkStore;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.plan.PlanStore;
import io.backprocess.render.Printable;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that names the batch, for commands that work on one batch. */
public final class BatchOption {
    @Option(names = "--batch-id", paramLabel = "ID", required = true, description = "The batch.")
    private String batchId = "";

    public String id() {
        return batchId;
    }

    /** Reads the batch's stored plan. */
    public BatchPlan plan(KafkaClients kafka) {
        try (KafkaAdmin admin = kafka.openAdmin()) {
            return new PlanStore(admin).get(batchId);
        }
    }

    /**
     * Reads the stored plan of a batch whose topics are needed.
     *
     * @throws io.backprocess.batch.BatchException refused, if the batch is retired, so that they are deleted
     */
    public BatchPlan planWithTopics(KafkaClients kafka) {
        try (KafkaAdmin admin = kafka.openAdmin()) {
            BatchPlan plan = new PlanStore(admin).get(batchId);
            new MarkStore(admin).refuseRetired(batchId);
            return plan;
        }
    }

    /** Reads the settings that the batch's starts were given. If they are damaged, it prints a warning and returns null. */
    @Nullable
    public BatchSettings settings(KafkaClients kafka, PrintWriter err) {
        return StartSettings.stored(batchId, kafka, complaint -> Printable.warn(err, complaint));
    }
}
