package io.backprocess.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.TextFormat;
import com.google.protobuf.TimestampProto;
import com.google.protobuf.UnknownFieldSet;
import io.backprocess.testing.ApicurioRegistry;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.RegistryProxy;
import io.backprocess.testing.Shell;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Histories in Protobuf and in JSON with a schema, with a real schema registry behind a way that can be closed. */
class SchemaFormatsITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @RegisterExtension
    static final ApicurioRegistry REGISTRY = new ApicurioRegistry();

    private static final int EVENTS = 200;
    private static final byte[] SECOND = {2, 2};

    private static final String PROTO = """
            syntax = "proto3";
            package acme;
            import "google/protobuf/timestamp.proto";
            message Deleted { string eventId = 1; }
            message Event {
              string eventId = 1;
              string correlationId = 2;
              google.protobuf.Timestamp eventTimestamp = 3;
              int32 processVersion = 4;
              Purchase payload = 5;
            }
            message Purchase { string actionType = 1; string itemSku = 2; sint64 amount = 3; }
            """;

    private static final String DESCRIPTOR = """
            name: "acme.proto" package: "acme" syntax: "proto3" dependency: "google/protobuf/timestamp.proto"
            message_type { name: "Deleted"
              field { name: "eventId" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL } }
            message_type { name: "Event"
              field { name: "eventId" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL }
              field { name: "correlationId" number: 2 type: TYPE_STRING label: LABEL_OPTIONAL }
              field { name: "eventTimestamp" number: 3 type_name: ".google.protobuf.Timestamp" label: LABEL_OPTIONAL }
              field { name: "processVersion" number: 4 type: TYPE_INT32 label: LABEL_OPTIONAL }
              field { name: "payload" number: 5 type_name: ".acme.Purchase" label: LABEL_OPTIONAL } }
            message_type { name: "Purchase"
              field { name: "actionType" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL }
              field { name: "itemSku" number: 2 type: TYPE_STRING label: LABEL_OPTIONAL }
              field { name: "amount" number: 3 type: TYPE_SINT64 label: LABEL_OPTIONAL } }
            """;

    private static final String JSON_SCHEMA = """
            {"type": "object", "required": ["eventId", "payload"], "properties": {
              "eventId": {"type": "string"},
              "payload": {"type": "object", "properties": {"actionType": {"maxLength": 30}, "n": {"maximum": 100}}}}}
            """;

    private final Shell shell = new Shell(KAFKA);
    private final String topic = KAFKA.unique("events");
    private final String batch = KAFKA.unique("batch");
    private RegistryProxy registry = new RegistryProxy(REGISTRY.confluentUrl());

    @AfterEach
    void close() {
        registry.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"confluent", "apicurio-content4", "apicurio-headers"})
    void changesAMessageAndKeepsItsUnknownFields(String framing) throws Exception {
        if (framing.startsWith("apicurio")) {
            registry.close();
            registry = new RegistryProxy(REGISTRY.url());
        }
        int id = register("PROTOBUF", PROTO);
        byte[] prefix = prefix(framing, id);
        Descriptor type = descriptor();
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int event = 0; event < EVENTS; event++) {
            records.add(record(
                    framing,
                    id,
                    event,
                    join(prefix, message(type, event, 1, "Purchased").build().toByteArray())));
        }
        ProducerRecord<byte[], byte[]> bad = record(framing, id, EVENTS, join(prefix, new byte[] {10, 127}));
        records.add(bad);
        KAFKA.createTopic(topic, 2);
        KAFKA.send(records);

        run("protobuf", framing).succeeds();

        registry.answersOnly(503);
        shell.backprocess("verify", "--batch-id", batch).succeeds();
        List<ConsumerRecord<byte[], byte[]>> results = KAFKA.read(topic + "." + batch);
        assertThat(results).hasSize(EVENTS);
        for (ConsumerRecord<byte[], byte[]> result : results) {
            DynamicMessage expected = message(
                            type, Integer.parseInt(new String(result.key(), UTF_8)), 2, "SubscriptionAPurchased")
                    .setField(type.findFieldByName("correlationId"), batch)
                    .build();
            ByteBuffer value = ByteBuffer.wrap(result.value());
            byte[] start = new byte[prefix.length];
            value.get(start);
            assertThat(start).isEqualTo(prefix);
            assertThat(DynamicMessage.parseFrom(type, ByteString.copyFrom(value)))
                    .isEqualTo(expected);
        }
        assertThat(KAFKA.read(topic + "." + batch + ".dlq"))
                .singleElement()
                .satisfies(letter -> assertThat(letter.value()).isEqualTo(bad.value()));
    }

    @Test
    void changesJsonAndRefusesWhatItsSchemaDoesNotTake(@TempDir Path folder) throws Exception {
        int id = register("JSON", JSON_SCHEMA);
        byte[] prefix = ByteBuffer.allocate(5).put((byte) 0).putInt(id).array();
        String event =
                "{\"eventId\":\"e%d\",  \"eventTimestamp\":\"2025-11-15T09:30:00Z\",\"processVersion\":%d,\"payload\":{\"actionType\":\"%s\",\"itemSku\":\"%s\",\"n\":999}%s}";
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int each = 0; each < EVENTS; each++) {
            String json = event.formatted(each, 1, "Purchased", "SKU-BASIC-1", "");
            records.add(record("confluent", id, each, join(prefix, json.getBytes(UTF_8))));
        }
        records.add(record("confluent", id, EVENTS, join(prefix, "{".getBytes(UTF_8))));
        String rules = """
                name: longer
                from: 1
                to: 2
                rules:
                  - set: {actionType: SubscriptionBPurchased}
                  - when: event.eventId == "e7"
                    set: {actionType: SubscriptionBPurchasedByTheCustomer}
                """;
        Path file = Files.writeString(folder.resolve("longer.yaml"), rules);
        KAFKA.createTopic(topic, 2);
        KAFKA.send(records);

        run("json-schema", "confluent", "--rules", file.toString()).succeeds();

        registry.answersOnly(503);
        shell.backprocess("verify", "--batch-id", batch).succeeds();
        List<ConsumerRecord<byte[], byte[]>> results = KAFKA.read(topic + "." + batch);
        assertThat(results).hasSize(EVENTS - 1);
        for (ConsumerRecord<byte[], byte[]> result : results) {
            String expected = event.formatted(
                    Integer.parseInt(new String(result.key(), UTF_8)),
                    2,
                    "SubscriptionBPurchased",
                    "SKU-BASIC-1",
                    ",\"correlationId\":\"" + batch + "\"");
            assertThat(result.value()).isEqualTo(join(prefix, expected.getBytes(UTF_8)));
        }
        assertThat(shell.backprocess("dlq", "list", "--batch-id", batch).out())
                .contains("malformed-json", "invalid-field");
        assertThat(shell.backprocess("dlq", "show", "--batch-id", batch, "--reason", "invalid-field")
                        .out())
                .contains("breaks 'maxLength' of the schema at /properties/payload/properties/actionType/maxLength");
    }

    private Shell.Answer run(String format, String framing, String... further) {
        List<String> args =
                new ArrayList<>(List.of("--format", format, "--framing", framing, "--registry", registry.url()));
        args.addAll(List.of(further));
        return shell.run(topic, batch, args.toArray(String[]::new));
    }

    private static int register(String type, String schema) {
        return REGISTRY.register(REGISTRY.unique("purchases") + "-value", type, schema);
    }

    /** The bytes before a value whose type is the second of its schema. */
    private static byte[] prefix(String framing, int id) {
        byte[] frame = ByteBuffer.allocate(5).put((byte) 0).putInt(id).array();
        return switch (framing) {
            case "confluent" -> join(frame, SECOND);
            case "apicurio-content4" -> join(frame, new byte[] {7, 10, 5, 'E', 'v', 'e', 'n', 't'});
            default -> new byte[0];
        };
    }

    private ProducerRecord<byte[], byte[]> record(String framing, int id, int event, byte[] value) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, event % 2, Integer.toString(event).getBytes(UTF_8), value);
        if (framing.equals("apicurio-headers")) {
            record.headers()
                    .add(
                            "apicurio.value.contentId",
                            ByteBuffer.allocate(8).putLong(id).array());
            record.headers().add("apicurio.protobuf.type", "Event".getBytes(UTF_8));
        }
        return record;
    }

    private static byte[] join(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }

    private static Descriptor descriptor() throws Exception {
        FileDescriptorProto.Builder file = FileDescriptorProto.newBuilder();
        TextFormat.merge(DESCRIPTOR, file);
        return FileDescriptor.buildFrom(file.build(), new FileDescriptor[] {TimestampProto.getDescriptor()})
                .findMessageTypeByName("Event");
    }

    /** A message with a field that its schema does not have. */
    private static DynamicMessage.Builder message(Descriptor type, int event, int version, String action)
            throws TextFormat.ParseException {
        DynamicMessage.Builder builder = DynamicMessage.newBuilder(type);
        TextFormat.merge(
                "eventId: \"e%d\" eventTimestamp { seconds: 1763000000 nanos: 5 } processVersion: %d payload { actionType: \"%s\" itemSku: \"SKU-PREMIUM-%d\" amount: %d }"
                        .formatted(event, version, action, event, event),
                builder);
        return builder.setUnknownFields(UnknownFieldSet.newBuilder()
                .addField(
                        99,
                        UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(ByteString.copyFromUtf8("later"))
                                .build())
                .build());
    }
}
