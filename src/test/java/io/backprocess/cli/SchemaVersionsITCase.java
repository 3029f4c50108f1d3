package io.backprocess.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.testing.ApicurioRegistry;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.RegistryProxy;
import io.backprocess.testing.Shell;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Events that have no version but that of their schema in a real schema registry. */
class SchemaVersionsITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @RegisterExtension
    static final ApicurioRegistry REGISTRY = new ApicurioRegistry();

    private static final String RECORD =
            "{\"type\":\"record\",\"name\":\"Purchase\",\"fields\":[{\"name\":\"id\",\"type\":\"string\"}%s]}";
    private static final String A = ",{\"name\":\"a\",\"type\":\"long\",\"default\":0}";
    private static final String B = ",{\"name\":\"b\",\"type\":\"string\",\"default\":\"\"}";
    private static final String C = ",{\"name\":\"c\",\"type\":\"string\",\"default\":\"\"}";
    /** The versions of the subject; the last one is that of results. */
    private static final List<String> SCHEMAS =
            List.of(RECORD.formatted(A), RECORD.formatted(A + B), RECORD.formatted(B + A), RECORD.formatted(A + C));

    private static final int EACH = 30;

    @TempDir
    Path folder = Path.of("");

    private final Shell shell = new Shell(KAFKA);
    private final String topic = KAFKA.unique("versions");
    private final String batch = KAFKA.unique("batch");
    private final String subject = topic + "-value";
    private final List<Integer> ids = new ArrayList<>();
    private final RegistryProxy registry = new RegistryProxy(REGISTRY.confluentUrl());

    @BeforeEach
    void write() {
        SCHEMAS.forEach(schema -> ids.add(REGISTRY.register(subject, "AVRO", schema)));
        int other = REGISTRY.register(REGISTRY.unique("other"), "AVRO", RECORD.formatted(C));
        KAFKA.createTopic(topic, 2);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int event = 0; event < EACH; event++) {
            for (int version = 0; version < SCHEMAS.size(); version++) {
                records.add(record(ids.get(version), SCHEMAS.get(version), "v%d-%d".formatted(version + 1, event)));
            }
        }
        records.add(record(other, RECORD.formatted(C), "other"));
        KAFKA.send(records);
    }

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void makesOneVersionOfThreeAndSkipsTheOneThatIsThereAlready() throws IOException {
        // Versions 1 to 3 of the subject are our version 1; version 4 means itself.
        Path envelope = envelope("{ from: schema-version, map: { 2: 1, 3: 1 } }");

        JsonNode counts = shell.preview(topic, with(args(envelope, subject + ":4"), "--output", "json"))
                .succeeds()
                .json()
                .path("counts");
        assertThat(counts.findValue("results").asInt()).as("%s", counts).isEqualTo(3 * EACH);
        assertThat(counts.findValue("skipped").asInt()).isEqualTo(EACH);
        assertThat(counts.findValue("deadLetters").asInt()).isOne();
        run(envelope, subject + ":4").succeeds();

        registry.answersOnly(503);
        shell.backprocess("verify", "--batch-id", batch).succeeds();
        assertThat(shell.backprocess("peek", "--batch-id", batch).succeeds().out())
                .contains("\"c\":\"from v");
        List<ConsumerRecord<byte[], byte[]>> results = KAFKA.read(topic + "." + batch);
        assertThat(results).hasSize(3 * EACH);
        Schema target = new Schema.Parser().parse(SCHEMAS.get(3));
        for (ConsumerRecord<byte[], byte[]> result : results) {
            ByteBuffer value = ByteBuffer.wrap(result.value());
            assertThat(value.getInt(1)).isEqualTo(ids.get(3));
            GenericRecord event = new GenericDatumReader<GenericRecord>(target)
                    .read(null, DecoderFactory.get().binaryDecoder(result.value(), 5, result.value().length - 5, null));
            assertThat(event.get("c")).hasToString("from " + event.get("id"));
            assertThat(event.get("a")).isEqualTo(7L);
        }
        assertThat(shell.backprocess("status", "--batch-id", batch, "--output", "json")
                        .json()
                        .findValue("skipped")
                        .asInt())
                .isEqualTo(EACH);
        assertThat(shell.backprocess("dlq", "show", "--batch-id", batch, "--reason", "not-an-envelope")
                        .out())
                .contains("the schema of the value is no version of subject '%s'".formatted(subject));
        assertThat(KAFKA.read(topic + "." + batch + ".dlq")).hasSize(1);
    }

    @Test
    void takesOneVersionAndGivesOthersOneWhereTheFileSaysSo() throws IOException {
        Path envelope = envelope("{ from: schema-version, subject: %s, absent: 9 }".formatted(subject));

        run(envelope, subject + ":4").succeeds();

        shell.backprocess("verify", "--batch-id", batch).succeeds();
        assertThat(KAFKA.read(topic + "." + batch)).hasSize(EACH);
        assertThat(KAFKA.read(topic + "." + batch + ".dlq")).isEmpty();
    }

    @Test
    void refusesASchemaOfResultsThatMeansAnotherVersion() throws IOException {
        Path envelopeOfAField = envelope("{ from: /id, subject: x }");
        run(envelopeOfAField, subject + ":4").says(2, "'subject' has no effect");

        Path envelope = envelope("schema-version");

        run(envelope, subject + ":3").says(2, "and version 3 of --result-schema means 3");
        run(envelope, null).says(2, "so results need a schema whose version there means 4; add --result-schema");
        run(envelope("{ from: schema-version, subject: nowhere }"), subject + ":4")
                .says(2, "--result-schema is one of '%s'".formatted(subject));
        List<String> json = new ArrayList<>(List.of(args(envelope, null)));
        shell.run(topic, batch, json.subList(6, json.size()).toArray(String[]::new))
                .says(2, "--format");
    }

    /** Two tools register at once, and the other one gets the version that the registry has promised to this one. */
    @Test
    void refusesASchemaThatIsRegisteredAsAnotherVersionThanWasSaid() throws IOException {
        String mine = RECORD.formatted(A + ",{\"name\":\"c\",\"type\":\"string\",\"default\":\"mine\"}");
        String other = RECORD.formatted(A + ",{\"name\":\"c\",\"type\":\"string\",\"default\":\"other\"}");
        String file = subject + ":" + Files.writeString(folder.resolve("mine.avsc"), mine);
        Path envelope = envelope("{ from: schema-version, map: { 2: 1, 3: 1, 5: 4 } }");
        registry.before(
                "POST /subjects/%s/versions".formatted(subject), () -> REGISTRY.register(subject, "AVRO", other));

        shell.run(topic, batch, with(args(envelope, file), "--register"))
                .says(2, "and version 6 of --result-schema means 6");

        assertThat(KAFKA.exists(topic + "." + batch)).isFalse();
    }

    @Test
    void givesASchemaThatIsRegisteredLateItsVersion() throws IOException {
        String late = RECORD.formatted(A + B + ",{\"name\":\"d\",\"type\":\"string\",\"default\":\"\"}");
        int unregistered = ids.stream().mapToInt(Integer::intValue).max().orElseThrow() + 1000;
        KAFKA.send(record(unregistered, late, "late"));
        Path envelope = envelope("{ from: schema-version, map: { 2: 1, 3: 1, 5: 1 }, absent: 9 }");
        run(envelope, subject + ":4").succeeds();
        assertThat(shell.backprocess("dlq", "list", "--batch-id", batch).out()).contains("unknown-schema");

        registry.exchange(unregistered, late);
        registry.addVersion(subject, 5, unregistered, late);
        shell.backprocess("redrive", "--batch-id", batch, "--execute").succeeds();

        registry.answersOnly(503);
        shell.backprocess("verify", "--batch-id", batch).succeeds();
        assertThat(KAFKA.read(topic + "." + batch)).hasSize(3 * EACH + 1);
    }

    private static String[] with(String[] args, String... further) {
        return Stream.concat(Stream.of(args), Stream.of(further)).toArray(String[]::new);
    }

    private Path envelope(String version) throws IOException {
        return Files.writeString(folder.resolve("envelope.yaml"), """
                name: schemas
                eventId: /id
                processVersion: %s
                payload: value
                """.formatted(version));
    }

    private String[] args(Path envelope, @Nullable String resultSchema) throws IOException {
        Path rules = Files.writeString(folder.resolve("rules.yaml"), """
                name: c
                from: 1
                to: 4
                rules:
                  - set: {c: "from ${payload.id}"}
                """);
        List<String> args = new ArrayList<>(List.of(
                "--format",
                "avro",
                "--framing",
                "confluent",
                "--registry",
                registry.url(),
                "--rules",
                rules.toString()));
        args.addAll(List.of("--envelope", envelope.toString()));
        if (resultSchema != null) {
            args.addAll(List.of("--result-schema", resultSchema));
        }
        return args.toArray(String[]::new);
    }

    private Shell.Answer run(Path envelope, @Nullable String resultSchema) throws IOException {
        return shell.run(topic, batch, args(envelope, resultSchema));
    }

    private ProducerRecord<byte[], byte[]> record(int id, String text, String eventId) {
        Schema schema = new Schema.Parser().parse(text);
        GenericRecord event = new GenericData.Record(schema);
        schema.getFields().forEach(field -> event.put(field.name(), field.name().equals("a") ? 7L : eventId));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(ByteBuffer.allocate(5).put((byte) 0).putInt(id).array());
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        try {
            new GenericDatumWriter<GenericRecord>(schema).write(event, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return new ProducerRecord<>(topic, eventId.hashCode() & 1, eventId.getBytes(UTF_8), out.toByteArray());
    }
}
