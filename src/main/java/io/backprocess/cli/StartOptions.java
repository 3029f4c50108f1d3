package io.backprocess.cli;

import io.backprocess.plan.BatchException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a job is started; run and resume share them. */
final class StartOptions {
    @Option(
            names = "--parallelism",
            paramLabel = "N",
            description = "Subtasks (default: the free slots, but not more than there are partitions).")
    private @Nullable Integer parallelism;

    @Option(
            names = "--max-rate",
            paramLabel = "N",
            description = "At most so many records a second over the whole job, for a source that others need too.")
    private @Nullable Long maxRate;

    @Option(names = "--detached", description = "Do not wait for the end.")
    private boolean detached;

    void check() {
        if (parallelism != null && parallelism < 1) {
            throw BatchException.usage("--parallelism %d is less than one".formatted(parallelism));
        }
        if (maxRate != null && maxRate < 1) {
            throw BatchException.usage("--max-rate %d is less than one".formatted(maxRate));
        }
    }

    @Nullable
    Integer parallelism() {
        return parallelism;
    }

    @Nullable
    Long maxRate() {
        return maxRate;
    }

    boolean isDetached() {
        return detached;
    }
}
