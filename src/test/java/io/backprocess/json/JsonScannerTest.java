package io.backprocess.json;

import static io.backprocess.testing.StrictJson.jacksonAccepts;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.LinkedHashMap;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/** Holds the scanner to Jackson's streaming parser with its strict defaults. */
class JsonScannerTest {
    /** One document a line; a backslash is a backslash in the document, doubled for Java. */
    private static final String GOOD = """
            {}
            []
            0
            -0
            1
            -1
            10
            123456789012345678901234567890
            0.0
            -0.0
            0.5
            1.50
            1e0
            1E0
            1e+0
            1e-0
            1e00
            0e1
            -0e-1
            1.5e300
            1e400
            1e99999999999
            123.456e-789
            true
            false
            null
            ""
            "a"
            [1]
            [1,2]
            [[]]
            [{}]
            {"a":1}
            {"a":1,"a":2}
            {"":0}
            {"a":{"b":[null,true,false]}}
            "\\"\\\\\\/\\b\\f\\n\\r\\t"
            "\\u0000"
            "\\u0041"
            "\\u0022\\u005c"
            "\\uabcd\\uABCD"
            "\\uD83D\\uDE00"
            "\\uD800"
            "\\uDC00"
            "\\uDC00\\uD800"
            "\\uD800x"
            "/*no*/"
            "//"
            {"\\u0000":1}
            {"\\uD800":1}
            {"é":"€😀"}
            """;

    private static final String BAD = """
            -
            +
            +1
            01
            -01
            00
            0.
            1.
            -1.
            .5
            -.5
            1.e1
            1e
            1E
            1e+
            1e-
            0e
            1.5e
            1e1.5
            1ee1
            1e+-1
            0x1
            1_000
            1,000
            1,
            --1
            -a
            1a
            1 2
            [1 2]
            [1a]
            [-]
            [1.]
            NaN
            -NaN
            [NaN]
            nan
            Infinity
            -Infinity
            +Infinity
            INF
            tru
            truE
            True
            TRUE
            truex
            true1
            nul
            nulll
            null1
            fals
            falsee
            t
            f
            n
            undefined
            a
            'a'
            {'a':1}
            {a:1}
            {1:1}
            {null:1}
            {"a":b}
            "
            "a
            "\\
            "\\"
            "\\a"
            "\\'"
            "\\0"
            "\\x41"
            "\\U0041"
            "\\u"
            "\\u1"
            "\\u12"
            "\\u123"
            "\\u123
            "\\u123g"
            "\\u 123"
            "\\u+123"
            "\\u-123"
            "\\u１２３４"
            "\\ud83d\\u"
            "\\é"
            [
            ]
            {
            }
            [1
            [1,
            [,1]
            [1,,2]
            [1,]
            [,]
            ["a"
            ["a
            [}
            {]
            [1}
            {"a"
            {"a"}
            {"a":
            {"a":}
            {"a":1
            {"a":1,
            {"a":1,}
            {"a":1]
            {"a":1,1}
            {,}
            {:}
            {:1}
            {"a":1,,"b":2}
            {"a" 1}
            {"a":1 "b":2}
            {"a",1}
            {"a"::1}
            {"a":1;}
            {"a"=1}
            {"a":1}}
            {"a":1}{
            []]
            {}{}
            {},
            [],
            {}x
            {}#
            /
            //
            /**/
            /*x*/{}
            {}//
            {}/*x*/
            [1/*x*/]
            [1:2]
            [\\u0031]
            😀
            [é]
            =1
            (1)
            <a/>
            *
            &
            \\
            \\n
            """;

    private final JsonScanner scanner = new JsonScanner();

