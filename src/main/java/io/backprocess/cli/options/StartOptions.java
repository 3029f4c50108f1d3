package io.backprocess.cli.options;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a job is started; run and resume share them. */
public final class StartOptions {
    @Option(
            names = "--parallelism",
            paramLabel = "N",
            description = "Subtasks (default: the free slots, but not more than there are partitions).")
    private @Nullable Integer parallelism;

    @Option(
            names = "--max-rate",
            paramLabel = "N",
            converter = ExecutionOptions.Limit.class,
            description = "At most so many records a second over the whole job, for a source that others need too"
                    + " (default: none, that is no limit).")
    private @Nullable Long maxRate;

    @Option(
            names = "--forget-settings",
            description = {
                "What a start is told (parallelism, rate, limits, intervals, memory, log) holds for the batch's later starts",
                "until one is told otherwise. With this, start by the defaults and by what is said now."
            })
    private boolean forgetsSettings;

    @Option(
            names = "--accept-dead-letters",
            description = "End with 0 even where more of a completed batch is dead letters than --max-dlq-ratio allows,"
                    + " or nothing else came of it; without it that ends with 1, whatever its size.")
    private boolean acceptDeadLetters;

    @Option(names = "--detached", description = "Do not wait for the end.")
    private boolean detached;

    public void check() {
        if (parallelism != null && parallelism < 1) {
            throw BatchException.usage("--parallelism %d is less than one".formatted(parallelism));
        }
    }

    /** Whether nothing holds that earlier starts were told. */
    boolean forgetsSettings() {
        return forgetsSettings;
    }

    /** What the options say, with those of the execution. */
    BatchSettings told(ExecutionOptions execution) {
        return execution.told(parallelism, maxRate);
    }

    /** From now on these, which were told now or at an earlier start. */
    void adopt(@Nullable Integer itsParallelism, @Nullable Long itsMaxRate) {
        parallelism = itsParallelism;
        maxRate = itsMaxRate;
    }

    @Nullable
    public Integer parallelism() {
        return parallelism;
    }

    @Nullable
    public Long maxRate() {
        return maxRate;
    }

    public boolean acceptsDeadLetters() {
        return acceptDeadLetters;
    }

    public boolean isDetached() {
        return detached;
    }
}
