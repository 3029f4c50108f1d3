package io.backprocess.render;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {
    @Test
    void letsNothingThroughThatATerminalObeys() {
        assertThat(Printable.line("a\u001b[31m\u009b\u0000\n\u202eb\u2028"))
                .isEqualTo("a\\u001b[31m\\u009b\\u0000\\u000a\\u202eb\\u2028");
        assertThat(Printable.lines("a\nb\r\u0007")).isEqualTo("a\nb\\u000d\\u0007");
        assertThat(Printable.line("Łódź 🌋")).isEqualTo("Łódź 🌋");
        assertThat(Printable.line(null)).isEqualTo("-");
    }

    @Test
    void isCutBetweenCharacters() {
        assertThat(Printable.line("abcdef", 4)).isEqualTo("abc…");
        assertThat(Printable.line("abcd", 4)).isEqualTo("abcd");
        assertThat(Printable.line("ab🌋ef", 4)).isEqualTo("ab…");
    }

    @Test
    void laysJsonOutAndKeepsItsNumbers() {
        byte[] json = "{\"a\":[1e400,99.990],\"b\":{\"c\":\"\\u001b\\u009b\"}}".getBytes(UTF_8);

        assertThat(Printable.value(json)).isEqualTo("""
                {
                  "a" : [ 1e400, 99.990 ],
                  "b" : {
                    "c" : "\\u001B\\u009b"
                  }
                }""");
        assertThat(Printable.kind(json)).isEqualTo("45 bytes, JSON");
    }

    @Test
    void takesWhatIsNoJsonForTextAndWhatIsNoTextForBytes() {
        assertThat(Printable.value("{\"a\":1} {}".getBytes(UTF_8))).isEqualTo("{\"a\":1} {}");
        assertThat(Printable.value("{\"a\":".getBytes(UTF_8))).isEqualTo("{\"a\":");
        assertThat(Printable.kind("1 2".getBytes(UTF_8))).isEqualTo("3 bytes, text");
        assertThat(Printable.kind(null)).isEqualTo("null");
        byte[] bytes = new byte[600];
        bytes[0] = (byte) 0xFF;
        bytes[1] = 'A';
        assertThat(Printable.value(bytes).lines())
                .hasSize(33)
                .startsWith("00000000  ff 41 00 00 00 00 00 00 00 00 00 00 00 00 00 00  .A..............")
                .endsWith("… and 88 bytes more");
    }

    @Test
    void takesJsonThatNestsTooDeepForText() {
        String deep = "[".repeat(5000) + "]".repeat(5000);

        assertThat(Printable.value(deep.getBytes(UTF_8))).isEqualTo(deep);
    }
}
