package io.backprocess.format.protobuf;

import static io.backprocess.format.protobuf.Samples.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.backprocess.format.UnfitException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WellKnownTypesTest {
    private static final String IMPORTS = Stream.of(
                    "any", "duration", "empty", "field_mask", "struct", "timestamp", "wrappers")
            .map(name -> "import \"google/protobuf/%s.proto\"; ".formatted(name))
            .collect(Collectors.joining());

    private final Samples known = Samples.of(
            "syntax = \"proto3\"; package acme; " + IMPORTS + "import \"confluent/type/decimal.proto\";" + """
            message All {
              google.protobuf.Timestamp at = 1; google.protobuf.Duration took = 2; google.protobuf.FieldMask mask = 3;
              google.protobuf.Struct struct = 4; google.protobuf.Value value = 5; google.protobuf.ListValue list = 6;
              google.protobuf.Any any = 7; google.protobuf.Empty empty = 8; confluent.type.Decimal price = 9;
              google.protobuf.DoubleValue d = 10; google.protobuf.FloatValue f = 11; google.protobuf.Int64Value i64 = 12;
              google.protobuf.UInt64Value u64 = 13; google.protobuf.Int32Value i32 = 14; google.protobuf.UInt32Value u32 = 15;
              google.protobuf.BoolValue b = 16; google.protobuf.StringValue s = 17; google.protobuf.BytesValue raw = 18;
              google.protobuf.NullValue none = 19;
              map<string, google.protobuf.Value> values = 20;
            }
            """);

    private static final String END = "\"none\":\"NULL_VALUE\",\"values\":{}";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "at { seconds: 1 nanos: 500000000 } | \"at\":\"1970-01-01T00:00:01.500Z\"",
                "at { seconds: -62135596800 } | \"at\":\"0001-01-01T00:00:00Z\"",
                "at { seconds: 253402300799 nanos: 999999999 } | \"at\":\"9999-12-31T23:59:59.999999999Z\"",
                "at {} | \"at\":\"1970-01-01T00:00:00Z\"",
                "at { seconds: 253402300800 } | \"at\":{\"seconds\":253402300800,\"nanos\":0}",
                "at { nanos: -1 } | \"at\":{\"seconds\":0,\"nanos\":-1}",
                "took { seconds: 3 nanos: 4000000 } | \"took\":\"3.004s\"",
                "took { seconds: -3 nanos: -1 } | \"took\":\"-3.000000001s\"",
                "took { nanos: -500000 } | \"took\":\"-0.000500s\"",
                "took { } | \"took\":\"0s\"",
                "took { seconds: 1 nanos: -1 } | \"took\":{\"seconds\":1,\"nanos\":-1}",
                "took { seconds: 315576000001 } | \"took\":{\"seconds\":315576000001,\"nanos\":0}",
                "mask { paths: ['a_b', 'c.d'] } | \"mask\":\"a_b,c.d\"",
                "mask {} | \"mask\":\"\"",
                "mask { paths: ['a,b'] } | \"mask\":{\"paths\":[\"a,b\"]}",
                "mask { paths: '' } | \"mask\":{\"paths\":[\"\"]}",
                "struct { fields { key: 'a' value { number_value: 1.5 } } fields { key: 'b' value { list_value { values { null_value: 0 } "
                        + "values { struct_value {} } values { bool_value: true } } } } } "
                        + "| \"struct\":{\"a\":1.5,\"b\":[null,{},true]}",
                "value { string_value: 'x' } | \"value\":\"x\"",
                "value { null_value: NULL_VALUE } | \"value\":null",
                "value {} | \"value\":null",
                "value { number_value: nan } | \"value\":\"NaN\"",
                "list {} | \"list\":[]",
                "any { type_url: 't/x' value: '\\010\\001' } | \"any\":{\"@type\":\"t/x\",\"value\":\"CAE=\"}",
                "empty {} | \"empty\":{}",
                "price { value: '\\000\\226' precision: 5 scale: 2 } | \"price\":1.50",
                "price { value: '\\377' scale: -3 } | \"price\":-1E+3",
                "price {} | \"price\":0",
                "price { value: '\\001' scale: 401 } | \"price\":{\"value\":\"AQ==\",\"precision\":0,\"scale\":401}",
                "d { value: 1 } f { value: 0.5 } | \"d\":1.0,\"f\":0.5",
                "i64 { value: -1 } u64 { value: 18446744073709551615 } | \"i64\":-1,\"u64\":18446744073709551615",
                "i32 {} u32 { value: 7 } b { value: true } | \"i32\":0,\"u32\":7,\"b\":true",
                "s { value: 'x' } raw { value: 'x' } | \"s\":\"x\",\"raw\":\"eA==\"",
                "values { key: 'a' value {} } | \"values\":{\"a\":null}"
            })
    void showsEachInItsFormAndKeepsItsBytes(String text, String json) throws UnfitException {
        byte[] base = known.bytes(text);

        String read = known.read(base);

        assertThat(read).contains(json);
        assertThat(hex(known.write(base, read))).isEqualTo(hex(base));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "at { seconds: 1 } | \"at\":\"2020-01-01T00:00:00.25Z\" | at { seconds: 1577836800 nanos: 250000000 }",
                "'' | \"at\":\"2020-01-01T02:00:00+02:00\" | at { seconds: 1577836800 }",
                "'' | \"at\":{\"seconds\":253402300800} | at { seconds: 253402300800 }",
                "took { seconds: 3 } | \"took\":\"-3.5s\" | took { seconds: -3 nanos: -500000000 }",
                "mask { paths: 'a' } | \"mask\":\"a,b\" | mask { paths: \"a\" paths: \"b\" }",
                "mask { paths: 'a' } | \"mask\":\"\" | mask { }",
                "'' | \"struct\":{\"a\":{\"b\":[1,null]}} | struct { fields { key: \"a\" value { struct_value { fields { key: \"b\" "
                        + "value { list_value { values { number_value: 1.0 } values { null_value: NULL_VALUE } } } } } } } }",
                "struct { fields { key: 'a' value { number_value: 1 } } } | \"struct\":{\"a\":\"x\"} "
                        + "| struct { fields { key: \"a\" value { string_value: \"x\" } } }",
                "value { string_value: 'x' } | \"value\":null | value { null_value: NULL_VALUE }",
                "value { string_value: 'x' } | \"empty\":{} | empty { }",
                "'' | \"value\":\"NaN\" | value { string_value: \"NaN\" }",
                "any { type_url: 't' value: 'a' } | \"any\":{\"@type\":\"t\",\"value\":\"Yg==\"} | any { type_url: \"t\" value: \"b\" }",
                "price { value: '\\001' precision: 5 scale: 2 } | \"price\":1.5 | price { value: \"\\000\\226\" precision: 5 scale: 2 }",
                "price { value: '\\001' precision: 1 scale: 2 } | \"price\":0.125 | price { value: \"}\" precision: 3 scale: 3 }",
                "'' | \"price\":-1 | price { value: \"\\377\" precision: 1 }",
                "s { value: 'x' } | \"s\":\"\" | s { }",
                "s { value: 'x' } | \"s\":null | ''",
                "i32 { value: 1 } | \"i32\":2 | i32 { value: 2 }",
                "values { key: 'a' value { bool_value: true } } | \"values\":{\"a\":null,\"b\":[]} "
                        + "| values { key: \"a\" value { null_value: NULL_VALUE } } values { key: \"b\" value { list_value { } } }"
            })
    void writesEachFromItsForm(String base, String json, String text) throws UnfitException {
        byte[] written = known.write(known.bytes(base), "{" + json + "}");

        assertThat(known.text(written)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"at\":\"yesterday\" | /at: \"yesterday\" is not a google.protobuf.Timestamp",
                "\"at\":\"0000-01-01T00:00:00Z\" | is not a google.protobuf.Timestamp",
                "\"at\":\"2020-12-31T23:59:60Z\" | is not a google.protobuf.Timestamp",
                "\"at\":1 | /at: 1 is not a google.protobuf.Timestamp",
                "\"took\":\"3\" | /took: \"3\" is not a google.protobuf.Duration",
                "\"took\":\"315576000001s\" | is not a google.protobuf.Duration",
                "\"struct\":[] | /struct: an array is not a google.protobuf.Struct",
                "\"list\":{} | /list: an object is not a google.protobuf.ListValue",
                "\"any\":\"x\" | /any: \"x\" is not a google.protobuf.Any",
                "\"any\":{\"a\":1} | /any: google.protobuf.Any has no field a",
                "\"price\":1e500 | /price: 1e500 is not a confluent.type.Decimal",
                "\"price\":\"1\" | /price: \"1\" is not a confluent.type.Decimal",
                "\"i32\":2147483648 | /i32: 2147483648 is not an int32",
                "\"s\":{\"value\":\"x\"} | /s: an object is not a string",
                "\"value\":1e999 | /value: 1e999 is not a double"
            })
    void refusesWhatIsNotItsForm(String json, String message) {
        assertThatThrownBy(() -> known.write(new byte[0], "{" + json + "}"))
                .isInstanceOf(UnfitException.class)
                .hasMessageContaining(message);
    }

    @Test
    void changesOnlyThePlaceInAStructThatChanges() throws UnfitException {
        Struct struct = Struct.newBuilder()
                .putFields("a", Value.newBuilder().setNumberValue(1).build())
                .putFields(
                        "b",
                        Value.newBuilder()
                                .setStructValue(Struct.newBuilder()
                                        .putFields(
                                                "c",
                                                Value.newBuilder()
                                                        .setBoolValue(true)
                                                        .build()))
                                .build())
                .build();
        Samples samples = Samples.of(
                "syntax = \"proto3\"; import \"google/protobuf/struct.proto\"; message A { google.protobuf.Struct s = 1; }");
        ByteOut base = new ByteOut(64);
        base.tag(10);
        base.varint(struct.getSerializedSize());
        base.put(struct.toByteArray());

        byte[] written = samples.write(base.toBytes(), "{\"s\":{\"a\":1.0,\"b\":{\"c\":false}}}");

        byte[] expected = base.toBytes();
        expected[expected.length - 1] = 0;
        assertThat(hex(written)).isEqualTo(hex(expected));
    }

    @Test
    void takesATypeOfTheSameNameWithOtherFieldsForAPlainMessage() throws UnfitException {
        Samples own =
                Samples.of("syntax = \"proto3\"; package google.protobuf; message Timestamp { int64 millis = 1; }");

        assertThat(own.read(hex("08 05"))).isEqualTo("{\"millis\":5}");
    }

    @Test
    void showsANullOfItsOwnTypeAsItsSymbol() throws UnfitException {
        assertThat(known.read(new byte[0])).isEqualTo("{" + END + "}");
    }
}
