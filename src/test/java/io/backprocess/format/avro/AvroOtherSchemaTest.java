package io.backprocess.format.avro;

import static io.backprocess.format.avro.AvroBytes.bytes;
import static io.backprocess.format.avro.AvroBytes.change;
import static io.backprocess.format.avro.AvroBytes.codec;
import static io.backprocess.format.avro.AvroBytes.decode;
import static io.backprocess.format.avro.AvroBytes.move;
import static io.backprocess.format.avro.AvroBytes.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.format.EncodedValue;
import io.backprocess.format.UnfitException;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

/** Values of one schema that are written with another one. */
class AvroOtherSchemaTest {
    private static String record(String... fields) {
        return "{\"type\":\"record\",\"name\":\"R\",\"fields\":[" + String.join(",", fields) + "]}";
    }

    private static String field(String name, String type) {
        return "{\"name\":\"%s\",\"type\":%s}".formatted(name, type);
    }

    private static String write(String from, String hex, String to, String json) throws UnfitException {
        String after = change(codec(to), value(codec(from), bytes(hex)), json);
        Schema schema = new Schema.Parser().parse(to);
        assertThat(AvroOracle.json(schema, decode(schema, bytes(after))))
                .as("what Avro's library reads")
                .isEqualTo(AvroBytes.text(codec(to).read(bytes(after), 0)));
        return after;
    }

    @Test
    void copiesFieldsOfTheSameTypeAndFillsNewOnes() throws UnfitException {
        String from = record(
                field("gone", "\"int\""),
                field("s", "\"string\""),
                field("list", "{\"type\":\"array\",\"items\":\"long\"}"));
        String to = record(
                field("list", "{\"type\":\"array\",\"items\":\"long\"}"),
                "{\"name\":\"added\",\"type\":\"string\",\"default\":\"new\"}",
                field("s", "\"string\""),
                field("maybe", "[\"null\",\"int\"]"));

        String after = write(from, "02 8200 61 01 04 8200 00", to, "{\"s\":\"a\",\"list\":[1]}");

        assertThat(after).isEqualTo("0104820000" + "066e6577" + "820061" + "00");
    }

    @Test
    void givesANewFieldItsDefaultAlsoWhereItTakesNull() throws UnfitException {
        String gift = "{\"name\":\"gift\",\"type\":[\"boolean\",\"null\"],\"default\":true}";
        String from = record(field("n", "\"int\""));
        String to = record(field("n", "\"int\""), gift);

        assertThat(write(from, "02", to, "{\"n\":1}")).isEqualTo("02" + "0001");
        assertThat(write(from, "02", to, "{\"n\":1,\"gift\":null}")).isEqualTo("02" + "02");
        assertThat(write(record(gift), "0001", record(gift, field("n", "[\"null\",\"int\"]")), "{}"))
                .as("a member that the revision has removed is null")
                .isEqualTo("02" + "00");
    }

    @Test
    void dropsAMemberThatTheTargetHasRemovedUnlessItHasChanged() throws UnfitException {
        String from = record(field("a", "\"int\""), field("b", "\"int\""));
        String to = record(field("b", "\"int\""));

        assertThat(write(from, "02 8400", to, "{\"a\":1,\"b\":2}")).isEqualTo("8400");
        assertThatThrownBy(() -> write(from, "02 04", to, "{\"a\":3,\"b\":2}"))
                .hasMessage("/a is not a field of record R; a batch with --result-schema can write another schema");
        assertThatThrownBy(() -> write(from, "02 04", to, "{\"a\":1,\"b\":2,\"c\":3}"))
                .hasMessage("/c is not a field of record R; a batch with --result-schema can write another schema");
    }

    @Test
    void dropsARemovedMemberInsideOfUnionsAndArrays() throws UnfitException {
        String item = "{\"type\":\"record\",\"name\":\"I\",\"fields\":[%s]}";
        String both = item.formatted(field("x", "\"int\"") + "," + field("y", "\"string\""));
        String other = "{\"type\":\"record\",\"name\":\"O\",\"fields\":[%s]}".formatted(field("y", "\"int\""));
        String from =
                record(field("u", "[" + other + "," + both + "]"), field("l", "{\"type\":\"array\",\"items\":\"I\"}"));
        String to = record(
                field("u", "[" + item.formatted(field("y", "\"string\"")) + "," + other + "]"),
                field("l", "{\"type\":\"array\",\"items\":\"I\"}"));

        String after = write(
                from,
                "02 02 0261 04 02 0262 04 0263 00",
                to,
                "{\"u\":{\"x\":1,\"y\":\"a\"},\"l\":[{\"x\":1,\"y\":\"b\"},{\"x\":2,\"y\":\"c\"}]}");

        assertThat(after).isEqualTo("00" + "0261" + "04" + "0262" + "0263" + "00");
    }

