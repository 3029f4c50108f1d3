package io.backprocess.job;

import io.backprocess.batch.BatchException;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateChangelogOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.CheckpointingMode;

/**
 * Sets the Flink options that correctness needs, whatever the cluster's configuration says. {@code FlinkOptionsITCase} gives
 * each option its worst value, and also those that this class leaves alone.
 */
public final class RequiredOptions {
    private static final Duration DEFAULT_CHECKPOINT_INTERVAL = Duration.ofSeconds(10);

    private RequiredOptions() {}

    /**
     * @param given the configuration that the job would have
     * @throws BatchException refused, when it configures checkpoints that are not exactly once, or a scheduler without
     *     checkpoints
     */
    public static Configuration over(ReadableConfig given, int maxParallelism) {
        if (given.get(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE) != CheckpointingMode.EXACTLY_ONCE) {
            throw BatchException.refused("checkpointing is configured as at-least-once, and results would be doubled;"
                    + " remove execution.checkpointing.mode from Flink's configuration");
        }
        if (given.get(JobManagerOptions.SCHEDULER) == JobManagerOptions.SchedulerType.AdaptiveBatch) {
            throw BatchException.refused(
                    "jobmanager.scheduler is AdaptiveBatch, which makes no checkpoints, but a batch commits"
                            + " with them; remove it from Flink's configuration");
        }
        Configuration required = new Configuration();
        // In batch mode the whole batch would be one transaction, without checkpoints and without order.
        required.set(ExecutionOptions.RUNTIME_MODE, RuntimeExecutionMode.STREAMING);
        required.set(PipelineOptions.OBJECT_REUSE, true);
        required.set(PipelineOptions.GENERIC_TYPES, false);
        required.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        required.set(PipelineOptions.MAX_PARALLELISM, maxParallelism);
        // Each subtask reads the partitions of its own key groups, so all steps have one parallelism.
        required.set(PipelineOptions.PARALLELISM_OVERRIDES, Map.of());
        required.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpointInterval(given));
        // The last results are committed by a checkpoint after the end of the input.
        required.set(CheckpointingOptions.ENABLE_CHECKPOINTS_AFTER_TASKS_FINISH, true);
        // A barrier that overtakes records overtakes the marks that say how far they were read.
        required.set(CheckpointingOptions.ENABLE_UNALIGNED, false);
        required.set(CheckpointingOptions.FORCE_UNALIGNED, false);
        // Two checkpoints at once mean two transactions of each sink, and the older one could be lost alone.
        required.set(CheckpointingOptions.MAX_CONCURRENT_CHECKPOINTS, 1);
        // By default Flink deletes the checkpoints of a job that failed or was cancelled. The batch could then not be
        // resumed.
        required.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        // Two jobs in one directory would overwrite each other's checkpoints, and resume could not tell them apart.
        required.set(CheckpointingOptions.CREATE_CHECKPOINT_SUB_DIR, true);
        required.set(StateChangelogOptions.ENABLE_STATE_CHANGE_LOG, false);
        // With this option, a task that fails would go on without the records in flight.
        required.set(StateRecoveryOptions.APPROXIMATE_LOCAL_RECOVERY, false);
        // State that no step claims means that a step has lost its state, for example the eventIds that were taken.
        required.set(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, false);
        // The job must not end with the command line that watches it.
        required.set(DeploymentOptions.SHUTDOWN_IF_ATTACHED, false);
        if (given.getOptional(StateBackendOptions.STATE_BACKEND).isEmpty()) {
            required.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
        }
        return required;
    }

    /** Returns the configured interval, 10 s by default. A longer pause between checkpoints makes the interval longer. */
    public static Duration checkpointInterval(ReadableConfig config) {
        Duration interval =
                config.getOptional(CheckpointingOptions.CHECKPOINTING_INTERVAL).orElse(DEFAULT_CHECKPOINT_INTERVAL);
        Duration pause = config.get(CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS);
        return pause.compareTo(interval) > 0 ? pause : interval;
    }
}
