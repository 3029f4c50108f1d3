package io.backprocess.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.backprocess.batch.Format;
import io.backprocess.batch.Framing;
import io.backprocess.event.SourceRecord;
import io.backprocess.format.Codec;
import io.backprocess.format.EncodedValue;
import io.backprocess.format.SchemaText;
import io.backprocess.format.UnfitException;
import io.backprocess.format.jsonschema.JsonSchemaCodec;
import io.backprocess.format.protobuf.MessagePrefix;
import io.backprocess.format.protobuf.ProtobufCodec;
import io.backprocess.testing.ForeignRecords;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Protobuf and JSON that registries' own serializers wrote; src/foreign-registry says how. */
class ForeignRecordsTest {
    private static final Path SCHEMAS = Path.of("src/foreign-registry/schemas");
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @CsvSource({
        "apicurio-protobuf.jsonl, content4, APICURIO_CONTENT4, content-10, APICURIO_REF",
        "apicurio-protobuf.jsonl, global8, APICURIO_GLOBAL8, global-4, APICURIO_REF",
        "apicurio-protobuf.jsonl, headers, APICURIO_HEADERS, content-10, NONE",
        "apicurio-protobuf.jsonl, headers-global, APICURIO_HEADERS, global-4, NONE",
        "apicurio-protobuf.jsonl, indexes, CONFLUENT, 10, CONFLUENT",
        "confluent-protobuf.jsonl, 3.9.0, CONFLUENT, 10, NONE"
    })
    void readsForeignMessagesAndWritesOnlyWhatChanges(
            String file, String mode, Framing framing, String id, MessagePrefix prefix) throws Exception {
        Codec codec = ProtobufCodec.of(purchase("money.proto", "purchase.proto"), prefix);

        List<ObjectNode> events = readAndEdit(Format.PROTOBUF, codec, framing, id, ForeignRecords.of(file, mode));

        assertThat(events).allSatisfy(event -> {
            assertThat(event.at("/price/cents").isIntegralNumber()).isTrue();
            assertThat(event.at("/price/currency").textValue()).isIn("EUR", "USD");
            assertThat(event.path("digest").binaryValue()).isNotEmpty();
            assertThat(event.path("labels").isObject()).isTrue();
        });
    }

    @ParameterizedTest
    @CsvSource({
        "apicurio-refunds.jsonl, content4, APICURIO_CONTENT4, APICURIO_REF",
        "apicurio-refunds.jsonl, indexes, CONFLUENT, CONFLUENT"
    })
    void readsMessagesOfTheSecondTypeOfAFile(String file, String mode, Framing framing, MessagePrefix prefix)
            throws Exception {
        Codec codec =
                ProtobufCodec.of(new SchemaText(Files.readString(SCHEMAS.resolve("refund.proto")), List.of()), prefix);

        for (SourceRecord record : ForeignRecords.of(file, mode)) {
            JsonNode event = JSON.readTree(codec.read(
                    Objects.requireNonNull(record.value()),
                    Frame.of(Format.PROTOBUF, framing, record).from()));

            assertThat(event.path("eventTimestamp").textValue()).startsWith("2025-01-01T00:00:00");
            assertThat(event.at("/parts/0/serial").isIntegralNumber()).isTrue();
            assertThat(event.at("/reason/text").textValue()).startsWith("text-");
        }
    }

    @ParameterizedTest
    @CsvSource({"id, CONFLUENT, CONFLUENT", "header, CONFLUENT_HEADER, NONE"})
    void readsTheTypesThatConfluentsOwnClientNames(String mode, Framing framing, MessagePrefix prefix)
            throws Exception {
        Codec schema = ProtobufCodec.of(
                new SchemaText(Files.readString(SCHEMAS.resolve("shipment.proto")), List.of()), prefix);
        List<String> members = new ArrayList<>();

        for (SourceRecord record : ForeignRecords.of("confluentinc-protobuf.jsonl", mode)) {
            Frame frame = Frame.of(Format.PROTOBUF, framing, record);
            byte[] value = Objects.requireNonNull(record.value());
            Codec codec = frame.ofType(schema, value);
            byte[] json = codec.read(value, frame.from());
            members.add(String.join(",", (Iterable<String>) () -> readTree(json).fieldNames()));
            assertThat(codec.write(new EncodedValue(codec, value, frame.from(), json), json, Map.of(), new byte[0]))
                    .isEqualTo(Arrays.copyOfRange(value, frame.from(), value.length));
            assertThat(readTree(json).path("eventId").textValue()).isEqualTo("7-0");
        }

        assertThat(members).containsExactly("eventId,userId,stops", "eventId,grams", "eventId,scan", "eventId,degrees");
    }

