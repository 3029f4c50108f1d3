package io.backprocess;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.batch.TopicNames;
import io.backprocess.dedupe.DropDuplicates;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.ledger.LedgerLine;
import io.backprocess.ledger.LedgerReader;
import io.backprocess.plan.PlanStore;
import io.backprocess.plan.Planner;
import io.backprocess.plan.Topics;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.OneTaskManager;
import io.backprocess.testing.Oracle;
import io.backprocess.testing.RandomHistory;
import io.backprocess.testing.TestBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A savepoint of every version that has changed the state is kept, and restores in this one. A new one is written with
 * {@code mvn verify '-Dit.test=SavepointITCase#writes*' -Dsavepoint.write=VERSION}.
 */
@SuppressWarnings("NullAway.Init")
class SavepointITCase {
    private static final Path KEPT = Path.of("src/test/resources/savepoints");
    private static final int PARTITIONS = 5;
    /** Records of the history when the savepoint is written, and when it is restored. */
    private static final int SAVED = 1500;

    private static final int ALL = 3000;

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @RegisterExtension
    static final MiniClusterExtension FLINK = OneTaskManager.withSlots(4);

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"0.1.0"})
    void restoresWhatAnEarlierVersionSaved(String version) throws Exception {
        Path savepoint = KEPT.resolve(version).resolve("savepoint").toAbsolutePath();
        sendHistory(version, ALL);
        TestBatch batch =
                new TestBatch(KAFKA, storedPlan(version), directory.toUri().toString());

        JobClient job = batch.submit(2, savepoint.toUri().toString(), null);
        batch.awaitCommitted(ALL - SAVED);
        job.cancel().get();

        Map<Integer, Long> saved = new TreeMap<>();
        LedgerReader.of(batch.plan, KAFKA.clients()).read(commit -> first(saved, commit.line()));
        assertThat(saved.values().stream().mapToLong(Long::longValue).sum())
                .as("records before the savepoint: %s", saved)
                .isEqualTo(SAVED);
        Oracle oracle = new Oracle(batchId(version), "purchase-split", KAFKA.readByPartition(topic(version)));
        saved.forEach((partition, offset) -> assertThat(batch.results(partition))
                .as("results of partition %d from offset %d on", partition, offset)
                .isNotEmpty()
                .containsExactlyElementsOf(oracle.results.getOrDefault(partition, List.of()).stream()
                        .filter(line -> offsetOf(line) >= offset)
                        .toList()));
        // Copies of what was taken before the savepoint are still known as such.
        assertThat(batch.ledger().total().duplicates()).isPositive();
    }

    @Test
    @EnabledIfSystemProperty(named = "savepoint.write", matches = ".+")
    void writesTheSavepointOfThisVersion() throws Exception {
        String version = System.getProperty("savepoint.write");
        sendHistory(version, SAVED);
        TestBatch batch =
                new TestBatch(KAFKA, newPlan(version), directory.toUri().toString());
        // It follows, and all that is there is committed. Transactions that are still to be committed would be unknown
        // to any
        // other broker, and fail the job there.
        JobClient job = batch.submit(3, null, null);
        batch.awaitCommitted(SAVED);

        Path savepoint = Path.of(URI.create(batch.stopWithSavepoint(job)));

        Path kept = KEPT.resolve(version);
        copy(savepoint, kept.resolve("savepoint"));
        KAFKA.read(TopicNames.BATCHES).stream()
                .filter(record -> batchId(version).equals(new String(record.key(), StandardCharsets.UTF_8)))
                .forEach(record -> write(kept.resolve("plan.json"), record.value()));
    }

    private static String topic(String version) {
        return "savepoint-history-" + version;
    }

    private static String batchId(String version) {
        return "savepoint-" + version.replace('.', '-');
    }

    private static void sendHistory(String version, int records) {
        KAFKA.createTopic(topic(version), PARTITIONS, "retention.ms=-1");
        KAFKA.send(
                new RandomHistory(topic(version), PARTITIONS, 77).records(ALL).subList(0, records));
    }

    /** Without the id of its topic, which is another one on every broker. */
    private static BatchPlan newPlan(String version) {
        BatchSpec spec = new BatchSpec(
                batchId(version),
                new BatchSpec.Range(topic(version), BatchSpec.EARLIEST, BatchSpec.NEVER),
                new BatchSpec.Logic("1", List.of("purchase-split"), new TreeMap<>()),
                DedupeScope.PARTITION,
                ResultHeaders.ORIGIN);
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            BatchPlan plan = new Planner(admin).plan(spec, DropDuplicates.STATE_FORMAT, "test", null);
            return BatchPlan.freeze(
                    spec,
                    BatchPlan.Inputs.of(plan.ranges(), null),
                    plan.layout(),
                    plan.ledger(),
                    new BatchPlan.Creation(plan.creation().at(), plan.creation().by(), null));
        }
    }

    private static BatchPlan storedPlan(String version) throws IOException {
        byte[] json = Files.readAllBytes(KEPT.resolve(version).resolve("plan.json"));
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            new Topics(admin).create(newPlan(version));
            KAFKA.send(List.of(
                    new ProducerRecord<>(TopicNames.BATCHES, batchId(version).getBytes(StandardCharsets.UTF_8), json)));
            return new PlanStore(admin).get(batchId(version));
        }
    }

    private static void first(Map<Integer, Long> saved, LedgerLine line) {
        Long from = line.covered().from();
        if (from != null) {
            saved.merge(line.partition(), from, Math::min);
        }
    }

    /** Of {@code partition/offset …}. */
    private static long offsetOf(String line) {
        return Long.parseLong(line.substring(line.indexOf('/') + 1, line.indexOf(' ')));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                write(to.resolve(from.relativize(file).toString()), Files.readAllBytes(file));
            }
        }
    }

    private static void write(Path file, byte[] content) {
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
