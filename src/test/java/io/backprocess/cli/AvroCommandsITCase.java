package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.testing.ApicurioRegistry;
import io.backprocess.testing.AvroEvents;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.RegistryProxy;
import io.backprocess.testing.Shell;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the commands show of a history in Avro: decoded values, and bytes only where that is impossible. */
class AvroCommandsITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @RegisterExtension
    static final ApicurioRegistry REGISTRY = new ApicurioRegistry();

    private static final String HOUR = "2023-11-14 22:00";

    @TempDir
    private Path directory = Path.of("");

    private final Shell shell = new Shell(KAFKA);
    private final String topic = KAFKA.unique("avro");
    private final String batch = KAFKA.unique("batch");
    private final RegistryProxy registry = new RegistryProxy(REGISTRY.confluentUrl());

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void showsDeadLettersDecodedAndThoseThatCannotBeAsBytes() throws IOException {
        int id = register(AvroEvents.SCHEMA);
        byte[] rejected = AvroEvents.framed(id, AvroEvents.purchase("odd", "SKU-BASIC-1", "-1.500"));
        send(List.of(
                record("good", AvroEvents.framed(id, AvroEvents.purchase("good", "SKU-BASIC-1", "1"))),
                record("odd", rejected),
                record("text", "{}".getBytes(StandardCharsets.UTF_8))));

        assertThat(shell.preview(topic, encoded()).succeeds().out())
                .contains("Invalid amount: -1.500", "{\"eventId\":\"odd\",");
        shell.run(topic, batch, encoded("--accept-dead-letters")).succeeds();

        registry.answersOnly(503);
        assertThat(show("/0/1"))
                .contains("reason       rejected", "bytes, decoded)", "\"eventId\" : \"odd\"", "\"amount\" : -1.500");
        JsonNode letter = shell.backprocess(
                        "dlq", "show", "--batch-id", batch, "--origin", topic + "/0/1", "--output", "json")
                .json()
                .at("/deadLetters/0");
        assertThat(letter.path("decoded").asText())
                .startsWith("{\"eventId\":\"odd\",")
                .contains("\"amount\":-1.500");
        assertThat(letter.at("/value/base64").asText())
                .isEqualTo(Base64.getEncoder().encodeToString(rejected));
        assertThat(show("/0/2")).contains("reason       unknown-schema", "value (2 bytes, JSON)");
        assertThat(shell.backprocess("dlq", "stats", "--batch-id", batch, "--reason", "rejected")
                        .succeeds()
                        .out())
                .contains(HOUR);
        Path page = directory.resolve("report.html");
        shell.backprocess("report", "--batch-id", batch, "--out", page.toString())
                .succeeds();
        assertThat(Files.readString(page)).contains(HOUR.substring(5), "unknown-schema");
        shell.backprocess("verify", "--batch-id", batch).succeeds();
    }

    /** The parts of the envelope are nested, of logical types, and beside the payload. */
    @Test
    void readsAnEnvelopeInTheDecodedRecord() throws IOException {
        Schema schema = new Schema.Parser().parse("""
            {"type":"record","name":"Shipment","namespace":"com.acme","fields":[
              {"name":"meta","type":{"type":"record","name":"Meta","fields":[
                {"name":"id","type":{"type":"string","logicalType":"uuid"}},
                {"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}},
                {"name":"version","type":"int"},
                {"name":"trace","type":["null","string"]}]}},
              {"name":"kind","type":{"type":"enum","name":"Kind","symbols":["SENT","RETURNED"]}},
              {"name":"data","type":{"type":"record","name":"Parcel","fields":[
                {"name":"weight","type":{"type":"bytes","logicalType":"decimal","precision":12,"scale":3}}]}}]}
            """);
        int id = register(schema.toString());
        String envelope = file("envelope.yaml", """
            name: shipments
            eventId: /meta/id
            processVersion: /meta/version
            eventTimestamp: /meta/at
            payload: /data
            attributes: {kind: /kind}
            write: [kind]
            stamp: {batch: /meta/trace}
            """);
        String rules = file("rules.yaml", """
            name: returns
            from: 1
            to: 2
            rules:
              - when: payload.weight > 100
                set: {attributes.kind: LOST}
              - when: payload.weight < 0
                set: {attributes.kind: RETURNED, weight: 0}
            """);
        List<GenericRecord> events = new ArrayList<>();
        for (String weight : List.of("1.250", "-2.000", "200", "3")) {
            events.add(shipment(schema, events.size(), weight));
        }
        // The second shipment again.
        events.add(shipment(schema, 1, "-2.000"));
        send(events.stream()
                .map(event -> record("k", AvroEvents.framed(id, event)))
                .toList());
        String[] logic = encoded("--envelope", envelope, "--rules", rules);

        assertThat(shell.preview(topic, logic).succeeds().out())
                .contains("kind changed", "\"SENT\" → \"RETURNED\"", "\"LOST\" is not");
        shell.run(topic, batch, logic).succeeds();

        registry.answersOnly(503);
        shell.backprocess("verify", "--batch-id", batch).succeeds();
        List<ConsumerRecord<byte[], byte[]>> results = KAFKA.read(topic + "." + batch);
        assertThat(results).hasSize(3);
        for (int each = 0; each < 3; each++) {
            GenericRecord expected = events.get(List.of(0, 1, 3).get(each));
            GenericRecord meta = (GenericRecord) expected.get("meta");
            meta.put("version", 2);
            meta.put("trace", batch);
            if (each == 1) {
                expected.put("kind", symbol(schema, "RETURNED"));
                ((GenericRecord) expected.get("data")).put("weight", AvroEvents.decimal("0"));
            }
            assertThat(results.get(each).value()).isEqualTo(AvroEvents.framed(id, expected));
        }
        assertThat(shell.backprocess("peek", "--batch-id", batch).succeeds().out())
                .contains("\"kind\":\"SENT\"", "\"kind\":\"RETURNED\"");
        assertThat(show("/0/2")).contains("invalid-field", "\"LOST\"", "\"weight\" : 200.000");
        assertThat(shell.backprocess("dlq", "stats", "--batch-id", batch).out()).contains(HOUR);
        assertThat(shell.backprocess("status", "--batch-id", batch).out()).contains("duplicates");
    }

    private static GenericRecord shipment(Schema schema, int number, String weight) {
        GenericRecord meta = new GenericData.Record(schema.getField("meta").schema());
        meta.put("id", "00000000-0000-0000-0000-%012d".formatted(number));
        meta.put("at", 1_700_000_000_123L);
        meta.put("version", 1);
        GenericRecord data = new GenericData.Record(schema.getField("data").schema());
        data.put("weight", AvroEvents.decimal(weight));
        GenericRecord event = new GenericData.Record(schema);
        event.put("meta", meta);
        event.put("kind", symbol(schema, "SENT"));
        event.put("data", data);
        return event;
    }

    private static GenericData.EnumSymbol symbol(Schema schema, String symbol) {
        return new GenericData.EnumSymbol(schema.getField("kind").schema(), symbol);
    }

    private static int register(String schema) {
        return REGISTRY.register(REGISTRY.unique("events") + "-value", "AVRO", schema);
    }

    private ProducerRecord<byte[], byte[]> record(String key, byte[] value) {
        return AvroEvents.record(topic, 0, key, value);
    }

    private void send(List<ProducerRecord<byte[], byte[]>> records) {
        KAFKA.createTopic(topic, 1);
        KAFKA.send(records);
    }

    private String show(String origin) {
        return shell.backprocess("dlq", "show", "--batch-id", batch, "--origin", topic + origin)
                .succeeds()
                .out();
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    private String[] encoded(String... further) {
        List<String> args =
                new ArrayList<>(List.of("--format", "avro", "--framing", "confluent", "--registry", registry.url()));
        args.addAll(List.of(further));
        return args.toArray(String[]::new);
    }
}
