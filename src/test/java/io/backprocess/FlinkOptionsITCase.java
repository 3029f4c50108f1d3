package io.backprocess;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.DedupeScope;
import io.backprocess.job.RequiredOptions;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.RandomHistory;
import io.backprocess.testing.TestBatch;
import io.backprocess.verify.Verdict;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.util.TestStreamEnvironment;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A cluster whose configuration has each of Flink's options that a batch could mind at its worst. What is no worse than slow, or
 * ends with an error, is not among them.
 */
@SuppressWarnings("NullAway.Init")
@Nightly
class FlinkOptionsITCase {
    /** Those that {@link RequiredOptions} sets, and those that it has no need to set. */
    private static final Map<String, String> WORST = Map.ofEntries(
            Map.entry("execution.runtime-mode", "BATCH"),
            Map.entry("execution.checkpointing.checkpoints-after-tasks-finish.enabled", "false"),
            Map.entry("execution.checkpointing.unaligned.enabled", "true"),
            Map.entry("execution.checkpointing.unaligned.forced", "true"),
            Map.entry("execution.checkpointing.unaligned.interruptible-timers.enabled", "true"),
            Map.entry("execution.checkpointing.max-concurrent-checkpoints", "5"),
            Map.entry("execution.checkpointing.interval-during-backlog", "0 s"),
            Map.entry("execution.checkpointing.externalized-checkpoint-retention", "NO_EXTERNALIZED_CHECKPOINTS"),
            Map.entry("execution.checkpointing.create-subdir", "false"),
            Map.entry("execution.checkpointing.file-merging.enabled", "true"),
            Map.entry("execution.checkpointing.file-merging.across-checkpoint-boundary", "true"),
            Map.entry("execution.checkpointing.local-backup.enabled", "true"),
            Map.entry("execution.checkpointing.snapshot-compression", "true"),
            Map.entry("execution.checkpointing.incremental", "true"),
            Map.entry("execution.state-recovery.approximate-local-recovery", "true"),
            Map.entry("execution.state-recovery.from-local", "true"),
            Map.entry("execution.state-recovery.ignore-unclaimed-state", "true"),
            Map.entry("execution.state-recovery.claim-mode", "CLAIM"),
            Map.entry("state.changelog.enabled", "true"),
            Map.entry("execution.buffer-timeout.enabled", "false"),
            Map.entry("execution.shutdown-on-attached-exit", "true"),
            Map.entry("execution.batch.speculative.enabled", "true"),
            Map.entry("pipeline.operator-chaining.enabled", "false"),
            Map.entry("pipeline.operator-chaining.chain-operators-with-different-max-parallelism", "false"),
            Map.entry("pipeline.object-reuse", "false"),
            Map.entry("pipeline.generic-types", "true"),
            Map.entry("pipeline.auto-generate-uids", "true"),
            Map.entry("pipeline.max-parallelism", "7"),
            Map.entry("pipeline.force-kryo", "true"),
            Map.entry("table.exec.state.ttl", "1 ms"));

    /** AdaptiveBatch is refused, see {@code PipelineTest}. Adaptive is what the batch gets when the cluster asks for it: it restarts all tasks, and at another parallelism. */
    enum Scheduler {
        Default,
        Adaptive
    }

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(Scheduler.class)
    void isRightWhateverTheClustersConfigurationSays(Scheduler scheduler) throws Exception {
        Configuration worst = Configuration.fromMap(WORST);
        worst.setString("jobmanager.scheduler", scheduler.toString());
        worst.setString("jobmanager.adaptive-scheduler.submission.resource-stabilization-timeout", "100 ms");
        worst.setString("jobmanager.adaptive-scheduler.executing.resource-stabilization-timeout", "100 ms");
        worst.setString("jobmanager.adaptive-scheduler.executing.cooldown-after-rescaling", "100 ms");
        MiniClusterConfiguration configuration = new MiniClusterConfiguration.Builder()
                .setNumTaskManagers(2)
                .setNumSlotsPerTaskManager(2)
                .setConfiguration(worst)
                .withRandomPorts()
                .build();
        try (MiniCluster cluster = new MiniCluster(configuration)) {
            cluster.start();
            TestStreamEnvironment.setAsContext(cluster, 4);
            run(cluster, scheduler == Scheduler.Default ? DedupeScope.GLOBAL : DedupeScope.PARTITION);
        } finally {
            TestStreamEnvironment.unsetAsContext();
        }
    }

    private void run(MiniCluster cluster, DedupeScope scope) throws Exception {
        String topic = KAFKA.unique("history");
        KAFKA.createTopic(topic, 5, "retention.ms=-1");
        KAFKA.send(new RandomHistory(topic, 5, 31).records(3000));
        TestBatch batch = new TestBatch(
                KAFKA, topic, "purchase-split", scope, directory.toUri().toString());
        batch.flinkConfiguration.addAll(Configuration.fromMap(WORST));

        JobClient first = batch.submit(4, null, 600L);
        batch.awaitCommitted(300);
        cluster.terminateTaskManager(0).get();
        cluster.startTaskManager();
        batch.awaitCommitted(900);
        String savepoint = batch.stopWithSavepoint(first);
        assertThat(batch.ledger().isComplete()).isFalse();
        batch.runToItsEnd(2, savepoint);

        if (scope == DedupeScope.PARTITION) {
            batch.assertAsTheOracleSays("seed 31");
        }
        assertThat(batch.verify().verdict()).isEqualTo(Verdict.COMPLETE);
    }
}
