package io.backprocess.format.jsonschema;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.sun.management.ThreadMXBean;
import io.backprocess.format.EncodedValue;
import io.backprocess.format.SchemaText;
import io.backprocess.format.UnfitException;
import io.backprocess.testing.Damage;
import io.backprocess.testing.HostileJsonSchema;
import io.backprocess.testing.HostileRecords;
import io.backprocess.testing.StrictJson;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Values of up to a megabyte that repeat what costs most, and damaged ones. They are checked, or refused, in seconds. */
class HostileJsonSchemaTest {
    private static final long SEED = Long.getLong("backprocess.seed", 1);
    private static final int VALUES = 2_000;
    private static final int MEGABYTE = 1 << 20;
    private static final long MOST_ALLOCATED = 1500L * MEGABYTE;
    private static final int COLLIDING = 1 << 15;

    private static final List<String> SCHEMAS = List.of(
            "{\"uniqueItems\":true}",
            "{\"additionalProperties\":{\"$ref\":\"#\"},\"items\":{\"$ref\":\"#\"},\"uniqueItems\":true}",
            // All is a violation, and most have the same place.
            "{\"items\":{\"maxLength\":1,\"maximum\":-1,\"maxItems\":0},\"additionalProperties\":false}",
            "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"unevaluatedProperties\":false,"
                    + "\"unevaluatedItems\":false,\"patternProperties\":{\"^(x+x+)+y\":false}}",
            "{\"type\":\"null\",\"items\":{\"multipleOf\":1e-900,\"pattern\":\"^(a|aa)+$\"},\"contains\":{\"const\":0.5}}",
            // Messages of a hundred kilobytes.
            "{\"items\":{\"enum\":[%1$s]},\"propertyNames\":{\"enum\":[%1$s]}}"
                    .formatted(joined(10_000, i -> "\"choice-" + i + "\"")),
            "{\"required\":[%1$s],\"properties\":{%2$s},\"dependencies\":{%3$s}}"
                    .formatted(
                            joined(10_000, i -> "\"r" + i + "\""),
                            joined(10_000, i -> "\"p" + i + "\":{\"type\":\"string\",\"format\":\"email\"}"),
                            joined(10_000, i -> "\"k" + i + "\":[\"r" + i + "\"]")));

    private static final Map<String, String> VALUES_BY_NAME = Map.ofEntries(
            Map.entry("texts that collide", "[" + joined(COLLIDING, i -> "\"" + colliding(i) + "\"") + "]"),
            Map.entry("names that collide", "{" + joined(COLLIDING, i -> "\"" + colliding(i) + "\":1") + "}"),
            Map.entry("objects that collide", "[" + joined(20_000, i -> "{\"" + colliding(i) + "\":1}") + "]"),
            Map.entry("infinite doubles", "[" + joined(30_000, i -> 1_000_000 + i + "e400") + "]"),
            Map.entry("doubles like zero", "[" + joined(30_000, i -> 1_000_000 + i + "e-900") + "]"),
            Map.entry("doubles that are the same", "[" + joined(12_000, i -> "0.10000000000000000000" + i) + "]"),
            Map.entry("half a million numbers", "[" + "1,".repeat(MEGABYTE / 2) + "1]"),
            Map.entry("empty objects", "[" + "{},".repeat(MEGABYTE / 3) + "{}]"),
            Map.entry("members", "{" + joined(30_000, i -> "\"k" + i + "\":" + i) + "}"),
            Map.entry("one name", "{" + joined(120_000, i -> "\"k\":" + i) + "}"),
            Map.entry("a long text", "[\"" + "a".repeat(MEGABYTE) + "!\"]"),
            Map.entry("long names", "{" + joined(20, i -> "\"" + "x".repeat(49_000) + i + "\":1") + "}"),
            Map.entry("a deep end", "[".repeat(900) + joined(150_000, i -> "" + i) + "]".repeat(900)),
            Map.entry("deep arrays", "[" + joined(400, i -> "[".repeat(300) + i + "]".repeat(300)) + "]"),
            Map.entry("no JSON", "[".repeat(MEGABYTE)),
            Map.entry("a number without end", "9".repeat(MEGABYTE)));

    private static String colliding(int i) {
        return HostileRecords.collidingName(COLLIDING, i);
    }

    private static String joined(int count, IntFunction<String> each) {
        return IntStream.range(0, count).mapToObj(each).collect(Collectors.joining(","));
    }

    static Stream<String> names() {
        return VALUES_BY_NAME.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("names")
    void checksItInBoundedTimeAndMemory(String name) throws UnfitException {
        String json = VALUES_BY_NAME.getOrDefault(name, "");
        byte[] base = json.getBytes(UTF_8);
        byte[] changed = (json + " ").getBytes(UTF_8);

        for (String schema : SCHEMAS) {
            JsonSchemaCodec codec = JsonSchemaCodec.of(new SchemaText(schema, List.of()));
            String what = schema.substring(0, Math.min(80, schema.length()));
            assertTimeoutPreemptively(
                    Duration.ofSeconds(20),
                    () -> {
                        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
                        long before = threads.getCurrentThreadAllocatedBytes();
                        assertUnfitOrNothing(what, catchThrowable(() -> write(codec, base, changed)));
                        assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                                .as(what)
                                .isLessThan(MOST_ALLOCATED);
                    },
                    what);
        }
    }

    @Test
    void refusesChangesAsAJudgeDoes() throws UnfitException {
        int taken = 0;
        int refused = 0;
        for (String text : List.of(HostileJsonSchema.SCHEMA, HostileJsonSchema.SECOND)) {
            HostileJsonSchema schema = new HostileJsonSchema(1, text);
            SplittableRandom random = new SplittableRandom(SEED);
            for (int i = 0; i < VALUES; i++) {
                byte[] base = schema.write("e-1", random);
                byte[] changed = random.nextInt(4) == 0 ? schema.write("e-2", random) : damaged(base, random);
                String what = "seed %d, value %d: %s became %s"
                        .formatted(SEED, i, new String(base, UTF_8), new String(changed, UTF_8));

                Throwable thrown = catchThrowable(() -> write((JsonSchemaCodec) schema.codec(), base, changed));

                assertUnfitOrNothing(what, thrown);
                if (StrictJson.isUtf8Json(base) && StrictJson.isUtf8Json(changed)) {
                    assertThat(thrown == null).as(what).isEqualTo(schema.takes(base, List.of(changed)));
                    taken += thrown == null ? 1 : 0;
                    refused += thrown == null ? 0 : 1;
                }
            }
        }
        assertThat(taken).isGreaterThan(VALUES / 10);
        assertThat(refused).isGreaterThan(VALUES / 10);
    }

    private static byte[] damaged(byte[] json, SplittableRandom random) {
        byte[] damaged = json;
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            damaged = random.nextBoolean() ? Damage.one(damaged, random) : Damage.binary(damaged, random);
        }
        return damaged;
    }

    private static void assertUnfitOrNothing(String what, @Nullable Throwable thrown) {
        if (thrown != null) {
            assertThat(thrown).as(what).isInstanceOf(UnfitException.class);
        }
    }

    private static void write(JsonSchemaCodec codec, byte[] base, byte[] changed) throws UnfitException {
        codec.write(new EncodedValue(codec, base, 0, base), changed, Map.of(), new byte[0]);
    }
}
