package io.backprocess.rewrite;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.ResultPlacement;
import io.backprocess.deadletter.DeadLetterFilter;
import io.backprocess.event.Origin;
import io.backprocess.revise.RejectedException;
import io.backprocess.testing.FaultyPurchaseSplit;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.OneTaskManager;
import io.backprocess.testing.Oracle;
import io.backprocess.testing.RandomHistory;
import io.backprocess.testing.TestBatch;
import io.backprocess.verify.Verdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches whose results are in the partitions that their keys choose: killed, redriven and repaired. */
@SuppressWarnings("NullAway.Init")
class PlacedRewriteITCase {
    private static final int PARTITIONS = 4;
    private static final int RESULT_PARTITIONS = 7;

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @RegisterExtension
    static final MiniClusterExtension FLINK = OneTaskManager.withSlots(3);

    @TempDir
    Path directory;

    @AfterEach
    void nothingFails() {
        FaultyPurchaseSplit.throwsAt = event -> null;
    }

    @ParameterizedTest
    @EnumSource
    void redrivesIntoThePartitionsOfTheKeys(DedupeScope scope) throws Exception {
        FaultyPurchaseSplit.throwsAt = event ->
                Math.floorMod(event.eventId().hashCode(), 3) == 0 ? new RejectedException("not known yet") : null;
        TestBatch batch = batch("purchase-split-with-faults", scope, 900, 81, null);
        batch.runToItsEnd(2, null);
        assertThat(batch.verify().verdict()).isEqualTo(Verdict.COMPLETE);
        long dead = batch.ledger().total().deadLetters();

        nothingFails();
        RedriveSummary summary = redrive(batch).execute();

        assertThat(summary.redriven().succeeded()).isGreaterThan(100);
        assertThat(batch.ledger().total().deadLetters())
                .isEqualTo(dead - summary.redriven().succeeded());
        assertComplete(batch, scope == DedupeScope.PARTITION);
        assertThat(redrive(batch).execute().redriven().succeeded()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void repairsWhatWasLostInThePartitionsOfTheKeys(boolean isInto) throws Exception {
        String into = isInto ? topicOfOthers() : null;
        TestBatch batch = batch("purchase-split", DedupeScope.PARTITION, 4000, 82, into);
        batch.runToItsEndWithALoss(200, "results", "deadletters");
        assertThat(batch.verify().verdict()).isEqualTo(Verdict.WRONG);

        RepairSummary done =
                new Repair(batch.plan, KAFKA.clients(), getClass().getClassLoader()).execute(progress -> {}, () -> {});

        assertThat(done.partitions()).isNotEmpty();
        assertComplete(batch, true);
    }

    private static String topicOfOthers() {
        String topic = KAFKA.unique("shared");
        KAFKA.createTopic(topic, RESULT_PARTITIONS, "retention.ms=-1");
        for (int partition = 0; partition < RESULT_PARTITIONS; partition++) {
            KAFKA.send(new ProducerRecord<>(topic, partition, 1L, null, "{}".getBytes(UTF_8)));
        }
        return topic;
    }

    private TestBatch batch(String revision, DedupeScope scope, int records, long seed, @Nullable String into) {
        String topic = KAFKA.unique("history");
        KAFKA.createTopic(topic, PARTITIONS, "retention.ms=-1");
        KAFKA.send(new RandomHistory(topic, PARTITIONS, seed).records(records));
        return TestBatch.placed(
                KAFKA,
                topic,
                revision,
                scope,
                new ResultPlacement(into == null ? RESULT_PARTITIONS : null, null, into),
                directory.toUri().toString());
    }

    private Redrive redrive(TestBatch batch) {
        return new Redrive(
                batch.plan,
                KAFKA.clients(),
                getClass().getClassLoader(),
                new RedriveRequest(
                        new DeadLetterFilter(Set.of(), null, null),
                        null,
                        batch.plan.spec().logic().revisions(),
                        Map.of(),
                        null));
    }

    /** @param asTheOracleSays whether the copy of each eventId that was taken is known */
    private static void assertComplete(TestBatch batch, boolean asTheOracleSays) {
        io.backprocess.testing.Completeness.assertComplete(batch.verify());
        Map<Integer, List<ConsumerRecord<byte[], byte[]>>> history =
                KAFKA.readByPartition(batch.plan.spec().sourceTopic());
        Oracle oracle =
                new Oracle(batch.plan.spec().batchId(), batch.plan.spec().revision(), history);
        Map<Integer, List<String>> lines = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> result :
                KAFKA.read(batch.plan.spec().resultTopic())) {
            if (result.headers().lastHeader("backprocess.source") == null) {
                continue;
            }
            Origin origin = Origin.parse(
                    new String(result.headers().lastHeader("backprocess.source").value(), UTF_8));
            assertThat(result.partition()).isEqualTo(partition(result.key(), origin));
            ConsumerRecord<byte[], byte[]> source = history.getOrDefault(origin.partition(), List.of()).stream()
                    .filter(record -> record.offset() == origin.offset())
                    .findFirst()
                    .orElseThrow();
            lines.computeIfAbsent(origin.partition(), any -> new ArrayList<>())
                    .add(Oracle.line(source, new String(result.value(), UTF_8)));
        }
        if (asTheOracleSays) {
            history.keySet().forEach(partition -> assertThat(lines.getOrDefault(partition, List.of()))
                    .containsExactlyInAnyOrderElementsOf(oracle.results.get(partition)));
        }
    }

    private static int partition(byte @Nullable [] key, Origin origin) {
        return key == null
                ? origin.partition() % RESULT_PARTITIONS
                : BuiltInPartitioner.partitionForKey(key, RESULT_PARTITIONS);
    }
}
