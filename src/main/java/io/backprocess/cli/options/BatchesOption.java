package io.backprocess.cli.options;

import io.backprocess.batch.BatchPlan;
import io.backprocess.control.MarkStore;
import io.backprocess.control.SetStore;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.plan.PlanStore;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The option that names one batch or a set of batches. */
public final class BatchesOption {
    @ArgGroup(exclusive = true, multiplicity = "1")
    private Names names = new Names();

    /** The two ways to name batches. */
    private static final class Names {
        @Option(names = "--batch-id", paramLabel = "ID", description = "The batch.")
        private @Nullable String batchId;

        @Option(
                names = "--set",
                paramLabel = "NAME",
                description = "All batches of this set, which run --set or batches --set has made.")
        private @Nullable String set;
    }

    /** Returns the name of the set; null if one batch is named. */
    public @Nullable String set() {
        return names.set;
    }

    /**
     * Reads the stored plans.
     *
     * @throws io.backprocess.batch.BatchException refused, if a batch is retired, so that its topics are deleted
     */
    public List<BatchPlan> plans(KafkaClients kafka) {
        try (KafkaAdmin admin = kafka.openAdmin()) {
            if (names.set != null) {
                SetStore.checkName(names.set);
            }
            List<String> ids =
                    names.set == null ? List.of(String.valueOf(names.batchId)) : new SetStore(admin).batches(names.set);
            PlanStore plans = new PlanStore(admin);
            List<BatchPlan> found = ids.stream().map(plans::get).toList();
            ids.forEach(new MarkStore(admin)::refuseRetired);
            return found;
        }
    }
}
