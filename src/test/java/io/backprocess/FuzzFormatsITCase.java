package io.backprocess;

import static io.backprocess.testing.JudgedBatch.PARTITIONS;
import static io.backprocess.testing.JudgedBatch.RECORDS;
import static io.backprocess.testing.JudgedBatch.SEED;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.DeadLetterLimits;
import io.backprocess.batch.Encoding;
import io.backprocess.batch.Format;
import io.backprocess.batch.Framing;
import io.backprocess.format.UnfitException;
import io.backprocess.job.BackprocessJob;
import io.backprocess.testing.ApicurioRegistry;
import io.backprocess.testing.AvroEvents;
import io.backprocess.testing.EncodedJudge;
import io.backprocess.testing.EncodedRecords;
import io.backprocess.testing.HostileAvro;
import io.backprocess.testing.HostileJsonSchema;
import io.backprocess.testing.HostileProtobuf;
import io.backprocess.testing.HostileSchema;
import io.backprocess.testing.JudgedBatch;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.OneTaskManager;
import io.backprocess.testing.RegistryProxy;
import io.backprocess.testing.TestBatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@link FuzzITCase} for values that are encoded by schemas: a quarter as many records in Avro, in Protobuf, and with
 * JSON Schemas. A real registry has the schemas; what it would not accept is exchanged on the way.
 */
class FuzzFormatsITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @RegisterExtension
    static final ApicurioRegistry REGISTRY = new ApicurioRegistry();

    @RegisterExtension
    static final MiniClusterExtension FLINK = OneTaskManager.withSlots(2);

    private static final Set<String> REACHED = Set.of(
            "unknown-schema",
            "not-an-envelope",
            "rejected",
            "missing-context",
            "conflicting-duplicate",
            "duplicate",
            "skipped",
            "tombstone",
            "results");

    private static final int NOT_THERE = 1_000_000;
    private static final int NO_SCHEMA = 1_000_001;
    private static final int WITHOUT_A_REFERENCE = 1_000_002;

    @TempDir
    private Path directory = Path.of("");

    private final RegistryProxy registry = new RegistryProxy(REGISTRY.confluentUrl());

    @AfterEach
    void close() {
        registry.close();
    }

    /** Compiles a schema with a library of others. */
    private interface Compiling {
        HostileSchema compile(int id, String text) throws UnfitException;
    }

    @Test
    void putsEachHostileRecordInAvroInExactlyOnePlace() throws Exception {
        registry.exchange(NO_SCHEMA, "{\"type\":\"record\",");
        registry.exchange(WITHOUT_A_REFERENCE, AvroEvents.SCHEMA.replace("\"int\"", "\"com.acme.NotThere\""));

        Set<String> places = placesOf(
                Format.AVRO,
                HostileAvro::new,
                List.of(AvroEvents.SCHEMA, HostileAvro.RECURSIVE, HostileAvro.WIDE),
                register("PROTOBUF", HostileProtobuf.SCHEMA));

        assertThat(places).as("a fuzzer that reaches everything").isEqualTo(REACHED);
    }

    @Test
    void putsEachHostileRecordInProtobufInExactlyOnePlace() throws Exception {
        registry.exchange(NO_SCHEMA, "PROTOBUF", "syntax = \"proto3\"; message {");
        registry.exchange(WITHOUT_A_REFERENCE, "PROTOBUF", "import \"not/there.proto\";" + HostileProtobuf.SCHEMA);

        Set<String> places = placesOf(
                Format.PROTOBUF,
                HostileProtobuf::new,
                List.of(HostileProtobuf.SCHEMA, HostileProtobuf.SECOND, HostileProtobuf.WIDE),
                register("AVRO", AvroEvents.SCHEMA));

        assertThat(places)
                .as("a fuzzer that reaches everything, also what is too deep to change")
                .contains("invalid-field")
                .containsAll(REACHED);
    }

    @Test
    void putsEachHostileRecordInJsonSchemaInExactlyOnePlace() throws Exception {
        registry.exchange(NO_SCHEMA, "JSON", "{\"type\":");
        registry.exchange(
                WITHOUT_A_REFERENCE, "JSON", HostileJsonSchema.SCHEMA.replace("#/definitions/item", "not-there.json"));

        Set<String> places = placesOf(
                Format.JSON_SCHEMA,
                HostileJsonSchema::new,
                List.of(HostileJsonSchema.SCHEMA, HostileJsonSchema.SECOND, HostileJsonSchema.WIDE),
                register("AVRO", AvroEvents.SCHEMA));

        assertThat(places)
                .as(
                        "a fuzzer that reaches everything, also what is no JSON, and what breaks its schema once it is changed")
                .contains("malformed-json", "invalid-field")
                .containsAll(REACHED);
    }

    private Set<String> placesOf(Format format, Compiling compiling, List<String> texts, int otherType)
            throws Exception {
        List<HostileSchema> schemas = new ArrayList<>();
        for (String text : texts) {
            schemas.add(compiling.compile(register(format == Format.JSON_SCHEMA ? "JSON" : format.name(), text), text));
        }
        String topic = KAFKA.unique("hostile");
        EncodedRecords hostile = new EncodedRecords(
                topic, PARTITIONS, SEED, schemas, NOT_THERE, NO_SCHEMA, WITHOUT_A_REFERENCE, otherType);
        JudgedBatch judged = new JudgedBatch(KAFKA);
        judged.write(topic, RECORDS / 4, hostile::next);
        TestBatch batch = TestBatch.encoded(
                KAFKA,
                topic,
                new Encoding(format, Framing.CONFLUENT, registry.url(), null),
                directory.toUri().toString());
        batch.flinkConfiguration.set(BackprocessJob.UNKNOWN_SCHEMA_INTERVAL, Duration.ofMillis(300));
        batch.limits = new DeadLetterLimits(1, 0, 1000);
        Map<Integer, HostileSchema> byId =
                schemas.stream().collect(Collectors.toMap(HostileSchema::id, Function.identity()));

        return judged.runAndJudge(batch, RECORDS / 4, batchId -> new EncodedJudge(batchId, byId))
                .keySet();
    }

    private static int register(String type, String text) {
        return REGISTRY.register(REGISTRY.unique("events") + "-value", type, text);
    }
}
