package io.backprocess.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.event.Origin;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.promote.AliasTarget;
import io.backprocess.promote.Aliases;
import io.backprocess.promote.GroupMove;
import io.backprocess.promote.GroupMoves;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.OneTaskManager;
import io.backprocess.testing.RandomHistory;
import io.backprocess.testing.Shell;
import io.backprocess.testing.Shell.Answer;
import io.backprocess.testing.TestBatch;
import io.backprocess.verify.Output;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Consumer groups whose offsets are moved with an alias, and taken back. */
@SuppressWarnings("NullAway.Init")
class PromoteGroupsITCase {
    private static final int PARTITIONS = 3;

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @RegisterExtension
    static final MiniClusterExtension FLINK = OneTaskManager.withSlots(4);

    private static final Shell SHELL = new Shell(KAFKA);

    @TempDir
    Path directory;

    private final String topic = KAFKA.unique("orders");
    private final String alias = KAFKA.unique("orders.current");
    private final String group = KAFKA.unique("billing");
    private final String other = group + "-archive";

    @Test
    void movesGroupsToTheFirstResultThatTheyHaveNotRead() throws Exception {
        TestBatch batch = finished(91);
        commit(group, topic, 120, 77);
        commit(other, topic, 0, 5);

        Answer dry = promote(batch, "--group", group + "*");
        assertThat(committed(group).keySet())
                .allMatch(partition -> partition.topic().equals(topic));
        assertThat(target()).isNull();
        JsonNode moved = promote(batch, "--group", group + "*", "--execute", "--output", "json")
                .succeeds()
                .json();

        assertThat(dry.succeeds().out())
                .contains("old offset", "origin", "new offset", "between", "lag then", "lag after", "unseen")
                .contains("nothing is written; to do it, add --execute");
        assertThat(moved.path("groups")).hasSize(4);
        assertThat(moved.at("/groups/0/origin").asLong()).isEqualTo(120);
        assertThat(moved.at("/groups/0/lagBefore").asLong())
                .isEqualTo(KAFKA.read(topic).stream()
                                .filter(record -> record.partition() == 0)
                                .count()
                        - 120);
        assertReadsOn(batch, group, 120, 77);
        assertReadsOn(batch, other, 0, 5);
        assertThat(requireNonNull(target()).groups()).hasSize(4);
        assertThat(promote(batch, "--group", group, "--execute").succeeds().out())
                .contains("nothing is to be moved");
        SHELL.backprocess(
                        "promote",
                        "--alias",
                        KAFKA.unique("another"),
                        "--batch-id",
                        batch.plan.spec().batchId(),
                        "--group",
                        group,
                        "--execute")
                .says(4, "alias '" + alias + "' has moved group " + group + " to these results already");
    }

    @Test
    void aSecondRunFinishesOneThatWasKilledBeforeTheAlias() throws Exception {
        TestBatch batch = finished(92);
        commit(group, topic, 50, 60);
        Map<Integer, Long> ends = new HashMap<>();
        batch.plan.ranges().forEach(range -> ends.put(range.partition(), range.end()));
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            GroupMoves moves = new GroupMoves(batch.plan, ends, null, admin);
            moves.commit(moves.of(group));
        }
        Map<TopicPartition, OffsetAndMetadata> before = committed(group);

        promote(batch, "--group", group, "--execute").succeeds();