    @Test
    void knowsARenamedFieldByItsAlias() throws UnfitException {
        String from = record(field("old", "\"long\""), field("n", "\"int\""));
        String to =
                record("{\"name\":\"new\",\"type\":\"long\",\"aliases\":[\"older\",\"old\"]}", field("n", "\"int\""));

        assertThat(write(from, "8200 04", to, "{\"old\":1,\"n\":2}")).isEqualTo("820004");
        assertThat(write(from, "8200 04", to, "{\"old\":3,\"n\":2}")).isEqualTo("0604");
        assertThat(write(from, "8200 04", to, "{\"old\":1,\"new\":4,\"n\":2}")).isEqualTo("0804");
    }

    @Test
    void copiesARenamedField() throws UnfitException {
        String from = record(field("in", record(field("old", "\"long\"")).replace("R", "In")), field("n", "\"int\""));
        String to = record(field("new", "\"long\""), field("n", "\"long\""));
        EncodedValue base = value(codec(from), bytes("8200 8400"));

        assertThat(move(codec(to), base, "{\"new\":1,\"n\":2}", "/new", "/in/old"))
                .as("the long is copied, the int is written as a long")
                .isEqualTo("8200" + "04");
    }

    @Test
    void writesTheIndexesOfTheTarget() throws UnfitException {
        String colours = "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[%s]}";
        String from = record(
                field("u", "[\"null\",\"string\",\"int\"]"),
                field("e", colours.formatted("\"A\",\"B\"")),
                field("m", "\"int\""));
        String to = record(
                field("u", "[\"int\",\"string\",\"null\"]"),
                field("e", colours.formatted("\"B\",\"A\"")),
                field("m", "[\"null\",\"int\"]"));

        assertThat(write(from, "02 8200 61 02 8200", to, "{\"u\":\"a\",\"e\":\"B\",\"m\":1}"))
                .as("the string inside the union is copied, and so is the int that is in a union now")
                .isEqualTo("02820061" + "00" + "028200");
        assertThat(write(from, "00 00 02", to, "{\"u\":null,\"e\":\"A\",\"m\":null}"))
                .isEqualTo("04" + "02" + "00");
    }

    @Test
    void takesAValueOutOfAUnion() throws UnfitException {
        String from = record(field("a", "[\"null\",\"long\"]"));
        String to = record(field("a", "\"long\""));

        assertThat(write(from, "8200 8200", to, "{\"a\":1}")).isEqualTo("8200");
        assertThatThrownBy(() -> write(from, "00", to, "{\"a\":null}"))
                .hasMessage("/a: null is not a long (field a of R)");
    }

    @Test
    void copiesWhatIsTheSameInsideOfArraysAndMapsOfOtherTypes() throws UnfitException {
        String from = record(
                field(
                        "l",
                        "{\"type\":\"array\",\"items\":"
                                + record(field("x", "\"long\"")).replace("R", "I") + "}"),
                field("m", "{\"type\":\"map\",\"values\":[\"null\",\"long\"]}"));
        String to = record(
                field(
                        "l",
                        "{\"type\":\"array\",\"items\":"
                                + record(field("x", "\"long\""), "{\"name\":\"y\",\"type\":\"int\",\"default\":3}")
                                        .replace("R", "J")
                                + "}"),
                field("m", "{\"type\":\"map\",\"values\":\"long\"}"));

        String after = write(
                from,
                "02 8200 0104 8400 00" + "02 026b 02 8600 00",
                to,
                "{\"l\":[{\"x\":0},{\"x\":1},{\"x\":2}],\"m\":{\"k\":3}}");

        assertThat(after).isEqualTo("06" + "0006" + "820006" + "840006" + "00" + "02026b860000");
        assertThat(write(from, "02 8200 0104 8400 00" + "00", to, "{\"l\":[{\"x\":1},{\"x\":2}],\"m\":{}}"))
                .isEqualTo("04" + "820006" + "840006" + "00" + "00");
    }

    @Test
    void treatsTheSameRecursiveTypeAsTheSame() throws UnfitException {
        String tree =
                "{\"type\":\"record\",\"name\":\"%s\",\"fields\":[{\"name\":\"n\",\"type\":\"int\"},{\"name\":\"next\",\"type\":[\"null\",\"%<s\"]}]}";
        String from = record(field("t", tree.formatted("Tree")));
        String to = record(field("t", tree.formatted("Baum")), "{\"name\":\"x\",\"type\":\"int\",\"default\":1}");

        assertThat(write(from, "8200 02 8400 8000", to, "{\"t\":{\"n\":1,\"next\":{\"n\":2,\"next\":null}}}"))
                .isEqualTo("82000284008000" + "02");
        assertThat(write(from, "8200 02 8400 8000", to, "{\"t\":{\"n\":1,\"next\":{\"n\":3,\"next\":null}}}"))
                .isEqualTo("8200020" + "68000" + "02");
    }

    @Test
    void tellsLogicalTypesApart() throws UnfitException {
        String from = record(field("t", "{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}"));
        String to = record(field("t", "{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}"));

        assertThat(write(from, "02", to, "{\"t\":\"1970-01-01T00:00:00.001Z\"}"))
                .isEqualTo("d00f");
    }
}
