package io.backprocess.format.protobuf;

import static io.backprocess.format.protobuf.Samples.hex;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.backprocess.format.SchemaText;
import io.backprocess.format.UnfitException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProtobufReadTest {
    static final String SCALARS = """
            syntax = "proto3";
            package acme;
            message All {
              int32 an_int32 = 1; int64 an_int64 = 2; uint32 a_uint32 = 3; uint64 a_uint64 = 4;
              sint32 a_sint32 = 5; sint64 a_sint64 = 6; fixed32 a_fixed32 = 7; fixed64 a_fixed64 = 8;
              sfixed32 a_sfixed32 = 9; sfixed64 a_sfixed64 = 10; float a_float = 11; double a_double = 12;
              bool a_bool = 13; string a_string = 14; bytes a_bytes = 15; Color a_color = 16;
              optional int32 maybe = 17;
              repeated int32 packed = 18; repeated int32 loose = 19 [packed = false]; repeated string names = 20;
              map<string, int32> counts = 21; map<int64, All> nested = 22; map<bool, Color> colors = 23;
              oneof choice { string text = 24; All child = 25; Color color = 26; }
              All all = 27;
              repeated All many = 28;
              enum Color { NONE = 0; RED = 1; BLUE = -2; }
            }
            """;

    private static final String DEFAULTS = "\"an_int32\":0,\"an_int64\":0,\"a_uint32\":0,\"a_uint64\":0,\"a_sint32\":0,"
            + "\"a_sint64\":0,\"a_fixed32\":0,\"a_fixed64\":0,\"a_sfixed32\":0,\"a_sfixed64\":0,\"a_float\":0.0,"
            + "\"a_double\":0.0,\"a_bool\":false,\"a_string\":\"\",\"a_bytes\":\"\",\"a_color\":\"NONE\"";
    private static final String EMPTY =
            ",\"packed\":[],\"loose\":[],\"names\":[],\"counts\":{},\"nested\":{},\"colors\":{}";

    private final Samples all = Samples.of(SCALARS);

    @Test
    void showsFieldsWithoutPresenceAlwaysAndOthersWhereTheyAreSet() throws UnfitException {
        assertThat(all.read(new byte[0])).isEqualTo("{" + DEFAULTS + EMPTY + ",\"many\":[]}");
        assertThat(all.read(all.bytes("maybe: 0 text: '' all {}")))
                .isEqualTo("{" + DEFAULTS + ",\"maybe\":0" + EMPTY + ",\"text\":\"\",\"all\":{" + DEFAULTS + EMPTY
                        + ",\"many\":[]},\"many\":[]}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "an_int32: -2147483648 | \"an_int32\":-2147483648",
                "an_int64: -9223372036854775808 | \"an_int64\":-9223372036854775808",
                "a_uint32: 4294967295 | \"a_uint32\":4294967295",
                "a_uint64: 18446744073709551615 | \"a_uint64\":18446744073709551615",
                "a_sint32: -2147483648 | \"a_sint32\":-2147483648",
                "a_sint64: -9223372036854775808 | \"a_sint64\":-9223372036854775808",
                "a_fixed32: 4294967295 | \"a_fixed32\":4294967295",
                "a_fixed64: 18446744073709551615 | \"a_fixed64\":18446744073709551615",
                "a_sfixed32: -1 | \"a_sfixed32\":-1",
                "a_sfixed64: -1 | \"a_sfixed64\":-1",
                "a_float: 0.1 | \"a_float\":0.1",
                "a_float: nan | \"a_float\":\"NaN\"",
                "a_double: 2e-3 | \"a_double\":0.002",
                "a_double: 2.2250738585072014e-308 | \"a_double\":2.2250738585072014E-308",
                "a_double: 2e23 | \"a_double\":2.0E23",
                "a_double: -0.0 | \"a_double\":-0.0",
                "a_double: -inf | \"a_double\":\"-Infinity\"",
                "a_bool: true | \"a_bool\":true",
                "a_string: 'a\"\\\\\\u00e4\\n' | \"a_string\":\"a\\\"\\\\ä\\u000a\"",
                "a_bytes: '\\000\\377' | \"a_bytes\":\"AP8=\"",
                "a_color: BLUE | \"a_color\":\"BLUE\"",
                "packed: [1, -1] loose: [2, 3] | \"packed\":[1,-1],\"loose\":[2,3]",
                "names: ['a', ''] | \"names\":[\"a\",\"\"]",
                "counts { key: 'b' value: 1 } counts { key: '' } | \"counts\":{\"b\":1,\"\":0}",
                "colors { key: true value: RED } colors {} | \"colors\":{\"true\":\"RED\",\"false\":\"NONE\"}",
                "color: RED | \"color\":\"RED\""
            })
    void showsEachTypeAsItsJson(String text, String json) throws UnfitException {
        assertThat(all.read(all.bytes(text))).contains(json);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "08 01 08 82 80 00 | \"an_int32\":2", // the last of two, not minimal
                "80 01 63 | \"a_color\":99", // a number without a symbol
                "09 01 00 00 00 00 00 00 00 | \"an_int32\":0", // another wire type: unknown
                "92 01 02 01 02 90 01 03 | \"packed\":[1,2,3]", // packed and not packed
                "9a 01 02 01 02 | \"loose\":[1,2]",
                "92 01 00 | \"packed\":[]",
                "0d 00 00 00 00 a3 06 08 01 a4 06 | \"an_int32\":0", // an unknown group
                "aa 01 05 0a 01 61 10 01 aa 01 05 0a 01 61 10 02 | \"counts\":{\"a\":2}", // a key twice
                "aa 01 08 10 01 0a 01 62 0a 01 61 | \"counts\":{\"a\":1}", // a value before two keys
                "c2 01 01 61 ca 01 02 08 01 | \"child\":{\"an_int32\":1", // the last member of a oneof
                "da 01 02 08 01 da 01 02 10 02 | \"all\":{\"an_int32\":1,\"an_int64\":2", // two parts of one message
                "08 ff ff ff ff 0f | \"an_int32\":-1", // a negative number of five bytes
                "08 80 80 80 80 80 80 80 80 80 7f | \"an_int32\":0" // bits that the type has no place for
            })
    void readsWhatOtherWritersMayWrite(String bytes, String json) throws UnfitException {
        assertThat(all.read(hex(bytes))).contains(json);
    }

    @Test
    void showsOnlyTheMemberThatIsSetLast() throws UnfitException {
        String json = all.read(hex("ca 01 02 08 01 c2 01 01 61 ca 01 02 10 02"));

        assertThat(json).contains("\"child\":{\"an_int32\":0,\"an_int64\":2").doesNotContain("\"text\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "08 | a varint that ends at byte 1",
                "08 80 80 80 80 80 80 80 80 80 80 00 | a varint of more than 10 bytes at byte 1",
                "88 80 80 80 80 00 00 | a tag of more than 32 bits at byte 0",
                "00 00 | field number 0 at byte 0",
                "0e 00 | wire type 6 at byte 1",
                "0f | wire type 7 at byte 1",
                "72 05 61 | length 5 where 1 bytes are left at byte 1",
                "72 ff ff ff ff ff ff ff ff ff 01 | length 18446744073709551615 where 0 bytes are left at byte 1",
                "0c | the end of group 1, which has no start at byte 1",
                "0b | group 1 has no end at byte 1",
                "0b 14 | the end of group 2 in group 1 at byte 1",
                "72 01 ff | /a_string: invalid UTF-8 at byte 2",
                "72 03 ed a0 80 | /a_string: invalid UTF-8 at byte 2",
                "a2 01 01 61 a2 01 01 c0 | /names/1: invalid UTF-8 at byte 7",
                "92 01 02 01 80 | /packed: a varint that ends at byte 5",
                "5d 00 00 | 2 bytes where a number of 4 is at byte 1",
                "da 01 02 08 80 | /all: a varint that ends at byte 5",
                "ca 01 01 08 c2 01 01 61 | /child: a varint that ends at byte 4",
                "aa 01 04 0a 02 ff fe | /counts: invalid UTF-8 at byte 5",
                "b2 01 04 08 05 12 05 | /nested: length 5 where 0 bytes are left at byte 6"
            })
    void refusesWhatIsNoMessageAndNamesPlaceAndByte(String bytes, String message) {
        assertThatThrownBy(() -> all.read(hex(bytes)))
                .isInstanceOf(UnfitException.class)
                .hasMessageContaining(message);
    }

    @Test
    void refusesEveryTruncationOfAFieldOfItsOwn() throws UnfitException {
        byte[] value = all.bytes("a_string: 'text'");
        for (int length = 1; length < value.length; length++) {
            byte[] cut = Arrays.copyOf(value, length);
            assertThatThrownBy(() -> all.read(cut)).isInstanceOf(UnfitException.class);
        }
    }

    @Test
    void readsMessagesNestedUpToTheLimitAndNoFurther() throws Exception {
        byte[] atLimit = nested(999);
        byte[] tooDeep = nested(1001);

        assertThat(all.read(atLimit)).startsWith("{");
        assertThatThrownBy(() -> all.read(tooDeep)).hasMessageContaining("nested deeper than 1000");
        assertThatThrownBy(() -> all.read(nested(100_000))).hasMessageContaining("nested deeper than 1000");
    }

    private static byte[] nested(int depth) {
        ByteOut out = new ByteOut(0);
        List<byte[]> heads = new ArrayList<>();
        int length = 0;
        for (int i = 1; i < depth; i++) {
            ByteOut head = new ByteOut(8);
            head.tag(27 << 3 | 2);
            head.varint(length);
            heads.add(head.toBytes());
            length += head.length();
        }
        for (int i = heads.size() - 1; i >= 0; i--) {
            out.put(heads.get(i));
        }
        return out.toBytes();
    }

    @Test
    void skipsDeepGroupsWithoutRecursionAndRefusesDeeperOnes() throws UnfitException {
        byte[] deep = groups(999);

        assertThat(all.read(deep)).startsWith("{");
        assertThatThrownBy(() -> all.read(groups(1_000_000))).hasMessageContaining("groups nested deeper than 1000");
    }

    private static byte[] groups(int depth) {
        byte[] bytes = new byte[4 * depth];
        for (int i = 0; i < depth; i++) {
            System.arraycopy(hex("a3 06"), 0, bytes, 2 * i, 2);
            System.arraycopy(hex("a4 06"), 0, bytes, bytes.length - 2 * i - 2, 2);
        }
        return bytes;
    }

    @Test
    void refusesFewBytesThatStandForMuchJson() {
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        for (int i = 0; i < 1_000_000; i++) {
            value.writeBytes(hex("e2 01 00"));
        }

        assertThatThrownBy(() -> all.read(value.toByteArray()))
                .isInstanceOf(UnfitException.class)
                .hasMessageContaining("longer than 67108864 bytes as JSON");
    }

    @Test
    void readsGroupsRequiredFieldsAndClosedEnumsOfProto2() throws UnfitException {
        Samples old = Samples.of("""
                package acme;
                message Old {
                  required int32 id = 1;
                  optional group Part = 2 { optional string name = 3; repeated Sub sub = 5; }
                  message Sub { optional group X = 1 { optional int32 x = 1; } }
                  repeated group Line = 4 { optional int32 count = 1; }
                  optional Kind kind = 6 [default = B];
                  enum Kind { A = 1; B = 2; }
                  extensions 100 to 200;
                }
                extend Old { optional string more = 100; }
                """);

        assertThat(old.read(old.bytes("id: 1 Part { name: 'n' sub { X { x: 3 } } } Line { count: 1 } Line {} kind: A")))
                .isEqualTo(
                        "{\"id\":1,\"part\":{\"name\":\"n\",\"sub\":[{\"x\":{\"x\":3}}]},\"line\":[{\"count\":1},{}],"
                                + "\"kind\":\"A\"}");
        assertThat(old.read(hex("08 01 30 07 a2 06 01 61"))).isEqualTo("{\"id\":1,\"line\":[],\"kind\":7}");
        assertThatThrownBy(() -> old.read(new byte[0])).hasMessage("/: required field id of acme.Old is not there");
        assertThatThrownBy(() -> old.read(hex("08 01 13 1c"))).hasMessageContaining("the end of group 3 in group 2");
    }

    @Test
    void followsTheFeaturesOfAnEdition() throws UnfitException {
        Samples edition = Samples.of("""
                // A file of an edition.
                edition = "2023";
                package acme;
                option features.field_presence = IMPLICIT;
                message New {
                  int32 implicit = 1;
                  int32 explicit = 2 [features.field_presence = EXPLICIT];
                  repeated int32 loose = 3 [features.repeated_field_encoding = EXPANDED];
                  New part = 4 [features.message_encoding = DELIMITED];
                }
                """);

        assertThat(edition.read(new byte[0])).isEqualTo("{\"implicit\":0,\"loose\":[]}");
        assertThat(edition.read(hex("10 00 23 08 05 24")))
                .isEqualTo("{\"implicit\":0,\"explicit\":0,\"loose\":[],\"part\":{\"implicit\":5,\"loose\":[]}}");
        assertThat(hex(edition.write(new byte[0], "{\"loose\":[1,2],\"part\":{}}")))
                .isEqualTo("18 01 18 02 23 24");
    }

    @Test
    void resolvesImportsAmongTheReferencesAndBuiltInFiles() throws UnfitException {
        SchemaText schema = new SchemaText(
                """
                syntax = "proto3";
                package acme.orders;
                import "acme/common.proto";
                import "google/type/money.proto";
                import "confluent/meta.proto";
                import "google/protobuf/descriptor.proto";
                message Order {
                  common.Place place = 1 [(confluent.field_meta) = { doc: "where" }];
                  .google.type.Money price = 2;
                  Inner inner = 3;
                  message Inner { acme.common.Place again = 1; }
                }
                """,
                List.of(
                        new SchemaText.Reference(
                                "acme/base.proto",
                                "syntax = \"proto3\"; package acme.common; message Base { int32 b = 1; }"),
                        new SchemaText.Reference(
                                "acme/common.proto",
                                "syntax = \"proto3\"; package acme.common; import public \"acme/base.proto\";"
                                        + " message Place { string city = 1; Base base = 2; }")));
        Samples order = Samples.of(schema, MessagePrefix.NONE);

        String json =
                order.read(order.bytes("place { city: 'X' base { b: 1 } } price { currency_code: 'EUR' units: 3 }"));

        assertThat(json)
                .isEqualTo("{\"place\":{\"city\":\"X\",\"base\":{\"b\":1}},"
                        + "\"price\":{\"currency_code\":\"EUR\",\"units\":3,\"nanos\":0}}");
    }

    @Test
    void readsASchemaThatARegistryGivesAsADescriptor() throws UnfitException {
        String base64 = Base64.getEncoder()
                .encodeToString(all.type().getFile().toProto().toByteArray());

        Samples same = Samples.of(base64);

        assertThat(same.read(hex("08 05"))).contains("\"an_int32\":5");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "message { | is not a .proto file",
                "'' | no message type",
                "syntax = \"proto3\"; import \"x.proto\"; message A {} | imports x.proto, which is not among the references",
                "syntax = \"proto3\"; message A { B b = 1; } | cannot be used",
                "syntax = \"proto3\"; message A { int32 a = 0; } | cannot be used",
                "syntax = \"proto3\"; message A { int32 a = 1; int32 b = 1; } | cannot be used",
                "syntax = \"proto3\"; message A { int32 a = 1; int32 a = 2; } | cannot be used",
                "syntax = \"proto9\"; message A {} | is not a .proto file",
                "edition = \"1999\"; message A {} | edition 1999 of Protobuf is not known",
                "message A { option message_set_wire_format = true; extensions 4 to max; } | is a message set"
            })
    void refusesWhatIsNoSchema(String text, String message) {
        assertThatThrownBy(() -> ProtobufCodec.of(new SchemaText(text, List.of()), MessagePrefix.NONE))
                .isInstanceOf(UnfitException.class)
                .hasMessageContaining(message);
    }

    @Test
    void refusesASchemaThatIsNestedWithoutEnd() {
        String deep = "message A {".repeat(100_000) + "}".repeat(100_000);
        String deepOption = "option x = " + "{ a: ".repeat(100_000) + "1" + "}".repeat(100_000) + ";";

        assertThat(catchThrowable(() -> ProtobufCodec.of(new SchemaText(deep, List.of()), MessagePrefix.NONE)))
                .isInstanceOf(UnfitException.class);
        assertThat(catchThrowable(() -> ProtobufCodec.of(new SchemaText(deepOption, List.of()), MessagePrefix.NONE)))
                .isInstanceOf(UnfitException.class);
    }

    @Test
    void readsAMessageOfTenThousandFields() throws UnfitException {
        StringBuilder text = new StringBuilder("syntax = \"proto3\"; message Wide {");
        for (int i = 1; i <= 10_000; i++) {
            text.append("optional string field_%d = %d;".formatted(i, i));
        }
        Samples wide = Samples.of(text + "}");

        assertThat(wide.read(wide.bytes("field_10000: 'a' field_3: 'b'")))
                .isEqualTo("{\"field_3\":\"b\",\"field_10000\":\"a\"}");
    }

    @Test
    void readsFromTheFirstByteBehindTheFrame() throws UnfitException {
        byte[] framed = hex("00 00 00 00 07 08 05");

        assertThat(new String(all.codec().read(framed, 5), UTF_8)).contains("\"an_int32\":5");
    }
}