    /** KafkaJS leaves the message indexes out, so that Confluent's own consumers do not read its messages either. */
    @Test
    void refusesMessagesWithoutTheIndexesThatTheirFramingHas() throws Exception {
        Codec codec = ProtobufCodec.of(purchase("money.proto", "purchase.proto"), MessagePrefix.CONFLUENT);

        for (SourceRecord record : ForeignRecords.of("confluent-protobuf.jsonl", "3.9.0")) {
            assertThatThrownBy(() -> codec.read(Objects.requireNonNull(record.value()), 5))
                    .isInstanceOf(UnfitException.class)
                    .hasMessageStartingWith("/: the schema has no message type [-2, ");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "apicurio-json.jsonl, content4, APICURIO_CONTENT4, content-23",
        "apicurio-json.jsonl, global8, APICURIO_GLOBAL8, global-8",
        "apicurio-json.jsonl, headers, APICURIO_HEADERS, content-23",
        "apicurio-json.jsonl, headers-global, APICURIO_HEADERS, global-8",
        "confluent-json.jsonl, 3.9.0, CONFLUENT, 23"
    })
    void readsForeignJsonAndChecksChangesAgainstItsSchema(String file, String mode, Framing framing, String id)
            throws Exception {
        JsonSchemaCodec codec = JsonSchemaCodec.of(purchase("money.json", "purchase.json"));

        List<ObjectNode> events = readAndEdit(Format.JSON_SCHEMA, codec, framing, id, ForeignRecords.of(file, mode));

        for (ObjectNode event : events) {
            byte[] json = JSON.writeValueAsBytes(event);
            EncodedValue base = new EncodedValue(codec, json, 0, json);
            event.withObject("/price").put("currency", "DM");
            assertThatThrownBy(() -> codec.write(base, JSON.writeValueAsBytes(event), Map.of(), new byte[0]))
                    .isInstanceOf(UnfitException.class)
                    .hasMessageContaining("/price/currency: \"DM\"");
        }
    }

    /** Reads two records, writes them back unchanged and with another note, and returns what was read. */
    private static List<ObjectNode> readAndEdit(
            Format format, Codec schema, Framing framing, String id, List<SourceRecord> records) throws Exception {
        assertThat(records).hasSize(2);
        List<ObjectNode> events = new ArrayList<>();
        for (SourceRecord record : records) {
            Frame frame = Frame.of(format, framing, record);
            byte[] value = Objects.requireNonNull(record.value());
            Codec codec = frame.ofType(schema, value);
            byte[] json = codec.read(value, frame.from());
            EncodedValue base = new EncodedValue(codec, value, frame.from(), json);
            ObjectNode event = (ObjectNode) JSON.readTree(json);
            ObjectNode other = event.deepCopy().put("note", "another note");

            byte[] unchanged = codec.write(base, json, Map.of(), new byte[0]);
            byte[] changed = codec.write(base, JSON.writeValueAsBytes(other), Map.of(), new byte[0]);

            assertThat(frame.id()).hasToString(id);
            assertThat(event.path("eventId").textValue()).isEqualTo("7-" + events.size());
            assertThat(event.path("userId").textValue())
                    .isEqualTo(new String(Objects.requireNonNull(record.key()), UTF_8));
            assertThat(event.path("processVersion").intValue()).isEqualTo(1);
            assertThat(unchanged).isEqualTo(Arrays.copyOfRange(value, frame.from(), value.length));
            assertThat(JSON.readTree(codec.read(changed, 0))).isEqualTo(other);
            events.add(event);
        }
        return events;
    }

    private static JsonNode readTree(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SchemaText purchase(String money, String purchase) throws IOException {
        String name = money.endsWith(".proto") ? money : "https://shop.example/" + money;
        return new SchemaText(
                Files.readString(SCHEMAS.resolve(purchase)),
                List.of(new SchemaText.Reference(name, Files.readString(SCHEMAS.resolve(money)))));
    }
}
