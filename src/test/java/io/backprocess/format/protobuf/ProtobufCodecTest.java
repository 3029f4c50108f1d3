package io.backprocess.format.protobuf;

import static io.backprocess.format.protobuf.Samples.hex;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.format.EncodedValue;
import io.backprocess.format.SchemaText;
import io.backprocess.format.UnfitException;
import io.backprocess.json.JsonPointer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands before a message, and messages of another schema. */
class ProtobufCodecTest {
    private static final String SHOP = """
            syntax = "proto3";
            package acme;
            message First { int32 a = 1; map<int32, int32> m = 2; message In { int32 b = 1; } message Second { int32 c = 1; } }
            enum Between { ZERO = 0; }
            message Other { int32 d = 1; }
            """;

    private static SchemaText text(String proto) {
        return new SchemaText(proto, List.of());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "00 08 05 | {\"a\":5,\"m\":{}}",
                "02 00 08 05 | {\"a\":5,\"m\":{}}", // the first type, written out
                "02 02 08 05 | {\"d\":5}", // the second message; the enum does not count
                "04 00 00 08 05 | {\"b\":5}", // a nested message
                "04 00 02 08 05 | {\"c\":5}",
                "84 00 80 00 02 08 05 | {\"c\":5}" // longer varints than needed
            })
    void readsTheTypeThatConfluentsMessageIndexesNameAndKeepsThem(String bytes, String json) throws UnfitException {
        ProtobufCodec codec = ProtobufCodec.of(text(SHOP), MessagePrefix.CONFLUENT);
        byte[] framed = hex("00 00 00 00 07 " + bytes);

        byte[] read = codec.read(framed, 5);
        EncodedValue base = new EncodedValue(codec, framed, 5, read);

        assertThat(read).asString(UTF_8).isEqualTo(json);
        assertThat(hex(codec.write(base, read, Map.of(), new byte[0]))).isEqualTo(bytes);
        assertThat(hex(codec.write(base, json.replace('5', '6').getBytes(UTF_8), Map.of(), new byte[0])))
                .isEqualTo(bytes.substring(0, bytes.length() - 1) + "6");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "02 04 08 05 | the schema has no message type [2] at byte 0",
                "02 01 08 05 | the schema has no message type [-1] at byte 0",
                "01 | -1 message indexes at byte 0",
                "fe ff ff ff 0f | 2147483647 message indexes at byte 0",
                "ff ff ff ff ff 0f | a message index of more than 32 bits at byte 0",
                "04 00 | a varint that ends at byte 2"
            })
    void refusesMessageIndexesOfNoType(String bytes, String message) throws UnfitException {
        ProtobufCodec codec = ProtobufCodec.of(text(SHOP), MessagePrefix.CONFLUENT);

        assertThatThrownBy(() -> codec.read(hex(bytes), 0)).hasMessage("/: " + message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "07 0a 05 4f 74 68 65 72 08 05 | {\"d\":5}", // Other
                "0c 0a 0a 61 63 6d 65 2e 4f 74 68 65 72 08 05 | {\"d\":5}", // acme.Other
                "0a 0a 08 46 69 72 73 74 2e 49 6e 08 05 | {\"b\":5}", // First.In
                "09 10 01 0a 05 4f 74 68 65 72 08 05 | {\"d\":5}" // a field that Ref may get one day
            })
    void readsTheTypeThatApicuriosRefNamesAndKeepsIt(String bytes, String json) throws UnfitException {
        ProtobufCodec codec = ProtobufCodec.of(text(SHOP), MessagePrefix.APICURIO_REF);

        byte[] read = codec.read(hex(bytes), 0);

        assertThat(read).asString(UTF_8).isEqualTo(json);
        assertThat(hex(codec.write(new EncodedValue(codec, hex(bytes), 0, read), read, Map.of(), new byte[0])))
                .isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "00 08 05 | the schema has no message type ''",
                "03 0a 01 58 | the schema has no message type 'X'",
                "05 0a 01 | a Ref of 5 bytes where 2 are left",
                "02 0a 05 4f 74 | length 5 where 0 bytes are left"
            })
    void refusesARefOfNoType(String bytes, String message) throws UnfitException {
        ProtobufCodec codec = ProtobufCodec.of(text(SHOP), MessagePrefix.APICURIO_REF);

        assertThatThrownBy(() -> codec.read(hex(bytes), 0)).hasMessageContaining(message);
    }

    private static final String VERSION_1 = """
            syntax = "proto3";
            package acme;
            message Order { int32 id = 1; string name = 2; Line line = 3; repeated int32 sizes = 4; Color color = 5;
              int32 gone = 6; map<string, Line> lines = 7; repeated Line list = 8; int32 wider = 9; string same = 16; }
            message Line { int32 count = 1; string text = 2; }
            enum Color { NONE = 0; RED = 1; }
            """;
    private static final String VERSION_2 = """
            syntax = "proto3";
            package acme;
            message Fresh { int32 x = 1; }
            message Order { string title = 1; int32 id = 2; Line line = 3; repeated int32 sizes = 14; Color color = 5;
              map<string, Line> lines = 17; repeated Line list = 18; int64 wider = 9; string same = 16; string added = 1000; }
            message Line { string text = 1; int32 count = 2; }
            enum Color { NOTHING = 0; BLUE = 1; RED = 2; }
            """;

    private static String toVersion2(String bytes, String json, Map<String, String> origins) throws UnfitException {
        ProtobufCodec source = ProtobufCodec.of(text(VERSION_1), MessagePrefix.NONE);
        ProtobufCodec target = ProtobufCodec.of(text(VERSION_2), MessagePrefix.CONFLUENT);
        byte[] value = hex(bytes);
        EncodedValue base = new EncodedValue(source, value, 0, source.read(value, 0));
        Map<JsonPointer, JsonPointer> moved = Samples.pointers(origins);
        byte[] written = target.write(base, json.getBytes(UTF_8), moved, new byte[0]);
        assertThat(target.read(written, 0)).isNotEmpty();
        return hex(written);
    }

    @Test
    void carriesFieldsByNameIntoTheOtherSchemasNumbersWithTheirBytes() throws UnfitException {
        // id and sizes with longer varints than needed; in each message a field that neither schema knows
        String base = "08 81 00 22 04 81 00 02 03 82 01 01 61 98 7f 01 1a 08 08 81 00 98 7f 01 12 00"
                .replace("98 7f", "98 7d");

        String written = toVersion2(
                base, "{\"id\":1,\"line\":{\"count\":1,\"text\":\"\"},\"sizes\":[1,2,3],\"same\":\"a\"}", Map.of());

        assertThat(written)
                .isEqualTo("02 02 10 81 00 72 04 81 00 02 03 82 01 01 61 98 7d 01 1a 08 10 81 00 98 7d 01 0a 00");
    }

    @Test
    void carriesARenamedFieldByItsOrigin() throws UnfitException {
        assertThat(toVersion2("12 01 61 08 05", "{\"title\":\"a\",\"id\":5}", Map.of("/title", "/name")))
                .isEqualTo("02 02 10 05 0a 01 61");
    }

    @Test
    void encodesAnewWhatHasAnotherTypeOrAnotherNumberInItsEnum() throws UnfitException {
        assertThat(toVersion2("28 01 48 ff ff ff ff ff ff ff ff ff 01", "{\"color\":\"RED\",\"wider\":-1}", Map.of()))
                .isEqualTo("02 02 28 02 48 ff ff ff ff ff ff ff ff ff 01");
    }

    @Test
    void carriesMapsAndListsOfMessages() throws UnfitException {
        assertThat(toVersion2(
                        "3a 08 0a 01 61 12 03 08 81 00 42 05 08 81 00 12 00 42 00",
                        "{\"lines\":{\"a\":{\"count\":1,\"text\":\"\"},\"b\":{}},\"list\":[{\"count\":1},{\"text\":\"x\"}]}",
                        Map.of()))
                .isEqualTo(
                        "02 02 8a 01 08 0a 01 61 12 03 10 81 00 92 01 05 10 81 00 0a 00 92 01 03 0a 01 78 8a 01 05 0a 01 62 12 00");
    }

    @Test
    void dropsWhatTheOtherSchemaWouldTakeForAFieldOfItsOwn() throws UnfitException {
        // Field 14 and 1000 are unknown to version 1, and are fields of version 2; field 1001 is neither's.
        assertThat(toVersion2("72 01 07 c2 3e 01 61 ca 3e 01 62 08 05", "{\"id\":5}", Map.of()))
                .isEqualTo("02 02 ca 3e 01 62 10 05");
    }

    @Test
    void dropsAMemberThatTheOtherSchemaHasRemovedUnlessItHasChanged() throws UnfitException {
        assertThat(toVersion2("30 01 08 05", "{\"id\":5,\"gone\":1}", Map.of())).isEqualTo("02 02 10 05");
        assertThatThrownBy(() -> toVersion2("30 01", "{\"gone\":2}", Map.of()))
                .hasMessage("/: acme.Order has no field gone; a batch with --result-schema can write another schema");
        assertThatThrownBy(() -> toVersion2("30 01", "{\"gone\":1,\"new\":2}", Map.of()))
                .hasMessage("/: acme.Order has no field new; a batch with --result-schema can write another schema");
    }

    @Test
    void knowsARenamedFieldByItsNumber() throws UnfitException {
        ProtobufCodec source = ProtobufCodec.of(
                text("syntax = \"proto3\"; message M { int32 cents = 3; string old = 4; }"), MessagePrefix.NONE);
        ProtobufCodec target = ProtobufCodec.of(
                text("syntax = \"proto3\"; message M { int32 price = 3; int32 old_number = 4; }"), MessagePrefix.NONE);
        byte[] value = hex("18 85 00 22 01 61");
        EncodedValue base = new EncodedValue(source, value, 0, source.read(value, 0));

        assertThat(hex(target.write(base, base.json(), Map.of(), new byte[0]))).isEqualTo("18 85 00");
        assertThat(hex(target.write(base, "{\"cents\":6,\"old\":\"a\"}".getBytes(UTF_8), Map.of(), new byte[0])))
                .isEqualTo("18 06");
        assertThat(hex(target.write(
                        base, "{\"cents\":5,\"price\":7,\"old\":\"a\"}".getBytes(UTF_8), Map.of(), new byte[0])))
                .isEqualTo("18 07");
    }

    @Test
    void takesTheFirstTypeWhereTheOtherSchemaHasNoneOfTheName() throws UnfitException {
        ProtobufCodec source = ProtobufCodec.of(text("message Old { optional int32 x = 7; }"), MessagePrefix.NONE);
        ProtobufCodec target = ProtobufCodec.of(text(VERSION_2), MessagePrefix.APICURIO_REF);
        byte[] value = hex("38 81 00");
        EncodedValue base = new EncodedValue(source, value, 0, source.read(value, 0));

        byte[] written = target.write(base, "{\"x\":1}".getBytes(UTF_8), Map.of(), new byte[0]);

        assertThat(hex(written)).isEqualTo("07 0a 05 46 72 65 73 68 08 81 00");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Other", "acme.Other"})
    void readsAndWritesMessagesWhoseTypeIsNamedElsewhere(String name) throws UnfitException {
        ProtobufCodec codec = ProtobufCodec.of(text(SHOP), MessagePrefix.NONE).withType(name);
        byte[] value = hex("08 85 00");

        byte[] read = codec.read(value, 0);
        byte[] written = codec.write(new EncodedValue(codec, value, 0, read), read, Map.of(), new byte[0]);

        assertThat(read).asString(UTF_8).isEqualTo("{\"d\":5}");
        assertThat(hex(written)).isEqualTo("08 85 00");
    }

    @Test
    void readsMessagesWhoseIndexesAreElsewhere() throws UnfitException {
        ProtobufCodec codec = ProtobufCodec.of(text(SHOP), MessagePrefix.NONE);

        assertThat(codec.withIndexes(hex("02 02")).read(hex("08 05"), 0))
                .asString(UTF_8)
                .isEqualTo("{\"d\":5}");
        assertThatThrownBy(() -> codec.withIndexes(hex("02 02 00"))).hasMessageContaining("1 bytes after");
        assertThatThrownBy(() -> codec.withIndexes(hex("02 7e"))).hasMessageContaining("no message type [63]");
        assertThatThrownBy(() -> codec.withType("X")).hasMessageContaining("no message type 'X'");
    }

    @Test
    void keepsTheBytesOfASchemaThatWasParsedTwice() throws UnfitException {
        byte[] value = hex("02 00 08 81 00");
        ProtobufCodec once = ProtobufCodec.of(text(SHOP), MessagePrefix.CONFLUENT);
        ProtobufCodec twice = ProtobufCodec.of(text(SHOP), MessagePrefix.CONFLUENT);

        byte[] json = once.read(value, 0);

        assertThat(twice.write(new EncodedValue(once, value, 0, json), json, Map.of(), new byte[0]))
                .isEqualTo(value);
    }
}
