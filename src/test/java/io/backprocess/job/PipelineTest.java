package io.backprocess.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DeadLetterLimits;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.LogEvents;
import io.backprocess.batch.OffsetRange;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.batch.SizeLimits;
import io.backprocess.kafka.KafkaClients;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public class PipelineTest {
    private static final String UPSERT =
            "{url: 'jdbc:postgresql://db/shop?ssl=true', user: u, table: users, columns: {id: {path: /id, type: bigint, key: true}}}";

    @Test
    void keepsTheNamesThatSavepointsKnow() {
        StreamGraph graph = graph(DedupeScope.PARTITION, new Configuration());

        assertThat(graph.getStreamNodes())
                .extracting(StreamNode::getTransformationUID)
                .containsExactlyInAnyOrder(
                        "read",
                        "decode",
                        "gate",
                        "dedupe",
                        "revise",
                        "ledger",
                        "publish",
                        "Sink Committer: publish",
                        "deadletter",
                        "Sink Committer: deadletter");
    }

    /** After {@code revise}, whose results it takes, and before {@code ledger}, which counts what it refuses. */
    @Test
    void writesToATableInTheSameChainWhereThePlanSaysSo() {
        StreamGraph graph = graph(spec(DedupeScope.PARTITION).withUpsert(UPSERT), new Configuration());

        assertThat(graph.getStreamNodes())
                .extracting(StreamNode::getTransformationUID)
                .contains("upsert")
                .hasSize(11);
        assertThat(graph.getJobGraph().getVertices())
                .extracting(JobVertex::getName)
                .singleElement()
                .asString()
                .startsWith("Source: read -> decode -> gate -> dedupe -> revise -> upsert -> ledger -> (publish");
        assertThat(graph.getExecutionConfig().getGlobalJobParameters().toMap())
                .containsEntry("upsert-jdbc", "users in jdbc:postgresql://db/shop")
                .doesNotContainValue("canary");
    }

    @Test
    void isOneChainWithoutAShuffleInPartitionScope() {
        JobGraph job = graph(DedupeScope.PARTITION, new Configuration()).getJobGraph();

        assertThat(job.getVertices())
                .extracting(JobVertex::getName)
                .singleElement()
                .asString()
                .startsWith("Source: read -> decode -> gate -> dedupe -> revise -> ledger -> (publish");
    }

    @Test
    void shufflesOnceInGlobalScope() {
        JobGraph job = graph(DedupeScope.GLOBAL, new Configuration()).getJobGraph();

        assertThat(job.getVertices()).hasSize(2);
    }

    @Test
    void runsWithChainingOffAsWell() {
        Configuration config = new Configuration();
        config.setString("pipeline.operator-chaining.enabled", "false");

        assertThat(graph(DedupeScope.PARTITION, config).getJobGraph().getNumberOfVertices())
                .isEqualTo(10);
    }

    @Test
    void refusesAtLeastOnceCheckpoints() {
        Configuration config = new Configuration();
        config.set(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.AT_LEAST_ONCE);

        assertThatThrownBy(() -> graph(DedupeScope.PARTITION, config))
                .isInstanceOf(BatchException.class)
                .hasMessageContaining("results would be doubled");
    }

    /** It runs a streaming job without a single checkpoint. */
    @Test
    void refusesASchedulerThatMakesNoCheckpoints() {
        Configuration config = new Configuration();
        config.setString("jobmanager.scheduler", "AdaptiveBatch");

        assertThatThrownBy(() -> graph(DedupeScope.PARTITION, config))
                .isInstanceOf(BatchException.class)
                .hasMessageContaining("jobmanager.scheduler is AdaptiveBatch");
    }

    /** What is set here by its older name must not win over what correctness needs. */
    @Test
    void setsWhatCorrectnessNeedsWhateverIsConfigured() {
        Configuration config = new Configuration();
        config.setString("execution.checkpointing.checkpoints-after-tasks-finish.enabled", "false");
        config.setString("execution.checkpointing.unaligned", "true");
        config.setString("execution.checkpointing.min-pause", "5 min");
        config.setString("execution.state-recovery.ignore-unclaimed-state", "true");
        config.setString("execution.checkpointing.externalized-checkpoint-retention", "NO_EXTERNALIZED_CHECKPOINTS");
        config.setString("pipeline.jobvertex-parallelism-overrides", "00:7");

        StreamGraph graph = graph(DedupeScope.PARTITION, config);

        Configuration job = graph.getJobConfiguration();
        assertThat(job.get(CheckpointingOptions.ENABLE_CHECKPOINTS_AFTER_TASKS_FINISH))
                .isTrue();
        assertThat(job.get(PipelineOptions.PARALLELISM_OVERRIDES)).isEmpty();
        assertThat(graph.getCheckpointConfig().isUnalignedCheckpointsEnabled()).isFalse();
        assertThat(graph.getCheckpointConfig().getCheckpointInterval()).isEqualTo(300_000);
        assertThat(graph.getCheckpointConfig().getExternalizedCheckpointRetention())
                .isEqualTo(ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        assertThat(graph.getSavepointRestoreSettings().allowNonRestoredState()).isFalse();
    }

    @Test
    void checkpointsEveryTenSecondsWhereNothingIsConfigured() {
        StreamGraph graph = graph(DedupeScope.PARTITION, new Configuration());

        assertThat(graph.getCheckpointConfig().getCheckpointInterval()).isEqualTo(10_000);
        assertThat(graph.getCheckpointConfig().getCheckpointingConsistencyMode())
                .isEqualTo(CheckpointingMode.EXACTLY_ONCE);
    }

    /** Flink's REST and web UI tell everybody, so neither Kafka's passwords nor the values of a revision's options may be there. */
    @Test
    void showsThePlanInTheWebUiAndNoSecret() {
        Map<String, String> shown = graph(DedupeScope.PARTITION, new Configuration())
                .getExecutionConfig()
                .getGlobalJobParameters()
                .toMap();

        assertThat(shown)
                .containsEntry("batch-id", "batch")
                .containsEntry("source-topic", "orders")
                .containsEntry("result-topic", "orders.batch")
                .containsEntry("revision", "purchase-split")
                .containsEntry("revision-options", "token")
                .containsEntry("offsets", "10")
                .containsEntry("dedupe-scope", "partition");
        assertThat(shown.toString()).doesNotContain("canary");
    }

    /** Which is what high availability keeps of a job, in the clear. */
    @Test
    void takesSecretsAlongAsTheClientPropertiesHaveThem(@TempDir Path directory) throws IOException {
        Path secret = Files.writeString(directory.resolve("secret.properties"), "password=secret-of-kafka");
        Properties referring = new Properties();
        referring.setProperty("config.providers", "file");
        referring.setProperty(
                "config.providers.file.class", "org.apache.kafka.common.config.provider.FileConfigProvider");
        referring.setProperty("ssl.keystore.password", "${file:%s:password}".formatted(secret));
        Properties inline = new Properties();
        inline.setProperty("ssl.keystore.password", "secret-of-kafka");

        assertThat(serialized(inline)).contains("secret-of-kafka");
        assertThat(serialized(referring)).doesNotContain("secret-of-kafka").contains("secret.properties:password");
    }

    private static String serialized(Properties clients) throws IOException {
        StreamGraph graph = graph(spec(DedupeScope.PARTITION), new Configuration(), clients);
        return new String(InstantiationUtil.serializeObject(graph.getJobGraph()), StandardCharsets.ISO_8859_1);
    }

    private static StreamGraph graph(DedupeScope scope, Configuration config) {
        return graph(spec(scope), config);
    }

    private static BatchSpec spec(DedupeScope scope) {
        return new BatchSpec(
                "batch",
                new BatchSpec.Range("orders", "earliest", "latest"),
                new BatchSpec.Logic("1", List.of("purchase-split"), new TreeMap<>(Map.of("token", "canary"))),
                scope,
                ResultHeaders.ORIGIN);
    }

    private static StreamGraph graph(BatchSpec spec, Configuration config) {
        Properties clients = new Properties();
        clients.setProperty("sasl.jaas.config", "canary");
        return graph(spec, config, clients);
    }

    private static StreamGraph graph(BatchSpec spec, Configuration config, Properties clients) {
        BatchPlan plan = BatchPlan.freeze(
                spec,
                BatchPlan.Inputs.of(List.of(new OffsetRange(0, 0, 10)), null),
                new BatchPlan.StateLayout(128, 1),
                new BatchPlan.LedgerPlace(0, 0),
                new BatchPlan.Creation(Instant.EPOCH, "test", null));
        KafkaClients kafka = KafkaClients.of(clients).with("bootstrap.servers", "127.0.0.1:1");
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(config);
        BackprocessJob.define(
                env,
                plan,
                new JobSettings(
                        new JobSettings.Kafka(kafka, new SizeLimits(1 << 20, 1 << 20), Duration.ofMinutes(15)),
                        null,
                        null,
                        DeadLetterLimits.DEFAULT,
                        LogEvents.ERRORS,
                        false,
                        "canary"));
        return env.getStreamGraph();
    }
}
