package io.backprocess.cli.options;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.DedupeScope;
import io.backprocess.kafka.KafkaAdmin;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options with which {@code plan} also estimates the batch's size. */
public final class SizeOptions {
    @Option(
            names = "--size",
            description =
                    "Also print an estimate of time, cores, memory and disk. This reads a few records to find their size.")
    private boolean asked;

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            description =
                    "With --size: estimate for this parallelism (default: 1, 2, 4 … up to one slot for each partition).")
    private @Nullable Integer parallelism;

    public boolean isAsked() {
        return asked;
    }

    public void check() {
        if (parallelism != null && !asked) {
            throw BatchException.usage("--parallelism needs --size; add --size");
        }
        if (parallelism != null && parallelism < 1) {
            throw BatchException.usage("--parallelism %d is less than one".formatted(parallelism));
        }
    }

    public BatchSize of(BatchPlan plan, long offsets, KafkaAdmin admin) {
        if (parallelism != null && parallelism > plan.layout().maxParallelism()) {
            throw BatchException.usage("--parallelism %d is more than the plan's max parallelism %d; give at most that"
                    .formatted(parallelism, plan.layout().maxParallelism()));
        }
        return BatchSize.of(plan, offsets, parallelisms(plan), admin);
    }

    private List<Integer> parallelisms(BatchPlan plan) {
        if (parallelism != null) {
            return List.of(parallelism);
        }
        // In global scope, slots beyond the number of partitions also help.
        int most = plan.spec().dedupeScope() == DedupeScope.GLOBAL
                ? Math.min(plan.layout().maxParallelism(), 4 * plan.ranges().size())
                : plan.ranges().size();
        List<Integer> all = new ArrayList<>();
        for (int each = 1; each < most; each *= 2) {
            all.add(each);
        }
        all.add(most);
        return all;
    }
}
