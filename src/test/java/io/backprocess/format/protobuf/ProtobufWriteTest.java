package io.backprocess.format.protobuf;

import static io.backprocess.format.protobuf.Samples.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.format.UnfitException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProtobufWriteTest {
    private static final String ORDER = """
            syntax = "proto3";
            package acme;
            message Order {
              int32 id = 1;
              string name = 2;
              optional int64 maybe = 3;
              repeated int32 sizes = 4;
              repeated Line lines = 5;
              map<string, Line> by_name = 6;
              oneof paid { int32 cash = 7; Line card = 8; string other = 9; }
              Line main = 10;
              repeated string tags = 11;
              map<int32, int32> counts = 12;
              Color color = 13;
              double real = 14;
              bool done = 15;
              bytes raw = 16;
              uint64 big = 17;
              Order child = 18;
              float small = 19;
            }
            message Line { int32 count = 1; string text = 2; optional sint32 more = 3; Line line = 4; }
            enum Color { NONE = 0; RED = 1; BLUE = 2; }
            """;

    private final Samples order = Samples.of(ORDER);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "08 00", // a default value that was written
                "08 81 80 80 00", // a number that is not minimal
                "88 00 01", // a tag that is not minimal
                "52 82 80 00 08 01", // a length that is not minimal
                "08 01 08 02", // twice
                "12 01 61 08 01 12 01 62", // out of order, twice
                "22 00 22 02 01 02 20 03 22 01 04", // packed and not
                "52 02 08 01 52 03 12 01 61", // two parts of one message
                "32 05 0a 01 61 12 00 32 07 0a 01 61 12 02 08 01", // a key twice
                "32 00", // an entry without key and value
                "62 04 10 01 08 02", // value before key
                "38 01 42 02 08 01 4a 01 61 42 00", // members that were overruled
                "a8 06 01 a3 06 a8 06 02 a4 06 aa 06 01 61", // unknown fields
                "2a 05 a8 06 01 08 05", // unknown fields in an element
                "0d 01 00 00 00 08 05", // another wire type
                "68 63", // a number without a symbol
                "71 01 00 00 00 00 00 f0 ff", // not a number, with other bits than usual
                "71 00 00 00 00 00 00 00 80", // minus zero
                "78 07" // true, with another bit
            })
    void keepsAllBytesOfJsonThatDoesNotChange(String bytes) throws UnfitException {
        byte[] base = hex(bytes);

        assertThat(hex(order.write(base, order.read(base)))).isEqualTo(bytes);
    }

    @Test
    void keepsAllBytesOfJsonThatIsWrittenInAnotherWay() throws UnfitException {
        byte[] base = hex("08 81 00 22 02 01 02 71 9a 99 99 99 99 99 b9 3f 2a 02 08 01 2a 02 08 02 98 06 01");

        byte[] written = order.write(
                base,
                "{ \"real\": 1e-1, \"lines\": [{ \"count\": 1.0}, {\"text\": \"\", \"count\": 2 }],"
                        + " \"sizes\": [ 1, 20e-1 ], \"id\": 10E-1, \"name\": null }");

        assertThat(hex(written)).isEqualTo(hex(base));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // base | JSON | bytes
                "08 05 98 0f 01 12 01 61 | {\"id\":300,\"name\":\"a\"} | 08 ac 02 98 0f 01 12 01 61",
                "88 00 05 12 01 61 | {\"id\":6,\"name\":\"a\"} | 88 00 06 12 01 61",
                "08 01 12 01 61 08 02 | {\"id\":3,\"name\":\"a\"} | 12 01 61 08 03",
                "08 05 98 0f 01 | {} | 98 0f 01",
                "08 05 98 0f 01 | {\"id\":0} | 98 0f 01",
                "18 05 | {\"maybe\":0} | 18 00",
                "18 05 | {} | ''",
                "'' | {\"name\":\"b\",\"id\":1,\"maybe\":0} | 12 01 62 08 01 18 00",
                "'' | {\"id\":-1} | 08 ff ff ff ff ff ff ff ff ff 01",
                "'' | {\"big\":18446744073709551615} | 88 01 ff ff ff ff ff ff ff ff ff 01",
                "'' | {\"real\":\"NaN\",\"small\":-0.0} | 71 00 00 00 00 00 00 f8 7f 9d 01 00 00 00 80",
                "'' | {\"color\":\"BLUE\",\"done\":true,\"raw\":\"AP8=\"} | 68 02 78 01 82 01 02 00 ff",
                "68 63 | {\"color\":98} | 68 62",
                "52 06 08 01 98 0f 01 18 | '' | ''",
                // nested messages
                "52 82 00 08 01 12 01 61 | {\"main\":{\"count\":2},\"name\":\"a\"} | 52 02 08 02 12 01 61",
                "52 05 08 01 98 0f 01 | {\"main\":{\"count\":1,\"text\":\"x\"}} | 52 08 08 01 98 0f 01 12 01 78",
                "52 02 08 01 12 01 61 52 03 98 0f 07 | {\"main\":{\"count\":2},\"name\":\"a\"} "
                        + "| 12 01 61 52 05 08 02 98 0f 07",
                "52 00 | {} | ''",
                "'' | {\"main\":{}} | 52 00",
                "'' | {\"main\":{\"more\":-1,\"line\":{\"line\":{}}}} | 52 06 18 01 22 02 22 00",
                // oneofs
                "38 01 98 0f 01 | {\"other\":\"a\"} | 98 0f 01 4a 01 61",
                "38 01 42 02 08 01 | {\"card\":{\"count\":2}} | 42 02 08 02",
                "42 02 08 05 38 01 42 02 10 07 | '' | ''",
                "38 01 | {} | ''",
                "'' | {\"cash\":0} | 38 00",
                // arrays of numbers
                "22 05 01 82 00 03 04 | {\"sizes\":[1,2,5,4]} | 22 05 01 82 00 05 04",
                "22 03 01 02 03 | {\"sizes\":[1,3]} | 22 02 01 03",
                "22 03 01 02 03 | {\"sizes\":[1,2,9,8,3]} | 22 05 01 02 09 08 03",
                "22 02 01 02 08 01 20 03 | {\"sizes\":[1,2,3,4],\"id\":1} | 22 02 01 02 08 01 20 03 20 04",
                "20 03 22 02 01 02 | {\"sizes\":[9,3,1,2]} | 20 09 20 03 22 02 01 02",
                "20 01 20 02 22 00 | {\"sizes\":[]} | 22 00",
                "22 02 01 02 | {\"sizes\":[]} | ''",
                "22 02 01 02 | {} | ''",
                "22 00 | {\"sizes\":[1]} | 22 00 22 01 01",
                "'' | {\"sizes\":[1,150]} | 22 03 01 96 01",
                // arrays of messages and texts
                "2a 05 08 01 98 0f 01 08 05 2a 02 08 02 | {\"id\":5,\"lines\":[{\"count\":7},{\"count\":2}]} "
                        + "| 2a 05 08 07 98 0f 01 08 05 2a 02 08 02",
                "2a 05 08 01 98 0f 01 2a 05 08 02 98 0f 02 "
                        + "| {\"lines\":[{\"count\":2,\"text\":\"\"}]} | 2a 05 08 02 98 0f 02",
                "2a 05 08 02 98 0f 02 | {\"lines\":[{},{\"count\":2,\"text\":\"\"}]} | 2a 00 2a 05 08 02 98 0f 02",
                "5a 01 61 5a 01 62 | {\"tags\":[\"a\",\"c\",\"b\"]} | 5a 01 61 5a 01 63 5a 01 62",
                "5a 01 61 5a 01 62 | {\"tags\":[\"b\"]} | 5a 01 62",
                // maps
                "32 08 98 0f 01 0a 01 61 12 00 | {\"by_name\":{\"a\":{\"count\":1}}} | 32 0a 98 0f 01 0a 01 61 12 02 08 01",
                "32 05 0a 01 61 12 00 08 05 | {\"by_name\":{\"b\":{}},\"id\":5} | 08 05 32 05 0a 01 62 12 00",
                "62 04 10 01 08 02 | {\"counts\":{\"2\":3,\"-1\":0}} | 62 04 10 03 08 02 62 0d 08 ff ff ff ff ff ff ff ff ff 01 10 00",
                "62 04 08 02 10 01 62 04 08 02 10 05 62 04 08 03 10 01 | {\"counts\":{\"2\":6,\"3\":1}} "
                        + "| 62 04 08 02 10 06 62 04 08 03 10 01",
                "62 02 08 02 | {\"counts\":{\"2\":1}} | 62 04 08 02 10 01",
                "62 02 08 02 | {\"counts\":{\"2\":0}} | 62 02 08 02",
            })
    void changesOnlyTheBytesOfWhatChanges(String base, String json, String bytes) throws UnfitException {
        if (!json.isEmpty()) {
            assertThat(hex(order.write(hex(base), json))).isEqualTo(bytes);
        }
    }

    @Test
    void dropsWhatAChangedMemberOfAOneofOverruled() throws UnfitException {
        byte[] written = order.write(hex("42 02 08 05 38 01 42 05 08 00 98 0f 07"), "{\"card\":{\"count\":2}}");

        assertThat(order.text(written)).isEqualTo("card { count: 2 243: 7 }");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"id\":1.5} | /id: 1.5 is not an int32 (field id of acme.Order)",
                "{\"id\":2147483648} | /id: 2147483648 is not an int32 (field id of acme.Order): it is out of range",
                "{\"id\":1e1000000000} | it is out of range",
                "{\"id\":1e-1000000000} | is not an int32",
                "{\"id\":\"1\"} | /id: \"1\" is not an int32",
                "{\"id\":[1]} | /id: an array is not an int32",
                "{\"big\":-1} | /big: -1 is not a uint64",
                "{\"big\":18446744073709551616} | /big: 18446744073709551616 is not a uint64",
                "{\"name\":1} | /name: 1 is not a string",
                "{\"name\":\"\\ud800\"} | half of a surrogate pair",
                "{\"raw\":\"?\"} | it is not Base64",
                "{\"real\":1e400} | /real: 1e400 is not a double (field real of acme.Order): it is too large",
                "{\"real\":\"x\"} | /real: \"x\" is not a double",
                "{\"small\":1e39} | is not a float",
                "{\"done\":0} | /done: 0 is not a bool",
                "{\"color\":\"GREEN\"} | /color: \"GREEN\" is not an acme.Color (field color of acme.Order); it has NONE, RED, BLUE",
                "{\"nmae\":\"a\"} | /: acme.Order has no field nmae",
                "{\"lines\":[{},{\"x\":1}]} | /lines/1: acme.Line has no field x",
                "{\"lines\":{}} | /lines: an object is not an array (field lines of acme.Order)",
                "{\"lines\":[null]} | /lines/0: null is not an acme.Line",
                "{\"by_name\":[]} | /by_name: an array is not an object (map by_name of acme.Order)",
                "{\"by_name\":{\"a\":1}} | /by_name/a: 1 is not an object of type acme.Line",
                "{\"by_name\":{\"a\":null}} | /by_name/a: null is not",
                "{\"counts\":{\"01\":1}} | /counts/01: 01 is not a key of type int32",
                "{\"counts\":{\"a\":1}} | /counts/a: a is not an int32",
                "{\"main\":3} | /main: 3 is not an object of type acme.Line",
                "{\"cash\":1,\"other\":\"a\"} | /: cash and other of acme.Order exclude each other",
                "[] | /: an array is not an object of type acme.Order",
                "{\"id\":1 | not JSON: unexpected end"
            })
    void refusesWhatTheTypeDoesNotTakeAndNamesPlaceValueAndType(String json, String message) {
        assertThatThrownBy(() -> order.write(new byte[0], json))
                .isInstanceOf(UnfitException.class)
                .hasMessageContaining(message);
    }

    @Test
    void shortensALongValueInItsComplaint() {
        String json = "{\"id\":\"" + "x".repeat(1000) + "\"}";

        assertThatThrownBy(() -> order.write(new byte[0], json))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(150).contains("…"));
    }

    @Test
    void carriesTheBytesOfWhatMoved() throws UnfitException {
        byte[] base = hex("52 08 08 81 00 98 0f 01 12 00 22 04 81 00 02 03");

        byte[] moved = order.write(
                base,
                "{\"card\":{\"count\":1,\"text\":\"\"},\"lines\":[{\"count\":1,\"text\":\"y\"}],"
                        + "\"sizes\":[1,2,3],\"id\":1}",
                Map.of("/card", "/main", "/lines/0", "/main", "/id", "/main/count"));

        assertThat(hex(moved))
                .isEqualTo("22 04 81 00 02 03 42 08 08 81 00 98 0f 01 12 00 2a 09 08 81 00 98 0f 01 12 01 79 08 81 00");
    }

    @Test
    void carriesWholeArraysAndMapsOfAnotherMessage() throws UnfitException {
        byte[] base = hex("92 01 12 22 03 81 00 02 32 0b 0a 01 61 12 06 08 81 00 98 0f 01");

        byte[] moved = order.write(
                base,
                "{\"sizes\":[1,2],\"by_name\":{\"a\":{\"count\":1,\"text\":\"\"}}}",
                Map.of("/sizes", "/child/sizes", "/by_name", "/child/by_name"));

        assertThat(hex(moved)).isEqualTo("22 03 81 00 02 32 0b 0a 01 61 12 06 08 81 00 98 0f 01");
    }

    @Test
    void writesAChangeAtTheDeepestPlace() throws UnfitException {
        int depth = 499;
        byte[] base = order.write(new byte[0], nested(depth, "{\"id\":1}"));

        byte[] written = order.write(base, nested(depth, "{\"id\":2}"));

        assertThat(written).hasSameSizeAs(base);
        assertThat(order.read(written)).contains("\"id\":2");
    }

    @Test
    void refusesToChangeWhatIsNestedTooDeeply() {
        assertThatThrownBy(() -> order.write(new byte[0], nested(500, "{}")))
                .hasMessageEndingWith("messages nested deeper than 500 can be read, but not changed")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    }

    private static String nested(int depth, String inner) {
        return "{\"child\":".repeat(depth) + inner + "}".repeat(depth);
    }

    @Test
    void refusesAClosedEnumsUnknownNumberUnlessItWasThere() throws UnfitException {
        Samples closed = Samples.of("message A { optional E e = 1; enum E { X = 1; } }");

        assertThat(hex(closed.write(hex("08 07"), "{\"e\":7}"))).isEqualTo("08 07");
        assertThatThrownBy(() -> closed.write(hex("08 07"), "{\"e\":8}")).hasMessageContaining("/e: 8 is not an A.E");
    }

    @Test
    void requiresWhatProto2Requires() throws UnfitException {
        Samples old = Samples.of("message A { required int32 a = 1; optional group G = 2 { optional int32 b = 1; } }");

        assertThat(hex(old.write(hex("08 01 13 08 01 98 0f 01 14"), "{\"a\":2,\"g\":{\"b\":3}}")))
                .isEqualTo("08 02 13 08 03 98 0f 01 14");
        assertThat(hex(old.write(hex("08 01"), "{\"a\":0,\"g\":{}}"))).isEqualTo("08 00 13 14");
        assertThatThrownBy(() -> old.write(hex("08 01"), "{}")).hasMessage("/: required field a of A is not there");
    }
}
