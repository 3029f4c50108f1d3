package io.backprocess.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.backprocess.batch.Format;
import io.backprocess.batch.Framing;
import io.backprocess.event.Reason;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.UnreadableException;
import io.backprocess.format.Codec;
import io.backprocess.format.SchemaText;
import io.backprocess.format.UnfitException;
import io.backprocess.format.protobuf.MessagePrefix;
import io.backprocess.format.protobuf.ProtobufCodec;
import io.backprocess.testing.ForeignRecords;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FrameTest {
    private static final Path SCHEMAS = Path.of("src/foreign-registry/schemas");
    private static final byte[] MESSAGE = HexFormat.of().parseHex("0a0161");
    private static final String GUID = "89791762-2336-4186-9674-299b90a802e2";

    private static final Codec MESSAGES = messages();

    private static Codec messages() {
        String schema = """
                syntax = "proto3";
                package acme;
                message First { string first = 1; }
                message Second { string second = 1; }
                """;
        try {
            return ProtobufCodec.of(new SchemaText(schema, List.of()), MessagePrefix.NONE);
        } catch (UnfitException e) {
            throw new AssertionError(e);
        }
    }

    /** What the serializers of Apicurio and of KafkaJS wrote; src/foreign-registry says how. */
    @ParameterizedTest
    @CsvSource({
        "apicurio.jsonl, content4, APICURIO_CONTENT4, content-2, 5",
        "apicurio.jsonl, global8, APICURIO_GLOBAL8, global-2, 9",
        "apicurio.jsonl, headers, APICURIO_HEADERS, content-2, 0",
        "apicurio.jsonl, headers-global, APICURIO_HEADERS, global-2, 0",
        "confluent.jsonl, 3.9.0, CONFLUENT, 2, 5"
    })
    void findsTheIdAndTheValueInForeignRecords(String file, String mode, Framing framing, String id, int from)
            throws Exception {
        List<SourceRecord> records = ForeignRecords.of(file, mode);
        for (SourceRecord record : records) {
            Frame frame = Frame.of(Format.AVRO, framing, record);

            assertThat(frame.id()).hasToString(id);
            assertThat(frame.from()).isEqualTo(from);
            assertThat(eventId(Objects.requireNonNull(record.value()), from)).isEqualTo("7-" + records.indexOf(record));
        }
        assertThat(records).hasSize(2);
    }

    /** As Confluent's HeaderSchemaIdSerializer 8.1 writes it; it adds Protobuf's message indexes to the header. */
    @ParameterizedTest
    @CsvSource({"'',first", "00,first", "0202,second"})
    void findsAGuidInAHeaderWithMessageIndexesBehindIt(String inHeader, String type) throws Exception {
        String header = "01" + GUID.replace("-", "") + inHeader;

        Frame frame = Frame.of(
                Format.PROTOBUF, Framing.CONFLUENT_HEADER, record("0a0161", Map.of("__value_schema_id", header)));

        assertThat(frame.id()).isEqualTo(SchemaId.of(GUID));
        assertThat(frame.from()).isZero();
        assertThat(frame.ofType(MESSAGES, MESSAGE).read(MESSAGE, 0))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("{\"" + type + "\":\"a\"}");
    }

    @ParameterizedTest
    @CsvSource({"First,first", "acme.Second,second"})
    void findsTheMessageTypeInAHeader(String name, String type) throws Exception {
        String header = HexFormat.of().formatHex(name.getBytes(StandardCharsets.UTF_8));

        Frame frame = Frame.of(
                Format.PROTOBUF,
                Framing.APICURIO_HEADERS,
                record("0a0161", Map.of(Framing.CONTENT_ID, "0000000000000001", Framing.MESSAGE_TYPE, header)));

        assertThat(frame.ofType(MESSAGES, MESSAGE).read(MESSAGE, 0))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("{\"" + type + "\":\"a\"}");
    }

    @Test
    void takesTheLastHeaderOfAName() throws Exception {
        SourceRecord record = record("00", Map.of("apicurio.value.contentId", "0000000000000001"));
        record.headers().add("apicurio.value.contentId", HexFormat.of().parseHex("0000000000000002"));

        assertThat(Frame.of(Format.AVRO, Framing.APICURIO_HEADERS, record).id()).hasToString("content-2");
    }

    @Test
    void takesTheContentIdWhereThereIsAGlobalIdToo() throws Exception {
        SourceRecord record = record(
                "00",
                Map.of("apicurio.value.contentId", "0000000000000001", "apicurio.value.globalId", "0000000000000009"));

        assertThat(Frame.of(Format.AVRO, Framing.APICURIO_HEADERS, record).id()).hasToString("content-1");
    }

    /** Only Apicurio's Avro serdes write and read this header. On other records it is one that was copied from their source. */
    @ParameterizedTest
    @EnumSource(names = {"PROTOBUF", "JSON_SCHEMA"})
    void takesAnEncodingForThatOfAvroOnly(Format format) throws Exception {
        SourceRecord record =
                record("7b7d", Map.of(Framing.CONTENT_ID, "0000000000000001", Framing.ENCODING, "4a534f4e"));

        Frame frame = Frame.of(format, Framing.APICURIO_HEADERS, record);

        assertThat(frame.id()).hasToString("content-1");
        assertThat(frame.from()).isZero();
        assertUnreadable(
                Framing.APICURIO_HEADERS,
                record,
                "the header apicurio.value.encoding says JSON, and Avro is read in its binary encoding only");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CONFLUENT | 7b7d | the value begins with byte 0x7b, not with byte 0 of the confluent framing",
                "CONFLUENT | 7b7d7b7d7b7d | the value begins with byte 0x7b, not with byte 0 of the confluent framing",
                "CONFLUENT | '' | the value has 0 bytes, and byte 0 and the id of the confluent framing take 5",
                "CONFLUENT | 00000000 | the value has 4 bytes, and byte 0 and the id of the confluent framing take 5",
                "CONFLUENT | 00ffffffff | the schema id is negative: -1",
                "APICURIO_CONTENT4 | 010000000001 | the value begins with byte 0x01, not with byte 0 of the apicurio-content4 framing",
                "APICURIO_GLOBAL8 | 0000000000000001 | the value has 8 bytes, and byte 0 and the id of the apicurio-global8 framing take 9",
                "APICURIO_GLOBAL8 | 008000000000000000 | the schema id is negative: -9223372036854775808",
                "APICURIO_HEADERS | 00 | there is neither a header apicurio.value.contentId nor apicurio.value.globalId, as the apicurio-headers framing has",
                "CONFLUENT_HEADER | 00 | there is no header __value_schema_id, as the confluent-header framing has"
            })
    void saysWhatIsThereInsteadOfAFrame(Framing framing, String value, String message) {
        assertUnreadable(framing, record(value, Map.of()), message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "APICURIO_HEADERS | apicurio.value.globalId | 00000001 | the header apicurio.value.globalId has 4 bytes, and an id takes 8",
                "APICURIO_HEADERS | apicurio.value.contentId | ffffffffffffffff | the schema id is negative: -1",
                "APICURIO_HEADERS | apicurio.value.encoding | 4a534f4e | the header apicurio.value.encoding says JSON, and Avro is read in its binary encoding only",
                "CONFLUENT_HEADER | __value_schema_id | 0000000001 | the header __value_schema_id begins with byte 0x00, not with byte 1 of the confluent-header framing",
                "CONFLUENT_HEADER | __value_schema_id | '' | the header __value_schema_id has 0 bytes, and byte 1 and a GUID take 17",
                "CONFLUENT_HEADER | __value_schema_id | 01000000000000000000000000000000 | the header __value_schema_id has 16 bytes, and byte 1 and a GUID take 17"
            })
    void saysWhatIsWrongWithAHeader(Framing framing, String name, String header, String message) {
        assertUnreadable(framing, record("00", Map.of(name, header)), message);
    }

    private static void assertUnreadable(Framing framing, SourceRecord record, String message) {
        UnreadableException unreadable =
                catchThrowableOfType(UnreadableException.class, () -> Frame.of(Format.AVRO, framing, record));

        assertThat(unreadable).hasMessage(message);
        assertThat(unreadable.reason()).isEqualTo(Reason.UNKNOWN_SCHEMA);
    }

    private static String eventId(byte[] value, int from) throws IOException {
        Schema.Parser parser = new Schema.Parser();
        parser.parse(Files.readString(SCHEMAS.resolve("money.avsc")));
        Schema schema = parser.parse(Files.readString(SCHEMAS.resolve("purchase.avsc")));
        BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(value, from, value.length - from, null);
        GenericRecord event = new GenericDatumReader<GenericRecord>(schema).read(null, decoder);
        assertThat(decoder.isEnd()).isTrue();
        return event.get("eventId").toString();
    }

    private static SourceRecord record(String value, Map<String, String> header) {
        RecordHeaders headers = new RecordHeaders();
        header.forEach((name, hex) -> headers.add(name, HexFormat.of().parseHex(hex)));
        return new SourceRecord(0, 0, 0, null, HexFormat.of().parseHex(value), headers);
    }
}
