package io.backprocess.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.DedupeScope;
import io.backprocess.context.ContextLoader;
import io.backprocess.decode.LegacyContextJoin;
import io.backprocess.dedupe.SeenIds;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.verify.cluster.ClusterProof;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.util.TestStreamEnvironment;

/** Verifies on one machine, in lanes that are interrupted, and on a cluster of two slots, and expects the same JSON. */
public final class BothWays {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PIECE = 17;
    private static final MiniCluster CLUSTER = start();
    private static final Path SAVEPOINTS = directory();

    private BothWays() {}

    /** Returns the verification of one machine. */
    public static Verification verify(BatchPlan plan, KafkaClients kafka, ClassLoader revisions) {
        Verification here = new Verifier(plan, kafka, revisions).verify();
        if (plan.spec().dedupeScope() == DedupeScope.PARTITION && !plan.isPlaced()) {
            Verification there = new Verifier(plan, kafka, revisions)
                    .on(new ClusterProof(
                            BothWays::environment,
                            kafka,
                            MemorySize.ofMebiBytes(1),
                            SAVEPOINTS.toUri().toString()))
                    .verify();
            Verification interrupted = new Verifier(plan, kafka, revisions)
                    .on((premises, progress) -> inPieces(premises, kafka, revisions))
                    .verify();
            assertThat(json(there)).as("on the cluster").isEqualTo(json(here));
            assertThat(json(interrupted)).as("interrupted").isEqualTo(json(here));
        }
        return here;
    }

    /** Proves each partition in lanes of a few records, each of which goes on where the one before it was. */
    private static List<PartitionReport> inPieces(Premises premises, KafkaClients kafka, ClassLoader revisions) {
        BatchPlan plan = premises.plan();
        try (LegacyContextJoin legacyJoin = LegacyContextJoin.of(plan.spec(), ContextLoader.open(plan, kafka))) {
            Evidence evidence = premises.evidence(kafka, revisions, legacyJoin, done -> {});
            List<PartitionReport> reports = new ArrayList<>();
            for (int partition : premises.partitions()) {
                SeenIds seen = new SeenIds(plan.seed());
                Lane lane = Lane.begin(evidence.apart(), partition, seen);
                while (lane.advance(PIECE)) {
                    byte[] state = lane.state();
                    lane.close();
                    lane = Lane.resume(evidence.apart(), partition, seen, state);
                }
                reports.add(PartitionReport.read(lane.report().write()));
                lane.close();
            }
            return reports;
        }
    }

    private static String json(Verification verification) {
        return JSON.valueToTree(verification).toPrettyString();
    }

    private static StreamExecutionEnvironment environment() {
        Configuration configuration = new Configuration();
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY, SAVEPOINTS.toUri().toString());
        return new TestStreamEnvironment(CLUSTER, configuration, 2, List.of(), List.of());
    }

    private static MiniCluster start() {
        try {
            MiniCluster cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                    .setNumTaskManagers(1)
                    .setNumSlotsPerTaskManager(2)
                    .setConfiguration(new Configuration().set(RestOptions.BIND_PORT, "0"))
                    .build());
            cluster.start();
            return cluster;
        } catch (Exception e) {
            throw new IllegalStateException("no cluster", e);
        }
    }

    private static Path directory() {
        try {
            return Files.createTempDirectory("backprocess-savepoints");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
