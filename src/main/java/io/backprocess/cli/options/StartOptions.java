package io.backprocess.cli.options;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for how a job is started. The commands run and resume share them. */
public final class StartOptions {
    @Option(
            names = "--parallelism",
            paramLabel = "N",
            description = "Number of subtasks (default: the free slots, at most the number of partitions).")
    private @Nullable Integer parallelism;

    @Option(
            names = "--max-rate",
            paramLabel = "N",
            converter = ExecutionOptions.Limit.class,
            description = "Limit in records per second over the whole job, for a source that other clients need too"
                    + " (default: none, that is no limit).")
    private @Nullable Long maxRate;

    @Option(
            names = "--forget-settings",
            description = {
                "Options of a start (parallelism, rate, limits, intervals, memory, log) stay in force for the batch's later",
                "starts until one gives another value. With this option, only the defaults and the options given now apply."
            })
    private boolean forgetsSettings;

    @Option(
            names = "--accept-dead-letters",
            description = {
                "End with 0 even if a completed batch has more dead letters than --max-dlq-ratio allows, or has dead letters",
                "and no results. Without this option that ends with 1, for a batch of any size. Also start a batch of which no",
                "sampled record is an event."
            })
    private boolean acceptDeadLetters;

    @Option(names = "--detached", description = "Do not wait for the end.")
    private boolean detached;

    public void check() {
        if (parallelism != null && parallelism < 1) {
            throw BatchException.usage("--parallelism %d is less than one".formatted(parallelism));
        }
    }

    /** Tells whether the settings of earlier starts are ignored. */
    boolean forgetsSettings() {
        return forgetsSettings;
    }

    /** Returns the options that were given, together with those of the execution. */
    BatchSettings told(ExecutionOptions execution) {
        return execution.told(parallelism, maxRate);
    }

    /** Replaces these options by the batch's settings, which combine this start with earlier ones. */
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
