package io.backprocess.json;

import static io.backprocess.json.JsonScannerTest.accepts;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.testing.Damage;
import io.backprocess.testing.StrictJson;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Compares the scanner with Jackson on documents by seed, half of them damaged. {@code -Dbackprocess.documents=10000000}
 * generates more documents than the default, {@code -Dbackprocess.seed=N} starts elsewhere.
 */
class GeneratedJsonTest {
    private static final long DOCUMENTS = Long.getLong("backprocess.documents", 300_000);
    private static final long FIRST_SEED = Long.getLong("backprocess.seed", 1);

    @Test
    void agreesWithJacksonOnGeneratedDocuments() {
        AtomicLong accepted = new AtomicLong();

        // In parallel, and on threads with short stacks: Jackson's exceptions cost most of the time.
        List<String> disagreements = LongStream.range(FIRST_SEED, FIRST_SEED + DOCUMENTS)
                .parallel()
                .mapToObj(seed -> disagreement(seed, accepted))
                .filter(Objects::nonNull)
                .limit(5)
                .toList();

        assertThat(disagreements).isEmpty();
        assertThat(accepted.get())
                .as("of %d documents a share worth the name is good", DOCUMENTS)
                .isBetween(DOCUMENTS / 5, DOCUMENTS * 4 / 5);
    }

    private static @Nullable String disagreement(long seed, AtomicLong accepted) {
        byte[] json = new Documents(seed).document();
        boolean accepts = accepts(new JsonScanner(), json, json.length);
        boolean expected = StrictJson.isUtf8Json(json);
        if (accepts) {
            accepted.incrementAndGet();
        }
        return accepts == expected
                ? null
                : "seed %d: accepts is %s, not %s: %s %s"
                        .formatted(
                                seed,
                                accepts,
                                expected,
                                new String(json, UTF_8),
                                HexFormat.of().formatHex(json));
    }

    /** JSON by seed, half of it damaged. */
    private static final class Documents {
        private static final String[] SCALARS = {
            "0", "-0", "1", "-12", "3.50", "1e5", "1E-400", "-0.0e+1", "true", "false", "null", "01", "1.", "-", "\"\"",
            "NaN",
        };
        private static final String[] TEXTS = {
            "a",
            "abcdefgh",
            "\\n",
            "\\\\",
            "\\\"",
            "\\/",
            "\\u00e9",
            "\\uD83D",
            "\u00e9",
            "\u20ac",
            "\ud83d\ude00",
            " ",
            "/*",
            "\u007f",
        };
        private static final String[] SPACES = {"", "", "", "", "", " ", "\t", "\r\n", "\n  "};

        private final SplittableRandom random;
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Documents(long seed) {
            random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L);
        }

        byte[] document() {
            if (random.nextInt(50) == 0) {
                write("\ufeff");
            }
            space();
            value(random.nextInt(5));
            space();
            byte[] json = out.toByteArray();
            for (int damage = random.nextInt(4); damage > 1; damage--) {
                json = Damage.one(json, random);
            }
            return json;
        }

        private void value(int depth) {
            int kind = depth == 0 ? 2 + random.nextInt(2) : random.nextInt(4);
            if (kind == 0) {
                write("{");
                members(depth, true);
                write("}");
            } else if (kind == 1) {
                write("[");
                members(depth, false);
                write("]");
            } else if (kind == 2) {
                // The last ones are bad and shall not spoil too many.
                write(SCALARS[random.nextInt(random.nextInt(30) == 0 ? SCALARS.length : 11)]);
            } else {
                text();
            }
        }

        private void members(int depth, boolean named) {
            for (int i = random.nextInt(4); i > 0; i--) {
                space();
                if (named) {
                    text();
                    space();
                    write(":");
                    space();
                }
                value(depth - 1);
                space();
                if (i > 1) {
                    write(",");
                }
            }
            space();
        }

        private void text() {
            write("\"");
            for (int i = random.nextInt(5); i > 0; i--) {
                write(TEXTS[random.nextInt(TEXTS.length)]);
            }
            write("\"");
        }

        private void space() {
            write(SPACES[random.nextInt(SPACES.length)]);
        }

        private void write(String text) {
            out.writeBytes(text.getBytes(UTF_8));
        }
    }
}
