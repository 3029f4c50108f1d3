package io.backprocess.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.event.Origin;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Kcat;
import io.backprocess.testing.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Results in other partitions, under other keys and in other topics than those of their source. */
class PlacementITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @TempDir
    private Path directory = Path.of("");

    private final Shell shell = new Shell(KAFKA);
    private final String batch = KAFKA.unique("batch");

    @ParameterizedTest
    @ValueSource(strings = {"partition", "global"})
    void spreadsResultsAsAnotherKafkaClientDoes(String scope) throws Exception {
        String topic = shell.sample(2000);

        shell.run(topic, batch, "--result-partitions", "6", "--dedupe-scope", scope, "--parallelism", "2")
                .succeeds();

        verify();
        List<ConsumerRecord<byte[], byte[]>> results = KAFKA.read(topic + "." + batch);
        assertThat(KAFKA.partitions(topic + "." + batch)).isEqualTo(6);
        assertThat(KAFKA.partitions(topic + "." + batch + ".dlq")).isEqualTo(4);
        List<String> keys = results.stream()
                .map(ConsumerRecord::key)
                .filter(Objects::nonNull)
                .map(key -> new String(key, UTF_8))
                .distinct()
                .toList();
        assertThat(keys).hasSizeGreaterThan(50);
        Map<String, Integer> chosen = Kcat.partitionsOf(keys, KAFKA, 6);
        for (ConsumerRecord<byte[], byte[]> result : results) {
            assertThat(result.partition())
                    .isEqualTo(
                            result.key() == null
                                    ? origin(result).partition() % 6
                                    : chosen.get(new String(result.key(), UTF_8)));
        }
        if (scope.equals("partition")) {
            assertOriginsRise(results);
        }
    }

    /** The order of one source partition holds within each partition of the result topic. */
    private static void assertOriginsRise(List<ConsumerRecord<byte[], byte[]>> results) {
        Map<List<Integer>, Long> last = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> result : results) {
            Origin origin = origin(result);
            Long before = last.put(List.of(result.partition(), origin.partition()), origin.offset());
            assertThat(before == null || before <= origin.offset()).isTrue();
        }
        assertThat(last).hasSizeGreaterThan(10);
    }

    @Test
    void givesResultsAnotherKey() {
        String topic = history(
                "{\"eventId\":\"a\",\"processVersion\":1,\"payload\":{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":1,\"customer\":\"c-1\"}}",
                "{\"eventId\":\"b\",\"processVersion\":1,\"payload\":{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":1,\"customer\":12.50}}",
                "{\"eventId\":\"c\",\"processVersion\":1,\"payload\":{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":1,\"customer\":null}}",
                "{\"eventId\":\"d\",\"processVersion\":1,\"payload\":{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":1,\"customer\":{\"id\":1}}}");

        Shell.Answer plan = shell.plan(topic, "--result-key", "/payload/customer");
        shell.run(topic, batch, "--result-key", "/payload/customer").succeeds();

        assertThat(plan.succeeds().out())
                .contains("places    results in 2 partitions by /payload/customer")
                .contains("the results under one key may come from several partitions");
        verify();
        assertThat(KAFKA.read(topic + "." + batch).stream().map(result -> new String(result.key(), UTF_8)))
                .containsExactlyInAnyOrder("c-1", "12.50");
        assertThat(shell.backprocess("dlq", "list", "--batch-id", batch)
                        .succeeds()
                        .out())
                .contains("the result has no /payload/customer, from which its key com")
                .contains("/payload/customer of the result, from which its key comes")
                .contains("invalid-field");
        assertThat(shell.plan(topic, "--result-key", "/customer").succeeds().out())
                .contains("no event of all 4 records of the range has a text or a number at /customer (--result-key)");
        assertThat(shell.preview(topic, "--result-key", "/payload/customer")
                        .succeeds()
                        .out())
                .contains("invalid-field");
    }

    @Test
    void saysWhichKeysAreInSeveralPartitions() {
        String topic = history(event("a"), event("b"), event("c"), event("d"));

        assertThat(shell.plan(topic, "--result-partitions", "3").succeeds().out())
                .contains(
                        "1 keys of all 4 records of the range are in several partitions; the order of their results is kept for each of these partitions alone");
    }

    @Test
    void writesIntoATopicThatOthersWriteTo() throws Exception {
        String topic = shell.sample(600);
        String target = KAFKA.unique("orders");
        KAFKA.createTopic(target, 3, "retention.ms=-1", "max.message.bytes=2000000");
        KAFKA.send(foreign(target, 0, null), foreign(target, 1, "another-batch"));
        String[] into = {"--into", target, "--allow-into", target};

        Shell.Answer plan = shell.plan(topic, into);
        shell.run(topic, batch, into).succeeds();
        KAFKA.send(foreign(target, 0, null), foreign(target, 2, "another-batch"));

        assertThat(plan.succeeds().out())
                .contains("results go into %s beside other records".formatted(target))
                .contains("places    results in 3 partitions by key");
        assertThat(KAFKA.admin().listTopics().names().get()).doesNotContain(topic + "." + batch);
        verify();
        List<ConsumerRecord<byte[], byte[]>> own = KAFKA.read(target).stream()
                .filter(record -> batch.equals(header(record, "backprocess.batch-id")))
                .toList();
        assertThat(own).hasSizeGreaterThan(400);
        assertThat(KAFKA.read(target)).hasSize(own.size() + 4);
        assertThat(shell.backprocess("peek", "--batch-id", batch).succeeds().out())
                .containsPattern("Subscription[AB]Purchased");
        assertThat(shell.preview(topic, "--against", batch).succeeds().out()).containsPattern("same as then +600");
        shell.backprocess("promote", "--alias", "purchases", "--batch-id", batch, "--execute")
                .says(4, "%s wrote into %s, beside other records".formatted(batch, target));
        String redriven = shell.backprocess("redrive", "--batch-id", batch, "--rules", rules(), "--execute")
                .succeeds()
                .out();
        assertThat(redriven).contains(target);
        verify();
        // A second batch into the same topic does not count the first one's results.
        String second = KAFKA.unique("batch");
        shell.run(topic, second, into).succeeds();
        assertThat(shell.backprocess("verify", "--batch-id", second).succeeds().out())
                .contains("complete");
        verify();
        // A topic that grows, and one that has lost the beginning.
        KAFKA.addPartitions(target, 5);
        assertThat(shell.backprocess("verify", "--batch-id", second).succeeds().out())
                .contains("has 5 partitions, but had 3 when the batch was planned");
        // A copy of a result is one too many, although its topic holds other records.
        KAFKA.send(new ProducerRecord<>(
                target,
                own.get(0).partition(),
                1L,
                own.get(0).key(),
                own.get(0).value(),
                own.get(0).headers()));
        assertThat(shell.backprocess("verify", "--batch-id", batch).out()).contains("unexpected-result");
        KAFKA.deleteRecordsBefore(target, own.get(0).partition(), own.get(0).offset() + 20);
        Shell.Answer cut = shell.backprocess("verify", "--batch-id", batch);
        assertThat(cut.out()).contains("the topic has deleted these records since the batch was planned");
        assertThat(cut.out()).doesNotContain("missing-result");
    }

    @Test
    void saysWhatATopicOfOthersWouldDoToResults() {
        String topic = shell.sample(20);
        String target = KAFKA.unique("orders");
        KAFKA.createTopic(target, 2, "retention.ms=86400000");

        assertThat(shell.plan(topic, "--into", target, "--allow-into", target)
                        .succeeds()
                        .out())
                .contains("would delete records with old timestamps (retention.ms=86400000");

        String compacted = KAFKA.unique("orders");
        KAFKA.createTopic(compacted, 2, "cleanup.policy=compact");
        shell.plan(topic, "--into", compacted, "--allow-into", compacted).says(4, "is compacted: it rejects a result");
        shell.run(topic, batch).succeeds();
        String other = topic + "." + batch;
        shell.plan(topic, "--into", other, "--allow-into", other).says(4, "belongs to batch '%s'".formatted(batch));

        String small = KAFKA.unique("orders");
        KAFKA.createTopic(small, 2, "retention.ms=-1", "message.timestamp.type=LogAppendTime");
        shell.plan(topic, "--into", small, "--allow-into", small)
                .says(4, "would replace the records' timestamps (message.timestamp.type=LogAppendTime)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --result-partitions 0 | --result-partitions 0 is not between 1 and 32768
            --result-partitions 3 --result-headers none | --result-partitions cannot be used with --result-headers none
            --result-key /a --result-headers none | --result-key cannot be used with --result-headers none
            --result-key a | '--result-key ''a'' is no JSON Pointer'
            --into TARGET | to confirm it, add --allow-into TARGET
            --into TARGET --allow-into other | to confirm it, add --allow-into TARGET
            --allow-into TARGET | --allow-into TARGET has no effect without --into
            --into TARGET --allow-into TARGET --result-partitions 2 | has no effect on --into TARGET
            --into TARGET --allow-into TARGET --result-headers none | --into cannot be used with --result-headers none
            --into SOURCE --allow-into SOURCE | --into SOURCE is the source, which is never changed
            --into backprocess.ledger --allow-into backprocess.ledger | is one of Backprocess's own topics
            --into __consumer_offsets --allow-into __consumer_offsets | is one of Kafka's own topics
            --result-key /payload/a~2b | write ~0 for a tilde
            --into nowhere --allow-into nowhere | topic 'nowhere' does not exist
            --result-key /payload/a --envelope KEYED | the envelope keeps a part of each event in the record's key
            """)
    void refusesAPlacementThatCannotWork(String options, String message) throws Exception {
        String topic = history(event("a"));
        String target = KAFKA.unique("target");
        KAFKA.createTopic(target, 1, "retention.ms=-1");
        Path keyed = Files.writeString(
                directory.resolve("keyed.yaml"), "{name: keyed, eventId: key, processVersion: /v, payload: /payload}");
        List<String> args = new ArrayList<>();
        for (String word : options.split(" ", -1)) {
            args.add(word.replace("TARGET", target).replace("SOURCE", topic).replace("KEYED", keyed.toString()));
        }

        shell.run(topic, batch, args.toArray(String[]::new))
                .says(2, message.replace("TARGET", target).replace("SOURCE", topic));
    }

    @Test
    void keepsThePlacementOfAPlan() {
        String topic = shell.sample(100);
        shell.run(topic, batch, "--result-partitions", "3").succeeds();

        shell.run(topic, batch, "--result-partitions", "5").says(4, "result-partitions: 3, now 5");
        shell.run(topic, batch).says(4, "result-partitions: 3, now none");
        assertThat(shell.backprocess("abandon", "--batch-id", batch).err())
                .contains("is completed and cannot be abandoned");
    }

    private String rules() throws Exception {
        return Files.writeString(
                        directory.resolve("rules.yaml"),
                        "{name: repair, from: 1, to: 2, rules: [{set: {repaired: true}}]}")
                .toString();
    }

    private void verify() {
        assertThat(shell.backprocess("verify", "--batch-id", batch).succeeds().out())
                .contains("complete");
    }

    private static String event(String id) {
        return "{\"eventId\":\"%s\",\"processVersion\":1,\"payload\":{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":1}}"
                .formatted(id);
    }

    /** Creates a topic of two partitions, with records under one key in each of them in turn. */
    private static String history(String... values) {
        String topic = KAFKA.unique("history");
        KAFKA.createTopic(topic, 2, "retention.ms=-1");
        for (int i = 0; i < values.length; i++) {
            KAFKA.send(new ProducerRecord<>(topic, i % 2, 1L, "key".getBytes(UTF_8), values[i].getBytes(UTF_8)));
        }
        return topic;
    }

    private static ProducerRecord<byte[], byte[]> foreign(String topic, int partition, @Nullable String batchId) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, partition, 1L, null, "{}".getBytes(UTF_8));
        if (batchId != null) {
            record.headers().add("backprocess.batch-id", batchId.getBytes(UTF_8));
        }
        return record;
    }

    private static Origin origin(ConsumerRecord<byte[], byte[]> result) {
        return Origin.parse(Objects.requireNonNull(header(result, "backprocess.source")));
    }

    private static @Nullable String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return record.headers().lastHeader(name) == null
                ? null
                : new String(record.headers().lastHeader(name).value(), UTF_8);
    }
}
