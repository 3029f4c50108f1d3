package io.backprocess.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.dedupe.DropDuplicates;
import io.backprocess.event.Origin;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.plan.Planner;
import io.backprocess.promote.AliasTarget;
import io.backprocess.promote.Aliases;
import io.backprocess.promote.HandOver;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.OneTaskManager;
import io.backprocess.testing.RandomHistory;
import io.backprocess.testing.Shell;
import io.backprocess.testing.Shell.Answer;
import io.backprocess.testing.TestBatch;
import io.backprocess.verify.Output;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Aliases of batches that follow their topic: where a consumer changes over. */
@SuppressWarnings("NullAway.Init")
class HandOverITCase {
    private static final int PARTITIONS = 3;

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @RegisterExtension
    static final MiniClusterExtension FLINK = OneTaskManager.withSlots(4);

    private static final Shell SHELL = new Shell(KAFKA);

    @TempDir
    Path directory;

    private final String topic = KAFKA.unique("live");
    private final String alias = KAFKA.unique("orders.current");

    @Test
    void handsOverFromTheSourceAtThePlaceThatIsProvenAndMovesItOn() throws Exception {
        RandomHistory history = history(81);
        TestBatch batch = batch(BatchSpec.NEVER, DedupeScope.PARTITION);
        JobClient job = batch.submit(2, null, null);
        batch.awaitCommitted(600);

        Answer dry = promote(batch);
        assertThat(target()).isNull();
        promote(batch, "--execute").succeeds();
        List<HandOver> first = places();
        KAFKA.send(history.records(300));
        batch.awaitCommitted(900);
        batch.stopWithSavepoint(job);

        assertThat(dry.succeeds().out())
                .contains("partition", "leave", "enter", "nothing is written; to do it, add --execute");
        assertThat(first)
                .hasSize(PARTITIONS)
                .allSatisfy(place -> assertThat(place.leave().topic()).isEqualTo(topic));
        assertEachEventOnce(batch, null, first);
        Answer again = promote(batch, "--execute").succeeds();
        List<HandOver> second = places();
        assertThat(again.out()).contains("now    ", "then   ", "moved");
        assertThat(offsets(second)).isGreaterThan(offsets(first));
        assertEachEventOnce(batch, null, second);
        assertThat(promote(batch, "--execute").succeeds().out())
                .contains("the batch is proven no further than the alias says; nothing is to be moved");
        assertThat(requireNonNull(target()).previous()).isNull();
    }

    @Test
    void handsOverFromAnEarlierBatchWhereThatHasComeTo() throws Exception {
        RandomHistory history = history(82);
        TestBatch earlier = batch(BatchSpec.LATEST, DedupeScope.PARTITION);
        earlier.runToItsEnd(2, null);
        promote(earlier, "--execute").succeeds();
        assertThat(requireNonNull(target()).handOver()).isNull();
        KAFKA.send(history.records(300));
        TestBatch batch = batch(BatchSpec.NEVER, DedupeScope.PARTITION);
        JobClient job = batch.submit(2, null, null);
        batch.awaitCommitted(900);

        JsonNode move =
                promote(batch, "--execute", "--output", "json").succeeds().json();

        batch.stopWithSavepoint(job);
        assertThat(move.at("/then/handOver")).hasSize(PARTITIONS);
        assertThat(move.at("/then/handOver/0/leave/topic").asText())
                .isEqualTo(earlier.plan.spec().resultTopic());
        assertThat(move.at("/then/previous/batchId").asText())
                .isEqualTo(earlier.plan.spec().batchId());
        assertEachEventOnce(batch, earlier, places());
        SHELL.backprocess("promote", "--alias", alias, "--rollback", "--execute")
                .succeeds();
        assertThat(requireNonNull(target()).resultTopic())
                .isEqualTo(earlier.plan.spec().resultTopic());
        assertThat(requireNonNull(target()).handOver()).isNull();
    }

    @Test
    void refusesAPlaceBeforeTheOneThatConsumersKnow() throws Exception {
        history(83);
        TestBatch batch = batch(BatchSpec.NEVER, DedupeScope.PARTITION);
        JobClient job = batch.submit(2, null, null);
        batch.awaitCommitted(600);
        batch.stopWithSavepoint(job);
        promote(batch, "--execute").succeeds();
        HandOver place = places().get(1);
        HandOver later = new HandOver(
                1,
                new HandOver.Place(topic, place.leave().offset() + 10),
                place.enter(),
                place.leave().offset() + 10);
        AliasTarget now = requireNonNull(target());
        move(now, AliasTarget.to(batch.plan, alias, Instant.EPOCH, "me", List.of(later), now));

        promote(batch, "--execute")
                .says(4, "hands partition 1 over at offset " + later.leave().offset() + " of " + topic);

        assertThat(places()).containsExactly(later);
    }

