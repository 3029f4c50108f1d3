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
import io.backprocess.verify.cluster.EarlierProof;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.util.TestStreamEnvironment;
import org.jspecify.annotations.Nullable;

/** Verifies on one machine, in lanes that are interrupted, and on a cluster of two slots, and expects the same JSON. */
public final class BothWays {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** The least number of records of a piece. */
    private static final int PIECE = 17;
    /** Each piece opens consumers of its own, so a long history is not cut into more of them. */
    private static final int PIECES = 10;

    private static final MiniCluster CLUSTER = start();
    private static final Path SAVEPOINTS = directory();

    private BothWays() {}

    /** Returns the verification of one machine. */
    public static Verification verify(BatchPlan plan, KafkaClients kafka, ClassLoader revisions) {
        Verification here = new Verifier(plan, kafka, revisions).verify();
        Verification there = new Verifier(plan, kafka, revisions)
                .on(new ClusterProof(
                        new OnMiniCluster(null),
                        kafka,
                        MemorySize.ofMebiBytes(1),
                        SAVEPOINTS.toUri().toString()))
                .verify();
        Verification interrupted = new Verifier(plan, kafka, revisions)
                .on((premises, progress) -> new Counting.Counted(inPieces(premises, kafka, revisions), List.of()))
                .verify();
        assertThat(json(there)).as("on the cluster").isEqualTo(json(here));
        assertThat(json(interrupted)).as("interrupted").isEqualTo(json(here));
        return here;
    }

    /**
     * Verifies on a cluster, and goes on from an earlier proof.
     *
     * @param savepoint of the earlier proof; null for none
     * @param kept gets the savepoint if the proof is kept
     */
    static Verification goOn(
            BatchPlan plan,
            KafkaClients kafka,
            ClassLoader revisions,
            @Nullable String savepoint,
            Consumer<String> kept) {
        OnMiniCluster cluster = new OnMiniCluster(new EarlierProof(savepoint));
        return new Verifier(plan, kafka, revisions)
                .keeping(new ProofKeeper() {
                    @Override
                    public void commit() {
                        kept.accept(Objects.requireNonNull(cluster.left));
                    }

                    @Override
                    public void leave() {}
                })
                .on(new ClusterProof(
                        cluster,
                        kafka,
                        MemorySize.ofMebiBytes(1),
                        SAVEPOINTS.toUri().toString()))
                .verify();
    }

    /** Proves each partition in lanes of a few records, each of which goes on where the one before it was. */
    private static List<byte[]> inPieces(Premises premises, KafkaClients kafka, ClassLoader revisions) {
        BatchPlan plan = premises.plan();
        try (LegacyContextJoin legacyJoin = LegacyContextJoin.of(plan.spec(), ContextLoader.open(plan, kafka));
                PlacedResults placed = premises.openResults(SAVEPOINTS)) {
            Evidence evidence = premises.evidence(kafka, revisions, legacyJoin, placed, taken -> {});
            Map<Integer, Evidence> begun = new HashMap<>();
            premises.partitions().forEach(partition -> begun.put(partition, evidence.apart()));
            Evidence ofOthers = begun.get(premises.partitions().get(0));
            evidence.sortResults(source -> premises.has(source) ? begun.get(source) : ofOthers);
            List<byte[]> ends = new ArrayList<>();
            Map<Long, List<byte[]>> claims = new TreeMap<>();
            for (int partition : premises.partitions()) {
                ends.add(
                        plan.spec().dedupeScope() == DedupeScope.PARTITION
                                ? inPieces(
                                        evidence,
                                        Objects.requireNonNull(begun.get(partition)),
                                        partition,
                                        new SeenIds(plan.seed()))
                                : inPieces(evidence, Objects.requireNonNull(begun.get(partition)), partition, claims));
            }
            if (plan.spec().dedupeScope() == DedupeScope.PARTITION) {
                return ends;
            }
            List<byte[]> chosen = new ArrayList<>();
            claims.values().forEach(each -> chosen.addAll(GlobalLane.choose(each)));
            return ends.stream()
                    .map(end -> GlobalLane.settle(
                            evidence,
                            end,
                            chosen.stream()
                                    .filter(claim -> GlobalLane.partitionOf(claim) == GlobalLane.partitionOfEnd(end))
                                    .toList()))
                    .toList();
        }
    }

    private static byte[] inPieces(Evidence evidence, Evidence first, int partition, SeenIds seen) {
        return inPieces(
                piece(evidence, partition),
                Lane.begin(first, partition, seen),
                state -> Lane.resume(evidence.apart(), partition, seen, state));
    }

    private static byte[] inPieces(Evidence evidence, Evidence first, int partition, Map<Long, List<byte[]>> claims) {
        Map<String, MapStore> stores = new HashMap<>();
        GlobalLane.Stores opened =
                (output, number) -> stores.computeIfAbsent(output + "-" + number, any -> new MapStore());
        Consumer<byte[]> taken = claim -> claims.computeIfAbsent(GlobalLane.eventIdOf(claim), any -> new ArrayList<>())
                .add(claim);
        return inPieces(
                piece(evidence, partition),
                GlobalLane.begin(first, partition, opened, taken),
                state -> GlobalLane.resume(evidence.apart(), partition, opened, taken, state));
    }

    private static int piece(Evidence evidence, int partition) {
        LedgerRange range = evidence.ledgerRange(partition);
        return (int) Math.max(PIECE, (range.next() - range.start()) / PIECES);
    }

    private static byte[] inPieces(int piece, StepwiseProof first, Function<byte[], StepwiseProof> resumed) {
        StepwiseProof proof = first;
        while (proof.advance(piece)) {
            byte[] state = proof.state();
            proof.close();
            proof = resumed.apply(state);
        }
        byte[] end = proof.end();
        proof.close();
        return end;
    }

    private static final class MapStore implements ArrivalStore {
        private final Map<Long, long[]> numbers = new TreeMap<>();

        @Override
        public long[] get(long key) {
            return numbers.getOrDefault(key, new long[0]);
        }

        @Override
        public void put(long key, long[] some) {
            if (some.length == 0) {
                numbers.remove(key);
            } else {
                numbers.put(key, some);
            }
        }

        @Override
        public void forEach(Visitor visitor) {
            numbers.forEach(visitor::accept);
        }
    }

    private static String json(Verification verification) {
        return JSON.valueToTree(verification).toPrettyString();
    }

    private static final class OnMiniCluster implements ClusterProof.Cluster {
        private final @Nullable EarlierProof earlier;
        private @Nullable String left;

        OnMiniCluster(@Nullable EarlierProof earlier) {
            this.earlier = earlier;
        }

        @Override
        public @Nullable JobClient begun(Premises premises) {
            return null;
        }

        @Override
        public @Nullable EarlierProof earlier() {
            return earlier;
        }

        @Override
        public StreamExecutionEnvironment environment(Premises premises) {
            Configuration configuration = new Configuration();
            configuration.set(
                    CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                    SAVEPOINTS.toUri().toString());
            if (earlier != null && earlier.savepoint() != null) {
                configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, earlier.savepoint());
            }
            return new TestStreamEnvironment(CLUSTER, configuration, 2, List.of(), List.of());
        }

        @Override
        public void proves(JobClient job) {}

        @Override
        public void waits(JobClient job) {}

        @Override
        public void ended(@Nullable String savepoint) {
            assertThat(savepoint).isNotNull();
            left = savepoint;
        }
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
