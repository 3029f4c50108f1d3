package io.backprocess.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.OneTaskManager;
import io.backprocess.testing.Shell;
import io.backprocess.testing.TestBatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ObjLongConsumer;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Groups of real processes that follow an alias while the source goes on, members come and are killed, and the alias is moved. */
@SuppressWarnings("NullAway.Init")
class AliasConsumerITCase {
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
    private final String group = KAFKA.unique("billing");
    private final Map<String, Process> members = new TreeMap<>();
    private final AtomicBoolean produces = new AtomicBoolean(true);
    private int sent;

    @AfterEach
    void kill() {
        produces.set(false);
        members.values().forEach(Process::destroyForcibly);
    }

    @Test
    void readsEachEventInOneTopicThroughTwoPromotionsARollbackAndKills() throws Exception {
        KAFKA.createTopic(topic, PARTITIONS, "retention.ms=-1");
        send(300);
        Thread producer = new Thread(this::produce, "producer");
        producer.start();
        start("a");
        start("b");
        start("c");
        awaitPlace(topic);
        TestBatch first = following();
        JobClient firstJob = first.submit(1, null, null);
        first.awaitCommitted(600);

        promote(first);
        awaitPlace(first.plan.spec().resultTopic());
        member("a").destroyForcibly();
        start("d");
        TestBatch second = following();
        JobClient secondJob = second.submit(1, null, null);
        second.awaitCommitted(sent);
        promote(second);
        member("b").destroyForcibly();
        awaitPlace(second.plan.spec().resultTopic());
        start("e");
        SHELL.backprocess("promote", "--alias", alias, "--rollback", "--execute")
                .succeeds();
        awaitPlace(first.plan.spec().resultTopic());
        member("e").destroy();
        promote(second);
        awaitPlace(second.plan.spec().resultTopic());
        produces.set(false);
        producer.join();
        second.awaitCommitted(sent);
        awaitRead(second);
        for (String last : List.of("c", "d")) {
            member(last).destroy();
            assertThat(member(last).waitFor(30, TimeUnit.SECONDS)).isTrue();
        }

        first.stopWithSavepoint(firstJob);
        second.stopWithSavepoint(secondJob);
        assertEachEventIsReadInOneTopic(List.of(first, second), List.of("a", "b"));
    }

    @Test
    void goesOnWhereAGroupWasMovedAndWhereItWasTakenBackTo() throws Exception {
        KAFKA.createTopic(topic, PARTITIONS, "retention.ms=-1");
        send(3000);
        TestBatch batch = finished();
        String results = batch.plan.spec().resultTopic();
        Map<Integer, Long> fromSource = read(40);

        promote(batch, "--group", group, "--accept-stale");
        Map<Integer, Long> firstOrigins = new TreeMap<>();
        Map<Integer, Long> fromResults = read(50, (record, origin) -> {
            assertThat(record.topic()).isEqualTo(results);
            firstOrigins.putIfAbsent(record.partition(), origin);
        });
        SHELL.backprocess("promote", "--alias", alias, "--rollback", "--execute")
                .succeeds();
        Map<Integer, Long> backOrigins = new TreeMap<>();
        read(30, (record, origin) -> {
            assertThat(record.topic()).isEqualTo(topic);
            backOrigins.putIfAbsent(record.partition(), origin);
        });

        firstOrigins.forEach(
                (partition, origin) -> assertThat(origin).isEqualTo(fromSource.getOrDefault(partition, -1L) + 1));
        // A member that has read some results of an event, and not all, reads that event again.
        backOrigins.forEach((partition, origin) -> {
            long last = fromResults.getOrDefault(partition, fromSource.getOrDefault(partition, -1L));
            assertThat(origin).isBetween(Math.max(0, last), last + 1);
        });
    }

