package io.backprocess.json;

import static io.backprocess.json.JsonScannerTest.accepts;
import static io.backprocess.testing.StrictJson.jacksonAccepts;
import static java.nio.charset.StandardCharsets.UTF_8;

import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/** The scanner takes numbers and names of the lengths that Jackson takes. */
class JsonScannerLimitsTest {
    private final JsonScanner scanner = new JsonScanner();

    @Test
    void measuresNumbersAsJacksonDoes() {
        SoftAssertions all = new SoftAssertions();
        for (int total = 998; total <= 1003; total++) {
            for (int fraction : new int[] {0, 1, 2, 500, total - 2}) {
                for (int exponent : new int[] {0, 1, 2, 400}) {
                    int whole = total - fraction - exponent;
                    if (whole > 0) {
                        for (String sign : new String[] {"", "-"}) {
                            for (String exponentSign : new String[] {"", "+", "-"}) {
                                byte[] json = (sign
                                                + "9".repeat(whole)
                                                + (fraction == 0 ? "" : "." + "9".repeat(fraction))
                                                + (exponent == 0 ? "" : "e" + exponentSign + "9".repeat(exponent)))
                                        .getBytes(UTF_8);

                                all.assertThat(accepts(scanner, json, json.length))
                                        .as("%s%d.%de%s%d", sign, whole, fraction, exponentSign, exponent)
                                        .isEqualTo(jacksonAccepts(json));
                            }
                        }
                    }
                }
            }
        }
        all.assertAll();
    }

    @Test
    void measuresNamesAsJacksonDoes() {
        SoftAssertions all = new SoftAssertions();
        for (int length = 49_998; length <= 50_003; length++) {
            for (String last : new String[] {"n", "\u00e9", "\u20ac", "\ud83d\ude00", "\\n", "\\u0041"}) {
                String name = "n".repeat(length - last.getBytes(UTF_8).length) + last;
                byte[] json = ("{\"" + name + "\":1}").getBytes(UTF_8);

                all.assertThat(accepts(scanner, json, json.length))
                        .as("a name of %d bytes that ends in %s", length, last)
                        .isEqualTo(jacksonAccepts(json));
            }
        }
        all.assertAll();
    }
}
