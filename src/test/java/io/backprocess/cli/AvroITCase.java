package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.DeadLetterLimits;
import io.backprocess.batch.Encoding;
import io.backprocess.batch.Format;
import io.backprocess.batch.Framing;
import io.backprocess.job.BackprocessJob;
import io.backprocess.registry.Schemas;
import io.backprocess.testing.ApicurioRegistry;
import io.backprocess.testing.AvroEvents;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.OneTaskManager;
import io.backprocess.testing.RegistryProxy;
import io.backprocess.testing.Shell;
import io.backprocess.testing.TestBatch;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A history in Avro, with a real schema registry behind a way that can be closed. */
class AvroITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @RegisterExtension
    static final ApicurioRegistry REGISTRY = new ApicurioRegistry();

    @RegisterExtension
    static final MiniClusterExtension FLINK = OneTaskManager.withSlots(2);

    private static final int EVENTS = 600;

    @TempDir
    private Path checkpoints = Path.of("");

    private final Shell shell = new Shell(KAFKA);
    private final String topic = KAFKA.unique("avro");
    private final String batch = KAFKA.unique("batch");
    private final RegistryProxy registry = new RegistryProxy(REGISTRY.confluentUrl());
    private final int id = REGISTRY.register(REGISTRY.unique("purchases") + "-value", "AVRO", AvroEvents.SCHEMA);

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void asksHowRecordsNameTheirSchemaAndSaysWhatTheyLookLike() {
        write(List.of());

        shell.plan(topic, "--format", "avro", "--registry", registry.url())
                .says(2, "--format avro needs --framing, which says where a record names the schema of its value: ");
        assertThat(shell.plan(topic, "--format", "avro", "--registry", registry.url())
                        .err())
                .contains(
                        "begin with byte 0 and an id in 4 bytes (%d)".formatted(id), "confluent", "apicurio-content4");
        Shell.Answer asJson = shell.plan(topic);
        assertThat(asJson.out() + asJson.err())
                .contains("Confluent wire format")
                .contains("--format avro");
        shell.plan(topic, "--format", "avro", "--framing", "confluent").says(2, "add --registry URL");
        shell.plan(topic, "--format", "avro", "--framing", "confluent", "--registry", "http://ana:secret@127.0.0.1:1")
                .says(2, "--registry has a user or a password in it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"partition", "global"})
    void changesWhatTheRevisionTouchesAndNothingElse(String scope) {
        write(List.of(AvroEvents.record(topic, 0, "bad", new byte[] {0, 0, 0, 0, (byte) id, 2})));

        run("--dedupe-scope", scope).succeeds();

        registry.answersOnly(503);
        shell.backprocess("verify", "--batch-id", batch).succeeds();
        Map<String, byte[]> before = byId(KAFKA.read(topic));
        List<ConsumerRecord<byte[], byte[]>> results = KAFKA.read(topic + "." + batch);
        assertThat(results).hasSize(EVENTS);
        for (ConsumerRecord<byte[], byte[]> result : results) {
            GenericRecord event = AvroEvents.read(result.value());
            byte[] source = before.get(event.get("eventId").toString());
            GenericRecord expected = AvroEvents.read(source);
            expected.put("correlationId", batch);
            expected.put("processVersion", 2);
            ((GenericRecord) expected.get("payload")).put("actionType", "SubscriptionAPurchased");
            assertThat(event).hasToString(expected.toString());
            // Avro's own encoder writes what is left in the blocks that this history has.
            assertThat(result.value()).isEqualTo(AvroEvents.framed(id, expected));
        }
        assertThat(KAFKA.read(topic + "." + batch + ".dlq")).hasSize(1);
        assertThat(shell.backprocess("dlq", "list", "--batch-id", batch).out()).contains("not-an-envelope");
    }

    @Test
    void splitsAnEventAndRefusesWhatTheSchemaDoesNotTake() {
        GenericRecord several = AvroEvents.purchase("several", "x", "1");
        GenericRecord payload = (GenericRecord) several.get("payload");
        var items = payload.getSchema().getField("items").schema().getTypes().get(1);
        List<GenericRecord> list = new ArrayList<>();
        for (String sku : List.of("SKU-PREMIUM-1", "SKU-BASIC-2")) {
            GenericRecord item = new org.apache.avro.generic.GenericData.Record(items.getElementType());
            item.put("itemSku", sku);
            item.put("amount", AvroEvents.decimal("12.340"));
            list.add(item);
        }
        payload.put("items", list);
        KAFKA.createTopic(topic, 1);
        KAFKA.send(AvroEvents.record(topic, 0, "k", AvroEvents.framed(id, several)));

        assertThat(shell.preview(topic, encoded()).out())
                .contains("SubscriptionBPurchased")
                .contains("12.340");
        run().succeeds();

        shell.backprocess("verify", "--batch-id", batch).succeeds();
        List<GenericRecord> results = KAFKA.read(topic + "." + batch).stream()
                .map(result -> AvroEvents.read(result.value()))
                .toList();
        assertThat(results)
                .extracting(AvroEvents::amount)
                .extracting(String::valueOf)
                .containsExactly("12.340", "12.340");
        assertThat(results)
                .extracting(event -> String.valueOf(((GenericRecord) event.get("payload")).get("items")))
                .containsOnly("null");
        assertThat(shell.backprocess("peek", "--batch-id", batch).out()).contains("SubscriptionAPurchased");
    }

    @Test
    void makesDeadLettersOfAnUnknownSchemaAndRedrivesThemOnceItIsRegistered() throws Exception {
        String later =
                AvroEvents.SCHEMA.replace("com.acme", REGISTRY.unique("later").replace('-', '_'));
        int missing = id + 100_000;
        write(List.of(
                AvroEvents.record(
                        topic, 0, "u", AvroEvents.framed(missing, AvroEvents.purchase("u", "SKU-BASIC-1", "1"))),
                AvroEvents.record(topic, 0, "j", "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8))));

        TestBatch unknown = impatient();
        unknown.runToItsEnd(2, null);

        String batch = unknown.plan.spec().batchId();
        shell.backprocess("verify", "--batch-id", batch).succeeds();
        assertThat(KAFKA.read(topic + "." + batch)).hasSize(EVENTS);
        assertThat(shell.backprocess("dlq", "stats", "--batch-id", batch, "--output", "json")
                        .json()
                        .at("/byReason/unknown-schema")
                        .asInt())
                .isEqualTo(2);

        registry.exchange(missing, later);
        shell.backprocess("redrive", "--batch-id", batch, "--execute").succeeds();

        registry.answersOnly(503);
        shell.backprocess("verify", "--batch-id", batch).succeeds();
        assertThat(KAFKA.read(topic + "." + batch)).hasSize(EVENTS + 1);
    }

    @Test
    void stopsWhenTooManySchemasAreUnknown() {
        List<ProducerRecord<byte[], byte[]>> unknown = new ArrayList<>();
        for (int each = 1; each <= 3; each++) {
            unknown.add(AvroEvents.record(
                    topic,
                    0,
                    "u" + each,
                    AvroEvents.framed(id + 100_000 + each, AvroEvents.purchase("u" + each, "SKU-BASIC-1", "1"))));
        }
        write(unknown);

        TestBatch batch = impatient();
        batch.limits = new DeadLetterLimits(1, 0, 2);

        assertThatThrownBy(() -> batch.runToItsEnd(1, null))
                .hasStackTraceContaining("3 schemas are not known to the registry, and --max-unknown-schemas is 2");
        assertThat(KAFKA.read(topic + "." + batch.plan.spec().batchId() + ".dlq"))
                .isEmpty();
    }

    @Test
    void holdsWhileTheRegistryDoesNotAnswerAndCanBePausedMeanwhile() throws Exception {
        write(List.of());
        TestBatch held = impatient();
        registry.answersOnly(401);

        JobClient job = held.submit(2, null, null);
        int asked = registry.requests();
        TestBatch.await("further requests", () -> registry.requests() > asked + 3);
        String savepoint = held.stopWithSavepoint(job);
        registry.answersOnly(503);
        JobClient resumed = held.submit(1, savepoint, null);
        int askedAgain = registry.requests();
        TestBatch.await("further requests", () -> registry.requests() > askedAgain + 3);
        assertThat(held.ledger().total().read()).isZero();
        registry.answersOnly(0);
        held.awaitTheEnd(resumed);

        shell.backprocess("verify", "--batch-id", held.plan.spec().batchId()).succeeds();
        assertThat(held.ledger().total().results()).isEqualTo(EVENTS);
        assertThat(held.ledger().total().deadLetters()).isZero();
    }

    @Test
    void goesOnWithoutARegistryAndRefusesOneThatHasAnotherTextForAnId() throws Exception {
        write(List.of());
        TestBatch paused = impatient();
        JobClient job = paused.submit(1, null, 100L);
        paused.awaitCommitted(50);
        String savepoint = paused.stopWithSavepoint(job);
        registry.exchange(id, AvroEvents.SCHEMA.replace("com.acme", "org.other"));

        assertThatThrownBy(() -> Objects.requireNonNull(Schemas.of(paused.plan, KAFKA.clients()))
                        .checkStored())
                .hasMessageContaining("schema %d of batch '%s' is stored with another text"
                        .formatted(id, paused.plan.spec().batchId()));

        registry.answersOnly(503);
        Objects.requireNonNull(Schemas.of(paused.plan, KAFKA.clients())).checkStored();
        paused.runToItsEnd(2, savepoint);
        assertThat(paused.ledger().total().results()).isEqualTo(EVENTS);
    }

    /** Returns a batch that does not wait long for a schema that is not known. */
    private TestBatch impatient() {
        TestBatch batch = TestBatch.encoded(
                KAFKA,
                topic,
                new Encoding(Format.AVRO, Framing.CONFLUENT, registry.url()),
                checkpoints.toUri().toString());
        batch.flinkConfiguration.set(BackprocessJob.UNKNOWN_SCHEMA_INTERVAL, Duration.ofMillis(300));
        return batch;
    }

    private static Map<String, byte[]> byId(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream()
                .filter(record -> record.value().length > 10)
                .collect(Collectors.toMap(
                        record -> AvroEvents.read(record.value()).get("eventId").toString(), ConsumerRecord::value));
    }

    private void write(List<ProducerRecord<byte[], byte[]>> further) {
        KAFKA.createTopic(topic, 2);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(further);
        for (int event = 0; event < EVENTS; event++) {
            GenericRecord purchase = AvroEvents.purchase("e" + event, "SKU-PREMIUM-" + event, event + ".250");
            records.add(AvroEvents.record(topic, event % 2, "k" + event % 7, AvroEvents.framed(id, purchase)));
        }
        KAFKA.send(records);
        assertThat(ByteBuffer.wrap(records.get(records.size() - 1).value(), 1, 4)
                        .getInt())
                .isEqualTo(id);
    }

    private String[] encoded(String... further) {
        List<String> args =
                new ArrayList<>(List.of("--format", "avro", "--framing", "confluent", "--registry", registry.url()));
        args.addAll(List.of(further));
        return args.toArray(String[]::new);
    }

    private Shell.Answer run(String... further) {
        return shell.run(topic, batch, encoded(further));
    }
}