    @Test
    void acceptsWhatJacksonAccepts() {
        Map<String, byte[]> good = new LinkedHashMap<>();
        for (String json : GOOD.lines().toList()) {
            good.put(json, utf8(json));
        }
        good.put("space before", utf8("\t\n\r 1"));
        good.put("space behind", utf8("1\t\n\r "));
        good.put("space in an array", utf8("[\t1\n,\r2 ]"));
        good.put("space in an object", utf8("{ \"a\"\t:\n1\r,\"b\":2 }"));
        good.put("DEL", utf8("\"\u007f\""));
        good.put("a byte order mark", utf8("\ufeff{}"));
        good.put("a byte order mark and space", utf8("\ufeff \n1"));
        good.put("a byte order mark inside a text", utf8("\"\ufeff\""));
        good.put(
                "the limits of two, three and four bytes",
                utf8("\"\u0080\u07ff\u0800\ud7ff\ue000\uffff\ud800\udc00\udbff\udfff\""));
        good.put("no characters", utf8("\"\ufffd\ufffe\uffff\""));
        good.put("line separators", utf8("\"\u0085\u2028\u2029\""));
        good.put("nesting of 1000 arrays", utf8("[".repeat(1000) + "]".repeat(1000)));
        good.put("nesting of 1000 objects", utf8("{\"a\":".repeat(999) + "{}" + "}".repeat(999)));
        good.put("1000 digits", utf8("9".repeat(1000)));
        good.put("1000 digits and a sign", utf8("-" + "9".repeat(1000)));
        good.put("1000 digits with a fraction", utf8("9".repeat(500) + "." + "9".repeat(500)));
        good.put("1000 digits with an exponent", utf8("9.9e-" + "9".repeat(998)));
        good.put("a name of 50 000 bytes", utf8("{\"" + "n".repeat(50_000) + "\":1}"));
        good.put("a text of a million bytes", utf8("\"" + "n".repeat(1_000_000) + "\""));
        good.put("a thousand siblings of depth 2", utf8("[" + "[[]],".repeat(1000) + "[]]"));

        SoftAssertions all = new SoftAssertions();
        good.forEach((name, json) -> all.assertThat(scannerAccepts(json))
                .as("accepts %s (Jackson: %s)", name, jacksonAccepts(json))
                .isTrue()
                .isEqualTo(jacksonAccepts(json)));

        all.assertAll();
    }

    @Test
    void refusesWhatJacksonRefuses() {
        Map<String, byte[]> bad = new LinkedHashMap<>();
        for (String json : BAD.lines().toList()) {
            bad.put(json, utf8(json));
        }
        for (char control = 0; control < 0x20; control++) {
            bad.put("control character %d in a text".formatted((int) control), utf8("\"" + control + "\""));
            bad.put("control character %d in a name".formatted((int) control), utf8("{\"" + control + "\":1}"));
        }
        for (char space : new char[] {0, '\u000b', '\f', '\u007f', '\u0085', '\u00a0', '\u2028', '\u3000'}) {
            bad.put("%04x before".formatted((int) space), utf8(space + "[]"));
            bad.put("%04x inside".formatted((int) space), utf8("[" + space + "]"));
            bad.put("%04x behind".formatted((int) space), utf8("[]" + space));
        }
        bad.put("nothing", utf8(""));
        bad.put("space", utf8(" "));
        bad.put("a byte order mark alone", utf8("\ufeff"));
        bad.put("two byte order marks", utf8("\ufeff\ufeff{}"));
        bad.put("a byte order mark after space", utf8(" \ufeff{}"));
        bad.put("a byte order mark behind", utf8("{}\ufeff"));
        bad.put("a comment in a line", utf8("#\n{}"));
        bad.put("nesting of 1001 arrays", utf8("[".repeat(1001) + "]".repeat(1001)));
        bad.put("nesting of 1001 objects", utf8("{\"a\":".repeat(1000) + "{}" + "}".repeat(1000)));
        bad.put("100 000 opening brackets", utf8("[".repeat(100_000)));
        bad.put("100 000 opening objects", utf8("{\"\":".repeat(100_000)));
        bad.put("1001 digits", utf8("9".repeat(1001)));
        bad.put("1001 digits and a sign", utf8("-" + "9".repeat(1001)));
        bad.put("1001 digits with a fraction", utf8("9".repeat(500) + "." + "9".repeat(501)));
        bad.put("1001 digits with an exponent", utf8("9.9e-" + "9".repeat(999)));
        bad.put("a name of 50 001 bytes", utf8("{\"" + "n".repeat(50_001) + "\":1}"));

        SoftAssertions all = new SoftAssertions();
        bad.forEach((name, json) -> all.assertThat(scannerAccepts(json))
                .as("accepts %s (Jackson: %s)", name, jacksonAccepts(json))
                .isFalse()
                .isEqualTo(jacksonAccepts(json)));

        all.assertAll();
    }