        assertThat(committed(group)).isEqualTo(before);
        assertReadsOn(batch, group, 50, 60);
        assertThat(requireNonNull(target()).batchId())
                .isEqualTo(batch.plan.spec().batchId());
    }

    @Test
    void givesBackTheOffsetsOfAGroupThatHasReadNothing() throws Exception {
        TestBatch batch = finished(93);
        OffsetAndMetadata old = new OffsetAndMetadata(42, Optional.of(0), "checked by hand");
        commit(group, Map.of(new TopicPartition(topic, 0), old));
        promote(batch, "--group", group, "--execute").succeeds();
        commit(group, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(7)));

        rollBack().succeeds();

        assertThat(committed(group)).containsEntry(new TopicPartition(topic, 0), old);
        assertThat(target()).isNull();
    }

    @Test
    void takesAGroupThatHasReadResultsBackToTheFirstOneThatItHasNot() throws Exception {
        TestBatch batch = finished(94);
        commit(group, topic, 10, 10);
        promote(batch, "--group", group, "--execute").succeeds();
        List<ConsumerRecord<byte[], byte[]>> results = results(batch, 0);
        int half = firstOfASplit(results) + 1;
        ConsumerRecord<byte[], byte[]> unread = results.get(half);
        commit(
                group,
                Map.of(new TopicPartition(batch.plan.spec().resultTopic(), 0), new OffsetAndMetadata(unread.offset())));

        JsonNode back = rollBack("--output", "json").succeeds().json();

        assertThat(offset(group, new TopicPartition(topic, 0))).isEqualTo(origin(unread));
        assertThat(back.at("/returned/0/isHalfRead").asBoolean()).isTrue();
        assertThat(back.at("/returned/0/to/topic").asText()).isEqualTo(topic);
        assertThat(offset(group, new TopicPartition(topic, 1))).isEqualTo(10);
    }

    @Test
    void movesOnFromAnEarlierBatchToOneThatFollowsAndBack() throws Exception {
        RandomHistory history = new RandomHistory(topic, PARTITIONS, 95);
        TestBatch earlier = finished(history);
        promote(earlier, "--execute").succeeds();
        ConsumerRecord<byte[], byte[]> unread = results(earlier, 0).get(33);
        TopicPartition read = new TopicPartition(earlier.plan.spec().resultTopic(), 0);
        commit(
                group,
                Map.of(
                        new TopicPartition(topic, 0),
                        new OffsetAndMetadata(3),
                        read,
                        new OffsetAndMetadata(unread.offset())));
        KAFKA.send(history.records(200));
        TestBatch batch = batch(BatchSpec.NEVER, DedupeScope.PARTITION);
        JobClient job = batch.submit(2, null, null);
        batch.awaitCommitted(800);
        batch.stopWithSavepoint(job);

        promote(batch, "--group", group, "--execute").succeeds();

        long entered = offset(group, new TopicPartition(batch.plan.spec().resultTopic(), 0));
        long last = origin(results(earlier, 0).get(32));
        assertThat(results(batch, 0)).allSatisfy(result -> {
            if (origin(result) <= last) {
                assertThat(result.offset()).isLessThan(entered);
            } else {
                assertThat(result.offset()).isGreaterThanOrEqualTo(entered);
            }
        });
        assertThat(requireNonNull(target()).groups())
                .extracting(GroupMove::before)
                .extracting(GroupMove.Committed::topic)
                .containsOnly(earlier.plan.spec().resultTopic());
        ConsumerRecord<byte[], byte[]> later = results(batch, 0).stream()
                .filter(result -> origin(result) > last + 20)
                .findFirst()
                .orElseThrow();
        commit(
                group,
                Map.of(new TopicPartition(batch.plan.spec().resultTopic(), 0), new OffsetAndMetadata(later.offset())));
        rollBack().succeeds();
        assertThat(requireNonNull(target()).batchId())
                .isEqualTo(earlier.plan.spec().batchId());
        assertThat(offset(group, read))
                .isEqualTo(results(earlier, 0).stream()
                        .filter(result -> origin(result) >= origin(later))
                        .findFirst()
                        .orElseThrow()
                        .offset());
    }

    @Test
    void saysWhatAGroupWouldNotSee() throws Exception {
        RandomHistory history = new RandomHistory(topic, PARTITIONS, 96);
        TestBatch batch = finished(history);
        commit(group, topic, 10, 10);
        KAFKA.send(history.records(50));

        assertThat(promote(batch, "--group", group).succeeds().out()).contains("unseen");
        promote(batch, "--group", group, "--execute").says(4, "the groups would not see these records");
        assertThat(target()).isNull();
        promote(batch, "--group", group, "--execute", "--accept-stale").succeeds();
        assertReadsOn(batch, group, 10, 10);
    }

    @Test
    void refusesGroupsThatCannotBeMoved() throws Exception {
        TestBatch batch = finished(97);
        commit(group, topic, 1_000_000, 10);
        promote(batch, "--group", group, "--execute")
                .says(4, "group " + group + " stands at offset 1000000 of " + topic + "-0, and ");
        promote(batch, "--group", KAFKA.unique("none"), "--execute").says(4, "has committed no offset in " + topic);
        promote(batch, "--group", "no-such-*", "--execute").says(2, "--group 'no-such-*' matches no consumer group");
        SHELL.backprocess("promote", "--alias", alias, "--group", group).says(2, "--group needs --batch-id");

        commit(group, topic, 10, 10);
        Properties properties = KAFKA.properties();
        properties.setProperty("group.id", group);
        try (KafkaConsumer<byte[], byte[]> member =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            member.subscribe(List.of(topic));
            TestBatch.await("an assignment", () -> {
                member.poll(Duration.ofMillis(100));
                return !member.assignment().isEmpty();
            });
            promote(batch, "--group", group, "--execute").says(4, "group " + group + " is active: it has 1 member");
        }
        assertThat(target()).isNull();
    }

    /** The group goes on with the results of exactly the source records that it has not read. */
    private void assertReadsOn(TestBatch batch, String of, long... read) {
        for (int partition = 0; partition < read.length; partition++) {
            long from = offset(of, new TopicPartition(batch.plan.spec().resultTopic(), partition));
            long origin = read[partition];
            assertThat(results(batch, partition).stream().filter(result -> result.offset() >= from))
                    .as("partition %d", partition)
                    .hasSameSizeAs(results(batch, partition).stream()
                            .filter(result -> origin(result) >= origin)
                            .toList())
                    .allMatch(result -> origin(result) >= origin);
        }
    }

    private static int firstOfASplit(List<ConsumerRecord<byte[], byte[]>> results) {
        for (int i = 20; i < results.size() - 1; i++) {
            if (origin(results.get(i)) == origin(results.get(i + 1))) {
                return i;
            }
        }
        throw new AssertionError("no event has two results");
    }

    private static List<ConsumerRecord<byte[], byte[]>> results(TestBatch batch, int partition) {
        return KAFKA.readByPartition(batch.plan.spec().resultTopic()).getOrDefault(partition, List.of());
    }

    private static long origin(ConsumerRecord<byte[], byte[]> result) {
        Origin origin = requireNonNull(Output.RESULTS.origin(result.headers()));
        return origin.offset();
    }

    private void commit(String of, String in, long... offsets) {
        Map<TopicPartition, OffsetAndMetadata> all = new HashMap<>();
        for (int partition = 0; partition < offsets.length; partition++) {
            all.put(new TopicPartition(in, partition), new OffsetAndMetadata(offsets[partition]));
        }
        commit(of, all);
    }

    private static void commit(String of, Map<TopicPartition, OffsetAndMetadata> offsets) {
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            admin.groups().commit(of, offsets);
        }
    }

    private static Map<TopicPartition, OffsetAndMetadata> committed(String of) {
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            return admin.groups().offsets(of);
        }
    }

    private static long offset(String of, TopicPartition partition) {
        return requireNonNull(committed(of).get(partition)).offset();
    }

    private @Nullable AliasTarget target() {
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            return new Aliases(admin).find(alias);
        }
    }

    private Answer promote(TestBatch batch, String... further) {
        List<String> args = new ArrayList<>(List.of(
                "promote", "--alias", alias, "--batch-id", batch.plan.spec().batchId()));
        args.addAll(List.of(further));
        return SHELL.backprocess(args.toArray(String[]::new));
    }

    private Answer rollBack(String... further) {
        List<String> args = new ArrayList<>(List.of("promote", "--alias", alias, "--rollback", "--execute"));
        args.addAll(List.of(further));
        return SHELL.backprocess(args.toArray(String[]::new));
    }

    private TestBatch finished(long seed) throws Exception {
        return finished(new RandomHistory(topic, PARTITIONS, seed));
    }

    private TestBatch finished(RandomHistory history) throws Exception {
        KAFKA.createTopic(topic, PARTITIONS, "retention.ms=-1");
        KAFKA.send(history.records(600));
        TestBatch batch = batch(BatchSpec.LATEST, DedupeScope.PARTITION);
        batch.runToItsEnd(2, null);
        return batch;
    }

    private TestBatch batch(String until, DedupeScope scope) {
        return new TestBatch(
                KAFKA, topic, until, "purchase-split", scope, directory.toUri().toString());
    }
}
