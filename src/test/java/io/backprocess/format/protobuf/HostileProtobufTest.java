package io.backprocess.format.protobuf;

import static io.backprocess.format.protobuf.Samples.hex;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.backprocess.format.EncodedValue;
import io.backprocess.format.UnfitException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A megabyte of bytes that repeat what costs most. It is read and written, or refused, in seconds. */
class HostileProtobufTest {
    private static final int MEGABYTE = 1 << 20;

    private static final Samples TREE = Samples.of("""
            syntax = "proto3";
            import "google/protobuf/struct.proto";
            message Tree {
              optional int32 x = 1; repeated Tree many = 2; map<int32, int32> map = 3;
              oneof o { Tree a = 4; int32 b = 5; string c = 6; }
              repeated int32 packed = 7; google.protobuf.Struct struct = 8; Tree one = 9;
            }
            """);

    private static byte[] repeated(String prefix, String unit) {
        byte[] start = hex(prefix);
        byte[] each = hex(unit);
        byte[] bytes = Arrays.copyOf(start, start.length + MEGABYTE / each.length * each.length);
        for (int at = start.length; at < bytes.length; at += each.length) {
            System.arraycopy(each, 0, bytes, at, each.length);
        }
        return bytes;
    }

    @ParameterizedTest
    @CsvSource({
        "'', 08 01", // one field half a million times
        "'', 12 00", // empty elements
        "'', 1a 00", // entries of the same key
        "'', 22 00 28 00", // members of a oneof in turn
        "'', 38 01 3a 01 01", // numbers, packed and not
        "'', 42 00", // parts of one struct
        "'', 4a 02 08 01", // parts of one message
        "'', a3 06 a4 06", // unknown groups
        "3a 80 80 40, 01", // a million packed numbers
        "'', a8 06 01", // unknown numbers
        "'', ff ff ff ff 0f", // a tag without end
        "'', a3 06", // groups without end
        "'', 4a", // lengths that are too long
        "'', 0b 0c 13 14"
    })
    void isReadAndWrittenInBoundedTime(String prefix, String unit) {
        byte[] value = repeated(prefix, unit);

        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
            Throwable thrown = catchThrowable(() -> {
                byte[] json = TREE.codec().read(value, 0);
                EncodedValue base = new EncodedValue(TREE.codec(), value, 0, json);
                assertThat(TREE.codec().write(base, json, Map.of(), new byte[0]))
                        .isEqualTo(value);
                byte[] changed = new String(json, UTF_8)
                        .replaceFirst("^\\{", "{\"x\":7,")
                        .getBytes(UTF_8);
                TREE.codec().write(base, changed, Map.of(), new byte[0]);
            });
            if (thrown != null) {
                assertThat(thrown).isInstanceOf(UnfitException.class);
            }
        });
    }

    @Test
    void takesNoLongerForEachLevelOfGroups() {
        Samples nested = Samples.of(
                "edition = \"2023\"; option features.message_encoding = DELIMITED; message A { A a = 1; int32 x = 2; }");
        byte[] filler = repeated("", "10 01");
        byte[] value = new byte[filler.length + 2 * 990];
        Arrays.fill(value, 0, 990, (byte) 0x0b);
        System.arraycopy(filler, 0, value, 990, filler.length);
        Arrays.fill(value, 990 + filler.length, value.length, (byte) 0x0c);

        String json = assertTimeoutPreemptively(Duration.ofSeconds(10), () -> nested.read(value));

        assertThat(json).startsWith("{\"a\":{\"a\":").contains("\"x\":1");
    }

    @Test
    void takesNoLongerForATypeOfTenThousandFields() {
        StringBuilder text = new StringBuilder("syntax = \"proto3\"; message Wide { repeated Wide wide = 20000;");
        for (int i = 1; i <= 10_000; i++) {
            text.append("optional int32 field_%d = %d;".formatted(i, i));
        }
        Samples wide = Samples.of(text + "}");
        byte[] value = repeated("", "82 e2 09 02 08 01");

        String json = assertTimeoutPreemptively(Duration.ofSeconds(10), () -> wide.read(value));

        assertThat(json).startsWith("{\"wide\":[{\"wide\":[],\"field_1\":1}");
    }
}