    @Test
    void readsAllOfABatchThatSaysNoPlaceAndBeginsThereIfItIsNew() throws Exception {
        KAFKA.createTopic(topic, PARTITIONS, "retention.ms=-1");
        send(90);
        TestBatch batch = finished();
        int results = KAFKA.read(batch.plan.spec().resultTopic()).size();
        read(20);
        promote(batch);

        List<String> old = new ArrayList<>();
        read(results, (record, origin) -> old.add(record.topic()));
        List<String> fresh = new ArrayList<>();
        try (AliasConsumer<byte[], byte[]> consumer = consumer(KAFKA.unique("new"))) {
            TestBatch.await("all results", () -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> fresh.add(record.topic()));
                return fresh.size() >= results;
            });
            assertThat(consumer.topics()).hasSize(PARTITIONS);
        }

        assertThat(old).hasSize(results).containsOnly(batch.plan.spec().resultTopic());
        assertThat(fresh).hasSize(results).containsOnly(batch.plan.spec().resultTopic());
    }

    @Test
    void leavesATopicThatEndsInMarkersAndGoesBackToTheSource() throws Exception {
        KAFKA.createTopic(topic, PARTITIONS, "retention.ms=-1");
        send(90);
        TestBatch earlier = finished();
        promote(earlier);
        TestBatch later = following();
        JobClient job = later.submit(1, null, null);
        later.awaitCommitted(90);
        later.stopWithSavepoint(job);
        Properties properties = KAFKA.properties();
        properties.setProperty("group.id", group);
        properties.setProperty("auto.offset.reset", "earliest");
        properties.setProperty("max.poll.records", "1");
        try (AliasConsumer<byte[], byte[]> consumer = new AliasConsumer<>(
                properties, alias, topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            int results = KAFKA.read(earlier.plan.spec().resultTopic()).size();
            AtomicInteger read = new AtomicInteger();
            TestBatch.await("all results", () -> {
                read.addAndGet(consumer.poll(Duration.ofMillis(200)).count());
                return read.get() >= results;
            });

            promote(later);

            awaitTopic(consumer, later.plan.spec().resultTopic());
            SHELL.backprocess("promote", "--alias", alias, "--rollback", "--execute")
                    .succeeds();
            awaitTopic(consumer, earlier.plan.spec().resultTopic());
            SHELL.backprocess("promote", "--alias", alias, "--rollback", "--execute")
                    .says(4, "has no target before");
        }
        String other = KAFKA.unique("other.current");
        SHELL.backprocess(
                        "promote",
                        "--alias",
                        other,
                        "--batch-id",
                        later.plan.spec().batchId(),
                        "--execute")
                .succeeds();
        assertThat(SHELL.backprocess("promote", "--alias", other, "--rollback", "--execute")
                        .succeeds()
                        .out())
                .contains("then   nothing", "moved");
        SHELL.backprocess("promote", "--alias", other).says(2, "does not exist");
    }

    private static void awaitTopic(AliasConsumer<?, ?> consumer, String expected) {
        TestBatch.await(expected, () -> {
            assertThat(consumer.poll(Duration.ofMillis(200)).count()).isZero();
            return consumer.topics().size() == PARTITIONS
                    && consumer.topics().values().stream().allMatch(expected::equals);
        });
    }

    @Test
    void refusesWhatItCannotKeep() {
        Properties properties = KAFKA.properties();
        assertThatThrownBy(() -> new AliasConsumer<byte[], byte[]>(properties, alias, topic))
                .hasMessageContaining("group.id is missing");
        properties.setProperty("group.id", group);
        properties.setProperty("group.protocol", "consumer");
        assertThatThrownBy(() -> new AliasConsumer<byte[], byte[]>(properties, alias, topic))
                .hasMessageContaining("group.protocol=consumer is not supported");
        properties.remove("group.protocol");
        properties.setProperty("auto.offset.reset", "none");
        assertThatThrownBy(() -> new AliasConsumer<byte[], byte[]>(properties, alias, topic))
                .hasMessageContaining("auto.offset.reset=none is not supported");
    }

    private Map<Integer, Long> read(int records) {
        return read(records, (record, origin) -> {});
    }

    /** Reads at least as many records, commits, and returns the last offset of the source in each partition. */
    private Map<Integer, Long> read(int records, ObjLongConsumer<ConsumerRecord<byte[], byte[]>> taker) {
        Map<Integer, Long> last = new TreeMap<>();
        try (AliasConsumer<byte[], byte[]> consumer = consumer(group)) {
            AtomicInteger read = new AtomicInteger();
            TestBatch.await(records + " records", () -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    long origin = record.topic().equals(topic) ? record.offset() : Lane.originOf(record);
                    taker.accept(record, origin);
                    last.put(record.partition(), origin);
                    read.incrementAndGet();
                });
                return read.get() >= records;
            });
            consumer.commit();
        }
        return last;
    }

    private AliasConsumer<byte[], byte[]> consumer(String of) {
        Properties properties = KAFKA.properties();
        properties.setProperty("group.id", of);
        properties.setProperty("auto.offset.reset", "earliest");
        properties.setProperty("max.poll.records", "10");
        return new AliasConsumer<>(properties, alias, topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Each event of the source is read at least once, in one topic, and all that this topic has of it. */
    private void assertEachEventIsReadInOneTopic(List<TestBatch> batches, List<String> killed) throws IOException {
        Map<String, Set<String>> records = new TreeMap<>();
        KAFKA.read(topic).forEach(record -> records.computeIfAbsent(
                        record.partition() + "/" + record.offset(), any -> new HashSet<>())
                .add(topic));
        Map<String, Integer> results = new HashMap<>();
        for (TestBatch batch : batches) {
            for (ConsumerRecord<byte[], byte[]> result :
                    KAFKA.read(batch.plan.spec().resultTopic())) {
                results.merge(result.topic() + " " + result.partition() + "/" + Lane.originOf(result), 1, Integer::sum);
            }
        }
        Map<String, Set<String>> topics = new TreeMap<>();
        Map<String, Set<Long>> offsets = new HashMap<>();
        Map<String, List<String>> readers = new TreeMap<>();
        int uncommitted = 0;
        Set<String> mayRepeat = new HashSet<>();
        for (String member : members.keySet()) {
            List<String> tail = new ArrayList<>();
            for (String line : Files.readAllLines(directory.resolve(member))) {
                if (line.equals("committed")) {
                    tail.clear();
                    continue;
                }
                String[] words = line.split(" ", -1);
                String event = words[1] + "/" + words[3];
                topics.computeIfAbsent(event, any -> new HashSet<>()).add(words[0]);
                offsets.computeIfAbsent(words[0] + " " + event, any -> new HashSet<>())
                        .add(Long.valueOf(words[2]));
                String record = words[0] + " " + words[1] + " " + words[2];
                readers.computeIfAbsent(record, any -> new ArrayList<>()).add(member);
                tail.add(record);
            }
            if (killed.contains(member)) {
                uncommitted += tail.size();
                mayRepeat.addAll(tail);
            }
        }

        assertThat(topics.keySet()).as("events that were read").containsExactlyElementsOf(records.keySet());
        assertThat(topics).as("topics of an event").allSatisfy((event, of) -> assertThat(of)
                .hasSize(1));
        assertThat(topics.values())
                .as("topics")
                .contains(
                        Set.of(topic),
                        Set.of(batches.get(0).plan.spec().resultTopic()),
                        Set.of(batches.get(1).plan.spec().resultTopic()));
        topics.forEach((event, of) -> {
            String read = of.iterator().next();
            assertThat(requireNonNull(offsets.get(read + " " + event)))
                    .as("records of %s in %s", event, read)
                    .hasSize(read.equals(topic) ? 1 : requireNonNull(results.get(read + " " + event)));
        });
        readers.values().removeIf(all -> all.size() == 1);
        System.out.printf(
                "%d events, %d records read more than once, %d uncommitted at kills%n",
                records.size(), readers.size(), uncommitted);
        assertThat(readers).as("records that were read more than once").allSatisfy((record, by) -> assertThat(mayRepeat)
                .as("what was uncommitted at a kill; read by %s", by)
                .contains(record));
    }

    private Process member(String name) {
        return requireNonNull(members.get(name));
    }

    private void produce() {
        while (produces.get()) {
            send(20);
            java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    private void send(int events) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < events; i++, sent++) {
            String items = sent % 4 == 0
                    ? "\"items\":[{\"itemSku\":\"SKU-BASIC-1\",\"amount\":1},{\"itemSku\":\"SKU-PREMIUM-9\",\"amount\":2}]"
                    : "\"itemSku\":\"SKU-PREMIUM-1\",\"amount\":1";
            String event = "{\"eventId\":\"e-%d\",\"processVersion\":1,\"payload\":{\"actionType\":\"Purchased\",%s}}"
                    .formatted(sent, items);
            records.add(new ProducerRecord<>(topic, sent % PARTITIONS, null, event.getBytes(StandardCharsets.UTF_8)));
        }
        KAFKA.send(records);
    }

    private TestBatch finished() throws Exception {
        TestBatch batch = batch(BatchSpec.LATEST);
        batch.runToItsEnd(1, null);
        return batch;
    }

    private TestBatch following() {
        return batch(BatchSpec.NEVER);
    }

    private TestBatch batch(String until) {
        return new TestBatch(
                KAFKA,
                topic,
                until,
                "purchase-split",
                DedupeScope.PARTITION,
                directory.resolve("checkpoints").toUri().toString());
    }

    private void promote(TestBatch batch, String... further) {
        List<String> args = new ArrayList<>(List.of("promote", "--alias", alias, "--execute"));
        args.addAll(List.of("--batch-id", batch.plan.spec().batchId()));
        args.addAll(List.of(further));
        SHELL.backprocess(args.toArray(String[]::new)).succeeds();
    }

    private void start(String name) throws IOException {
        members.put(
                name,
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-Xmx64m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Member.class.getName(),
                                KAFKA.bootstrapServers(),
                                alias,
                                topic,
                                group,
                                directory.resolve(name).toString())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve(name + ".log").toFile())
                        .start());
    }

    /** Waits until the group reads a topic in all partitions. */
    private void awaitPlace(String read) {
        TestBatch.await("all partitions in " + read, () -> {
            Map<Integer, Map<String, OffsetAndMetadata>> all = committed();
            return all.size() == PARTITIONS
                    && all.values().stream().allMatch(own -> {
                        Place place = Place.find(own, List.of());
                        return place != null && place.topic().equals(read);
                    });
        });
    }

    /** Waits until the group has read the results of a batch to their end. */
    private void awaitRead(TestBatch batch) {
        String results = batch.plan.spec().resultTopic();
        TestBatch.await("the end of " + results, () -> {
            Map<Integer, Map<String, OffsetAndMetadata>> all = committed();
            return KAFKA.readByPartition(results).entrySet().stream().allMatch(each -> {
                OffsetAndMetadata own =
                        all.getOrDefault(each.getKey(), Map.of()).get(results);
                long last = each.getValue().isEmpty()
                        ? -1
                        : each.getValue().get(each.getValue().size() - 1).offset();
                return own != null && own.offset() > last;
            });
        });
    }

    private Map<Integer, Map<String, OffsetAndMetadata>> committed() {
        try (GroupOffsets offsets = new GroupOffsets(group, Map.of("bootstrap.servers", KAFKA.bootstrapServers()))) {
            return offsets.all();
        }
    }
}