    @Test
    void refusesAPlaceThatLeavesEventsOut() throws Exception {
        RandomHistory history = history(84);
        TestBatch earlier = batch(BatchSpec.LATEST, DedupeScope.PARTITION);
        earlier.runToItsEnd(2, null);
        promote(earlier, "--execute").succeeds();
        KAFKA.send(history.records(100));
        KAFKA.send(history.records(300).stream()
                .map(record -> new ProducerRecord<>(
                        topic,
                        record.partition(),
                        record.timestamp() + Duration.ofDays(2).toMillis(),
                        record.key(),
                        record.value(),
                        record.headers()))
                .toList());
        TestBatch late = startingAt(Instant.ofEpochMilli(1_700_000_000_000L).plus(Duration.ofDays(1)));
        JobClient job = late.submit(2, null, null);
        late.awaitCommitted(300);
        late.stopWithSavepoint(job);

        promote(late, "--execute").says(4, "so consumers would miss what is between them");

        assertThat(requireNonNull(target()).batchId())
                .isEqualTo(earlier.plan.spec().batchId());
    }

    @Test
    void refusesBatchesWithoutAnOrderOfTheSourceAndOtherSources() throws Exception {
        history(85);
        TestBatch global = batch(BatchSpec.NEVER, DedupeScope.GLOBAL);
        promote(global).says(4, "with --dedupe-scope global results are not in the order of the source");

        String other = KAFKA.unique("other");
        KAFKA.createTopic(other, PARTITIONS, "retention.ms=-1");
        KAFKA.send(new RandomHistory(other, PARTITIONS, 86).records(100));
        TestBatch ofOther = batch(other, BatchSpec.LATEST, DedupeScope.PARTITION);
        ofOther.runToItsEnd(2, null);
        promote(ofOther, "--execute").succeeds();
        TestBatch batch = batch(BatchSpec.NEVER, DedupeScope.PARTITION);
        JobClient job = batch.submit(2, null, null);
        batch.awaitCommitted(600);
        batch.stopWithSavepoint(job);
        promote(batch, "--execute").says(4, "points to results of topic " + other + ", and ");
    }

    /** A consumer that reads until it has to leave, and then what it has to enter, sees each event that gives results once. */
    private void assertEachEventOnce(TestBatch batch, @Nullable TestBatch earlier, List<HandOver> places) {
        Map<Integer, List<ConsumerRecord<byte[], byte[]>>> results =
                KAFKA.readByPartition(batch.plan.spec().resultTopic());
        for (HandOver place : places) {
            int partition = place.partition();
            List<Long> all = origins(results.get(partition), 0, Long.MAX_VALUE);
            List<Long> entered = origins(results.get(partition), place.enter().offset(), Long.MAX_VALUE);
            List<Long> seen = new ArrayList<>();
            if (earlier == null) {
                all.stream().filter(origin -> origin < place.leave().offset()).forEach(seen::add);
            } else {
                seen.addAll(origins(
                        KAFKA.readByPartition(earlier.plan.spec().resultTopic()).get(partition),
                        0,
                        place.leave().offset()));
            }
            seen.addAll(entered);
            assertThat(seen).as("partition %d", partition).isEqualTo(all);
        }
        assertThat(results).hasSizeGreaterThan(1);
    }

    private List<Long> origins(@Nullable List<ConsumerRecord<byte[], byte[]>> results, long from, long to) {
        return (results == null ? List.<ConsumerRecord<byte[], byte[]>>of() : results)
                .stream()
                        .filter(result -> result.offset() >= from && result.offset() < to)
                        .map(result -> requireNonNull(Output.RESULTS.origin(result.headers())))
                        .map(Origin::offset)
                        .toList();
    }

    private static long offsets(List<HandOver> places) {
        return places.stream().mapToLong(place -> place.leave().offset()).sum();
    }

    private List<HandOver> places() {
        return requireNonNull(requireNonNull(target()).handOver());
    }

    private @Nullable AliasTarget target() {
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            return new Aliases(admin).find(alias);
        }
    }

    private static void move(AliasTarget from, AliasTarget to) {
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            new Aliases(admin).move(List.of(new Aliases.Move(from, to)));
        }
    }

    private Answer promote(TestBatch batch, String... further) {
        List<String> args = new ArrayList<>(List.of(
                "promote", "--alias", alias, "--batch-id", batch.plan.spec().batchId()));
        args.addAll(List.of(further));
        return SHELL.backprocess(args.toArray(String[]::new));
    }

    private RandomHistory history(long seed) {
        KAFKA.createTopic(topic, PARTITIONS, "retention.ms=-1");
        RandomHistory history = new RandomHistory(topic, PARTITIONS, seed);
        KAFKA.send(history.records(600));
        return history;
    }

    private TestBatch startingAt(Instant from) {
        BatchSpec spec = new BatchSpec(
                KAFKA.unique("batch"),
                new BatchSpec.Range(topic, from.toString(), BatchSpec.NEVER),
                new BatchSpec.Logic("1", List.of("purchase-split"), new TreeMap<>()),
                DedupeScope.PARTITION,
                ResultHeaders.ORIGIN);
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            return new TestBatch(
                    KAFKA,
                    new Planner(admin).plan(spec, DropDuplicates.STATE_FORMAT, "test", null),
                    directory.toUri().toString());
        }
    }

    private TestBatch batch(String until, DedupeScope scope) {
        return batch(topic, until, scope);
    }

    private TestBatch batch(String source, String until, DedupeScope scope) {
        return new TestBatch(
                KAFKA, source, until, "purchase-split", scope, directory.toUri().toString());
    }
}
