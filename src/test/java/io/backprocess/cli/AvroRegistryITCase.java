package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.DeadLetterLimits;
import io.backprocess.batch.Encoding;
import io.backprocess.batch.Format;
import io.backprocess.batch.Framing;
import io.backprocess.deadletter.DeadLetterHeaders;
import io.backprocess.job.BackprocessJob;
import io.backprocess.registry.Schemas;
import io.backprocess.testing.ApicurioRegistry;
import io.backprocess.testing.AvroEvents;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.OneTaskManager;
import io.backprocess.testing.RegistryProxy;
import io.backprocess.testing.Shell;
import io.backprocess.testing.TestBatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A history in Avro whose registry does not answer, lacks a schema, or was changed. */
class AvroRegistryITCase {
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
    private final RegistryProxy registry = new RegistryProxy(REGISTRY.confluentUrl());
    private final int id = REGISTRY.register(REGISTRY.unique("purchases") + "-value", "AVRO", AvroEvents.SCHEMA);

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void makesDeadLettersOfAnUnknownSchemaAndRedrivesThemOnceItIsRegistered() throws Exception {
        String later =
                AvroEvents.SCHEMA.replace("com.acme", REGISTRY.unique("later").replace('-', '_'));
        int missing = id + 100_000;
        AvroEvents.write(
                KAFKA,
                topic,
                id,
                EVENTS,
                List.of(
                        AvroEvents.record(
                                topic,
                                0,
                                "u",
                                AvroEvents.framed(missing, AvroEvents.purchase("u", "SKU-BASIC-1", "1"))),
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
        String origin = origin(batch, "u");
        assertThat(shell.backprocess("dlq", "show", "--batch-id", batch, "--origin", origin)
                        .succeeds()
                        .out())
                .contains("unknown-schema", "value (", " bytes, no text)");

        registry.exchange(missing, later);
        shell.backprocess("redrive", "--batch-id", batch, "--execute").succeeds();
        assertThat(shell.backprocess("dlq", "show", "--batch-id", batch, "--all", "--origin", origin)
                        .succeeds()
                        .out())
                .contains("(redriven)", "\"eventId\" : \"u\"");
        // The time of its event, which is not that of the record.
        assertThat(shell.backprocess("dlq", "stats", "--batch-id", batch, "--all")
                        .succeeds()
                        .out())
                .contains("2023-11-14 22:00");

        registry.answersOnly(503);
        shell.backprocess("verify", "--batch-id", batch).succeeds();
        assertThat(KAFKA.read(topic + "." + batch)).hasSize(EVENTS + 1);
    }

    @Test
    void makesDeadLettersOfSchemasThatCannotBeUsedWithoutWaiting() throws Exception {
        int protobuf = REGISTRY.register(
                REGISTRY.unique("other") + "-value", "PROTOBUF", "syntax = \"proto3\"; message Other {}");
        registry.exchange(id + 100_001, "{\"type\":");
        registry.exchange(id + 100_002, AvroEvents.SCHEMA.replace("\"long\"", "\"com.acme.Elsewhere\""));
        List<ProducerRecord<byte[], byte[]>> useless = new ArrayList<>();
        for (int each : List.of(id + 100_001, id + 100_002, protobuf)) {
            useless.add(AvroEvents.record(
                    topic, 0, "u", AvroEvents.framed(each, AvroEvents.purchase("u" + each, "SKU-BASIC-1", "1"))));
        }
        AvroEvents.write(KAFKA, topic, id, EVENTS, useless);

        TestBatch batch = impatient();
        batch.flinkConfiguration.set(BackprocessJob.UNKNOWN_SCHEMA_INTERVAL, Duration.ofDays(1));
        batch.runToItsEnd(2, null);

        String batchId = batch.plan.spec().batchId();
        registry.answersOnly(503);
        shell.backprocess("verify", "--batch-id", batchId).succeeds();
        assertThat(KAFKA.read(topic + "." + batchId)).hasSize(EVENTS);
        List<ConsumerRecord<byte[], byte[]>> letters = KAFKA.read(topic + "." + batchId + ".dlq");
        assertThat(letters)
                .extracting(letter -> DeadLetterHeaders.text(letter.headers(), DeadLetterHeaders.REASON))
                .containsOnly("unknown-schema");
        assertThat(letters)
                .extracting(letter -> DeadLetterHeaders.text(letter.headers(), DeadLetterHeaders.MESSAGE))
                .satisfiesExactly(
                        text -> assertThat(text)
                                .contains("schema %d: the schema does not parse".formatted(id + 100_001)),
                        text -> assertThat(text)
                                .contains("schema %d: the schema does not parse".formatted(id + 100_002)),
                        other -> assertThat(other).contains("of type PROTOBUF, and --format avro needs AVRO"));
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
        AvroEvents.write(KAFKA, topic, id, EVENTS, unknown);

        TestBatch batch = impatient();
        batch.limits = new DeadLetterLimits(1, 0, 2);

        assertThatThrownBy(() -> batch.runToItsEnd(1, null))
                .hasStackTraceContaining(
                        "3 schemas are not known to the registry or cannot be used, and --max-unknown-schemas is 2");
        assertThat(KAFKA.read(topic + "." + batch.plan.spec().batchId() + ".dlq"))
                .isEmpty();
    }

    @Test
    void holdsWhileTheRegistryDoesNotAnswerAndCanBePausedMeanwhile() throws Exception {
        AvroEvents.write(KAFKA, topic, id, EVENTS, List.of());
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
        AvroEvents.write(KAFKA, topic, id, EVENTS, List.of());
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

    /** Returns the origin of the dead letter with a key. */
    private String origin(String batch, String key) {
        return StreamSupport.stream(
                        shell.backprocess("dlq", "show", "--batch-id", batch, "--limit", "10", "--output", "json")
                                .json()
                                .path("deadLetters")
                                .spliterator(),
                        false)
                .filter(letter -> letter.at("/key/text").asText().equals(key))
                .map(letter -> "%s/%d/%d"
                        .formatted(
                                letter.path("topic").asText(),
                                letter.path("partition").asInt(),
                                letter.path("offset").asLong()))
                .findFirst()
                .orElseThrow();
    }

    /** Returns a batch that does not wait long for a schema that is not known. */
    private TestBatch impatient() {
        TestBatch batch = TestBatch.encoded(
                KAFKA,
                topic,
                new Encoding(Format.AVRO, Framing.CONFLUENT, registry.url(), null),
                checkpoints.toUri().toString());
        batch.flinkConfiguration.set(BackprocessJob.UNKNOWN_SCHEMA_INTERVAL, Duration.ofMillis(300));
        return batch;
    }
}
