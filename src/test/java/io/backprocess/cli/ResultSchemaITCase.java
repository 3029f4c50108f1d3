package io.backprocess.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.testing.ApicurioRegistry;
import io.backprocess.testing.AvroEvents;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.RegistryProxy;
import io.backprocess.testing.Shell;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Results that have another schema than their source, which a real schema registry has or gets. */
class ResultSchemaITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @RegisterExtension
    static final ApicurioRegistry REGISTRY = new ApicurioRegistry();

    private static final int EVENTS = 100;
    private static final String AMOUNT =
            "{\"name\":\"amount\",\"type\":{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":12,\"scale\":3}},";

    /** A field is renamed, one is added and one is removed; tags and payload have changed places. */
    private static final String TARGET = target();

    private static final String RULES = """
            name: price
            from: 1
            to: 2
            rules:
              - set: {actionType: SubscriptionAPurchased}
                rename: {amount: price}
            """;

    @TempDir
    Path folder = Path.of("");

    private final Shell shell = new Shell(KAFKA);
    private final String topic = KAFKA.unique("results");
    private final String batch = KAFKA.unique("batch");
    private final String subject = topic + "-value";
    private RegistryProxy registry = new RegistryProxy(REGISTRY.confluentUrl());
    private Path rules = Path.of("");

    private static String target() {
        String payload = AvroEvents.SCHEMA.substring(AvroEvents.SCHEMA.indexOf("{\"name\":\"payload\""));
        String tags = "{\"name\":\"tags\",\"type\":{\"type\":\"array\",\"items\":\"string\"}},";
        String changed = payload.substring(0, payload.lastIndexOf("]}"))
                .replaceFirst(
                        java.util.regex.Pattern.quote(AMOUNT),
                        AMOUNT.replace("amount", "price")
                                + "{\"name\":\"currency\",\"type\":\"string\",\"default\":\"EUR\"},")
                .replaceFirst("\\{\"name\":\"extra\".*?\\}\\}", "{\"name\":\"note\",\"type\":[\"null\",\"string\"]}");
        return AvroEvents.SCHEMA.substring(0, AvroEvents.SCHEMA.indexOf(tags))
                + changed
                + ","
                + tags.substring(0, tags.length() - 1)
                + "]}";
    }

    @BeforeEach
    void write() throws IOException {
        rules = Files.writeString(folder.resolve("price.yaml"), RULES);
        int id = REGISTRY.register(subject, "AVRO", AvroEvents.SCHEMA);
        AvroEvents.write(KAFKA, topic, id, EVENTS, List.of());
    }

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void writesAVersionOfASubjectAndVerifiesItWithoutTheRegistry() {
        int id = REGISTRY.register(subject, "AVRO", TARGET);

        assertThat(shell.plan(topic, encoded("--result-schema", subject + ":2")).out())
                .contains(
                        "format    avro%nframing   confluent%nregistry  %s%nschema    %s:2 (results)%n"
                                .formatted(registry.url(), subject),
                        "results   version 2 of %s, schema %d".formatted(subject, id));
        assertThat(shell.preview(topic, encoded("--result-schema", subject + ":2"))
                        .out())
                .contains("price", "currency", "EUR", "extra");
        run("--result-schema", subject + ":2").succeeds();

        registry.answersOnly(503);
        shell.backprocess("verify", "--batch-id", batch).succeeds();
        assertThat(shell.backprocess("peek", "--batch-id", batch).out()).contains("price", "EUR");
        assertResults(id);
        assertThat(KAFKA.read(topic + "." + batch + ".dlq")).isEmpty();
        assertThat(run("--result-schema", subject + ":2").succeeds().out()).contains("completed already");
        run("--result-schema", subject + ":1").says(4, "result-schema");
    }

    @Test
    void registersAFileOnlyWhereThatIsAskedFor() throws IOException {
        Path file = Files.writeString(folder.resolve("target.avsc"), TARGET);
        String[] given = {"--result-schema", subject + ":" + file};

        run(given).says(2, "does not have this schema under subject '%s'; add --register".formatted(subject));
        shell.plan(topic, encoded(given)).says(2, "add --register");
        assertThat(shell.plan(topic, encoded(with(given, "--register"))).out())
                .contains("compatible as version 2 of " + subject);
        assertThat(shell.preview(topic, encoded(given)).succeeds().out()).contains("price", "EUR");
        run(with(given, "--register")).succeeds();

        assertResults(REGISTRY.register(subject, "AVRO", TARGET));
        shell.backprocess("verify", "--batch-id", batch).succeeds();
        assertThat(run(given).succeeds().out()).contains("completed already");
        // The file's subject is the topic's.
        assertThat(shell.plan(topic, encoded("--result-schema", file.toString()))
                        .out())
                .contains("version 2 of " + subject);
    }

    @Test
    void asksForTheSchemaOfResultsOnceAStart() {
        int source = REGISTRY.register(subject, "AVRO", AvroEvents.SCHEMA);
        int id = REGISTRY.register(subject, "AVRO", TARGET);

        run("--result-schema", subject + ":2").succeeds();

        assertThat(askedBeside(source))
                .containsExactly(
                        "GET /subjects/%s/versions/2".formatted(subject),
                        "GET /schemas/ids/" + id,
                        // Each start compares what is stored with the registry.
                        "GET /schemas/ids/" + id);
    }

    @Test
    void asksOnceMoreForASchemaThatItRegisters() throws IOException {
        int source = REGISTRY.register(subject, "AVRO", AvroEvents.SCHEMA);
        Path file = Files.writeString(folder.resolve("target.avsc"), TARGET);

        run("--result-schema", subject + ":" + file, "--register").succeeds();

        int id = REGISTRY.register(subject, "AVRO", TARGET);
        String path = "/subjects/" + subject;
        assertThat(askedBeside(source))
                .containsExactly(
                        "GET " + path + "/versions/latest",
                        "POST " + path,
                        "GET " + path + "/versions",
                        "GET " + path + "/versions/1",
                        "POST /compatibility" + path + "/versions/latest",
                        "POST " + path + "/versions",
                        "POST " + path,
                        "GET /schemas/ids/" + id,
                        // Each start compares what is stored with the registry.
                        "GET /schemas/ids/" + id);
    }

    /** Returns the requests without those for the schema of the source, which each subtask asks for. */
    private List<String> askedBeside(int source) {
        return registry.asked().stream()
                .filter(request -> !request.equals("GET /schemas/ids/" + source))
                .toList();
    }

    @Test
    void createsNothingWhereTheRegistryDoesNotTakeTheSchema() throws IOException {
        REGISTRY.setCompatibility(subject, "BACKWARD");
        Path file = Files.writeString(folder.resolve("target.avsc"), TARGET.replace(",\"default\":\"EUR\"", ""));

        Shell.Answer plan = shell.plan(topic, encoded("--result-schema", file.toString(), "--register"));
        run("--result-schema", file.toString(), "--register")
                .says(4, "--register: the registry does not take the schema as a version of '%s': ".formatted(subject));

        String objection = "the registry says that it is not compatible as version 2 of " + subject;
        plan.says(4, "the batch cannot run like this: --result-schema: " + objection);
        assertThat(plan.out()).contains("results   " + objection);
        assertThat(KAFKA.exists(topic + "." + batch)).isFalse();
    }

    @Test
    void refusesASchemaThatIsNotThereOrNone() throws IOException {
        Path noSchema = Files.writeString(folder.resolve("none.avsc"), "{\"type\":\"recor\"}");

        run("--result-schema", subject + ":9").says(2, "the registry does not have it");
        run("--result-schema", "other-value:1").says(2, "the registry does not have it");
        run("--result-schema", subject + ":latest").says(2, "name the version");
        run("--result-schema", "nowhere.avsc").says(2, "as a file it cannot be read");
        run("--result-schema", noSchema.toString()).says(2, "it cannot be used");
        run("--result-schema", subject + ":1", "--register").says(2, "--register needs --result-schema FILE");
        registry.answersOnly(503);
        run("--result-schema", subject + ":1").says(3, "answers 503");
    }

    @Test
    void refusesAResultThatTheSchemaDoesNotTake() {
        REGISTRY.register(subject, "AVRO", TARGET.replace("\"scale\":3", "\"scale\":0"));

        run("--result-schema", subject + ":2", "--accept-dead-letters").succeeds();

        assertThat(shell.backprocess("dlq", "list", "--batch-id", batch).out())
                .contains("invalid-field", "/payload/price: ", ".250 is not a decimal");
        shell.backprocess("verify", "--batch-id", batch).succeeds();
    }

    @ParameterizedTest
    @ValueSource(strings = {"apicurio-content4", "apicurio-global8", "apicurio-headers"})
    void namesTheSchemaAsTheFramingDoes(String framing) {
        String source = KAFKA.unique("framed");
        long from = id(framing, 1);
        REGISTRY.register(subject, "AVRO", TARGET);
        long to = id(framing, 2);
        registry.close();
        registry = new RegistryProxy(REGISTRY.url());
        byte[] body = AvroEvents.framed(0, AvroEvents.purchase("e", "SKU-PREMIUM-1", "1.250"));
        KAFKA.createTopic(source, 1);
        var record = AvroEvents.record(source, 0, "k", framed(framing, from, Arrays.copyOfRange(body, 5, body.length)));
        record.headers().add("first", new byte[] {1});
        if (framing.equals("apicurio-headers")) {
            record.headers().add("apicurio.value.contentId", number(from));
        }
        record.headers().add("last", new byte[] {2});
        KAFKA.send(record);

        shell.run(
                        source,
                        batch,
                        "--format",
                        "avro",
                        "--framing",
                        framing,
                        "--registry",
                        registry.url(),
                        "--rules",
                        rules.toString(),
                        "--result-schema",
                        subject + ":2")
                .succeeds();

        registry.answersOnly(503);
        shell.backprocess("verify", "--batch-id", batch).succeeds();
        ConsumerRecord<byte[], byte[]> result = KAFKA.read(source + "." + batch).get(0);
        byte[] frame = framed(framing, to, new byte[0]);
        assertThat(Arrays.copyOf(result.value(), frame.length)).isEqualTo(frame);
        assertThat(read(result.value(), frame.length).get("eventId")).hasToString("e");
        List<String> names = new ArrayList<>();
        result.headers().forEach(header -> names.add(header.key()));
        assertThat(names).startsWith("first").contains("last");
        if (framing.equals("apicurio-headers")) {
            assertThat(names.subList(0, 3)).containsExactly("first", "apicurio.value.contentId", "last");
            assertThat(result.headers().lastHeader("apicurio.value.contentId").value())
                    .isEqualTo(number(to));
        }
    }

    private long id(String framing, int version) {
        return framing.equals("apicurio-global8")
                ? REGISTRY.globalId(subject, version)
                : REGISTRY.register(subject, "AVRO", version == 1 ? AvroEvents.SCHEMA : TARGET);
    }

    private static byte[] framed(String framing, long id, byte[] body) {
        ByteBuffer value = ByteBuffer.allocate(9 + body.length);
        switch (framing) {
            case "apicurio-content4" -> value.put((byte) 0).putInt((int) id);
            case "apicurio-global8" -> value.put((byte) 0).putLong(id);
            default -> {}
        }
        value.put(body);
        return Arrays.copyOf(value.array(), value.position());
    }

    private static byte[] number(long id) {
        return ByteBuffer.allocate(Long.BYTES).putLong(id).array();
    }

    private void assertResults(int id) {
        List<ConsumerRecord<byte[], byte[]>> results = KAFKA.read(topic + "." + batch);
        assertThat(results).hasSize(EVENTS);
        for (ConsumerRecord<byte[], byte[]> result : results) {
            assertThat(ByteBuffer.wrap(result.value(), 1, 4).getInt()).isEqualTo(id);
            GenericRecord event = read(result.value(), 5);
            String number = event.get("eventId").toString().substring(1);
            GenericRecord payload = (GenericRecord) event.get("payload");
            assertThat(payload.get("price")).isEqualTo(AvroEvents.decimal(number + ".250"));
            assertThat(payload.get("currency")).hasToString("EUR");
            assertThat(payload.get("actionType")).hasToString("SubscriptionAPurchased");
            assertThat(payload.get("note")).isNull();
            assertThat(event.get("tags")).hasToString("[a, ü]");
            assertThat(event.get("processVersion")).isEqualTo(2);
        }
    }

    private static GenericRecord read(byte[] value, int from) {
        try {
            Schema schema = new Schema.Parser().parse(TARGET);
            return new GenericDatumReader<GenericRecord>(schema)
                    .read(null, DecoderFactory.get().binaryDecoder(value, from, value.length - from, null));
        } catch (IOException e) {
            throw new AssertionError(new String(value, UTF_8), e);
        }
    }

    private static String[] with(String[] args, String further) {
        String[] all = Arrays.copyOf(args, args.length + 1);
        all[args.length] = further;
        return all;
    }

    private String[] encoded(String... further) {
        List<String> args = new ArrayList<>(List.of(
                "--format",
                "avro",
                "--framing",
                "confluent",
                "--registry",
                registry.url(),
                "--rules",
                rules.toString()));
        args.addAll(List.of(further));
        return args.toArray(String[]::new);
    }

    private Shell.Answer run(String... further) {
        return shell.run(topic, batch, encoded(further));
    }
}