    @Test
    void refusesTextThatIsNotWellFormedUtf8() {
        Map<String, byte[]> bad = new LinkedHashMap<>();
        bad.put("a lone continuation byte", bytes('"', 0x80, '"'));
        bad.put("an overlong slash in two bytes", bytes('"', 0xC0, 0xAF, '"'));
        bad.put("an overlong character in two bytes", bytes('"', 0xC1, 0xBF, '"'));
        bad.put("an overlong character in three bytes", bytes('"', 0xE0, 0x9F, 0xBF, '"'));
        bad.put("an overlong character in four bytes", bytes('"', 0xF0, 0x8F, 0xBF, 0xBF, '"'));
        bad.put("an encoded high surrogate", bytes('"', 0xED, 0xA0, 0x80, '"'));
        bad.put("an encoded low surrogate", bytes('"', 0xED, 0xBF, 0xBF, '"'));
        bad.put("an encoded pair of surrogates", bytes('"', 0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80, '"'));
        bad.put("a code above U+10FFFF", bytes('"', 0xF4, 0x90, 0x80, 0x80, '"'));
        bad.put("a lead byte F5", bytes('"', 0xF5, 0x80, 0x80, 0x80, '"'));
        bad.put("five bytes", bytes('"', 0xF8, 0x88, 0x80, 0x80, 0x80, '"'));
        bad.put("FE", bytes('"', 0xFE, '"'));
        bad.put("FF", bytes('"', 0xFF, '"'));
        bad.put("two bytes cut off by the quote", bytes('"', 0xC3, '"'));
        bad.put("three bytes cut off by the quote", bytes('"', 0xE2, 0x82, '"'));
        bad.put("four bytes cut off by the quote", bytes('"', 0xF0, 0x9F, 0x98, '"'));
        bad.put("two bytes cut off by the end", bytes('"', 0xC3));
        bad.put("three bytes cut off by the end", bytes('"', 0xE2, 0x82));
        bad.put("four bytes cut off by the end", bytes('"', 0xF0, 0x9F, 0x98));
        bad.put("an overlong name", bytes('{', '"', 0xC0, 0xAF, '"', ':', '1', '}'));
        bad.put("ISO-8859-1", bytes('"', 'c', 'a', 'f', 0xE9, '"'));
        bad.put("UTF-16 with its mark", bytes(0xFE, 0xFF, 0, '1'));
        bad.put("UTF-16 of the little end", bytes('[', 0, ']', 0));
        bad.put("UTF-16 of the big end", bytes(0, '[', 0, ']'));
        bad.put("UTF-32", bytes(0, 0, 0, '1'));

        SoftAssertions all = new SoftAssertions();
        bad.forEach((name, json) ->
                all.assertThat(scannerAccepts(json)).as("accepts %s", name).isFalse());

        all.assertAll();
    }

    private boolean scannerAccepts(byte[] json) {
        return accepts(scanner, json, json.length);
    }

    static boolean accepts(JsonScanner scanner, byte[] json, int end) {
        scanner.reset(json, end);
        try {
            scanner.finish(scanner.value(scanner.start(0)));
            return true;
        } catch (JsonSyntaxException e) {
            return false;
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
