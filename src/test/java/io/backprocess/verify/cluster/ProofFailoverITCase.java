package io.backprocess.verify.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.batch.BatchException;
import io.backprocess.batch.DedupeScope;
import io.backprocess.flink.FlinkCluster;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.RandomHistory;
import io.backprocess.testing.TestBatch;
import io.backprocess.verify.Premises;
import io.backprocess.verify.Verification;
import io.backprocess.verify.Verifier;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.InjectClusterRESTAddress;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A proof in a Flink job is interrupted, and goes on from its last checkpoint with the same verdict. */
@SuppressWarnings("NullAway.Init")
class ProofFailoverITCase {
    private static final int RECORDS = 3000;

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            // Answers about checkpoints are cached for so long.
            .setConfiguration(new Configuration().set(WebOptions.REFRESH_INTERVAL, Duration.ofMillis(50)))
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(2)
            .build());

    @TempDir
    static Path directory;

    /** The number of TaskManagers that were killed, which is the index of the one that lives. */
    private static int killed;

    private FlinkCluster rest;
    private MiniCluster flink;
    private @Nullable JobClient job;
    private @Nullable String from;
    private @Nullable String kept;

    @BeforeEach
    void theCluster(@InjectMiniCluster MiniCluster cluster, @InjectClusterRESTAddress URI address) {
        flink = cluster;
        rest = new FlinkCluster(address.getHost(), address.getPort());
    }

    @ParameterizedTest
    @EnumSource(DedupeScope.class)
    void goesOnFromItsLastCheckpointAfterATaskManagerIsKilled(DedupeScope scope) throws Exception {
        TestBatch batch = run(scope);
        CompletableFuture<Verification> proof = CompletableFuture.supplyAsync(() -> verify(batch, slow()));
        awaitACheckpointMidway();

        flink.terminateTaskManager(killed++).get();
        flink.startTaskManager();

        assertThat(json(proof.get(3, TimeUnit.MINUTES))).isEqualTo(json(batch.verify()));
        assertThat(rest.get("/jobs/" + id() + "/checkpoints")
                        .at("/latest/restored/id")
                        .asLong())
                .isPositive();
    }

    @ParameterizedTest
    @EnumSource(DedupeScope.class)
    void goesOnFromTheCheckpointOfAJobThatWasCancelled(DedupeScope scope) throws Exception {
        TestBatch batch = run(scope);
        CompletableFuture<Verification> proof = CompletableFuture.supplyAsync(() -> verify(batch, slow()));
        awaitACheckpointMidway();
        JobClient cancelled = client();
        from = rest.get("/jobs/" + id() + "/checkpoints")
                .at("/latest/completed/external_path")
                .asText();

        cancelled.cancel().get();

        assertThatThrownBy(() -> proof.get(1, TimeUnit.MINUTES)).hasMessageContaining("run verify again");
        assertThat(json(verify(batch, KAFKA.clients()))).isEqualTo(json(batch.verify()));
        // The state is kept after success, too.
        from = kept;
        assertThat(json(verify(batch, KAFKA.clients()))).isEqualTo(json(batch.verify()));
    }

    private static TestBatch run(DedupeScope scope) throws Exception {
        String topic = KAFKA.unique("history");
        KAFKA.createTopic(topic, 4, "retention.ms=-1");
        KAFKA.send(new RandomHistory(topic, 4, 61).records(RECORDS));
        TestBatch batch = new TestBatch(
                KAFKA, topic, "purchase-split", scope, directory.toUri().toString());
        batch.runToItsEnd(2, null);
        return batch;
    }

    /** Consumers that get few records at a time, and wait for each of them. */
    private static KafkaClients slow() {
        return KAFKA.clients()
                .with("max.partition.fetch.bytes", "8000")
                .with("fetch.min.bytes", "10000000")
                .with("fetch.max.wait.ms", "200");
    }

    private Verification verify(TestBatch batch, KafkaClients kafka) {
        return new Verifier(batch.plan, kafka, getClass().getClassLoader())
                .on(new ClusterProof(
                        new TestCluster(), kafka, null, directory.toUri().toString()))
                .verify();
    }

    private void awaitACheckpointMidway() {
        TestBatch.await("a checkpoint midway", () -> job != null && checkpoints() > 3);
    }

    private long checkpoints() {
        try {
            return rest.find("/jobs/" + id() + "/checkpoints")
                    .map(checkpoints -> checkpoints.at("/counts/completed").asLong())
                    .orElse(0L);
        } catch (BatchException e) {
            // Flink answers so while it initializes the job.
            return 0;
        }
    }

    private JobClient client() {
        if (job == null) {
            throw new IllegalStateException("no job yet");
        }
        return job;
    }

    private String id() {
        return client().getJobID().toString();
    }

    private static String json(Verification verification) {
        return new ObjectMapper().valueToTree(verification).toPrettyString();
    }

    private final class TestCluster implements ClusterProof.Cluster {
        @Override
        public @Nullable JobClient begun(Premises premises) {
            return null;
        }

        @Override
        public @Nullable EarlierProof earlier() {
            return null;
        }

        @Override
        public StreamExecutionEnvironment environment(Premises premises) {
            Configuration configuration = new Configuration();
            configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(200));
            configuration.set(
                    CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                    directory.toUri().toString());
            if (from != null) {
                configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, from);
            }
            StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
            env.configure(configuration);
            env.setParallelism(2);
            return env;
        }

        @Override
        public void proves(JobClient begun) {
            job = begun;
        }

        @Override
        public void waits(JobClient waiting) {}

        @Override
        public void ended(@Nullable String savepoint) {
            kept = savepoint;
        }
    }
}
