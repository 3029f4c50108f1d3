package io.backprocess.format.avro;

import static io.backprocess.format.avro.AvroBytes.decode;
import static io.backprocess.format.avro.AvroBytes.encode;
import static io.backprocess.format.avro.AvroBytes.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.format.EncodedValue;
import io.backprocess.format.SchemaText;
import io.backprocess.format.UnfitException;
import io.backprocess.json.JsonScanner;
import io.backprocess.json.JsonSyntaxException;
import io.backprocess.json.MemberIndex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

/**
 * Schemas and values by seed, beside Avro's library. {@code -Dbackprocess.documents=1000000} makes more of them than the default,
 * {@code -Dbackprocess.seed=N} starts elsewhere.
 */
class GeneratedAvroTest {
    private static final long SCHEMAS = Long.getLong("backprocess.documents", 3_000);
    private static final long FIRST_SEED = Long.getLong("backprocess.seed", 1);
    private static final int DAMAGES = 40;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Every assertion about one schema by its seed. */
    private interface Check {
        void check(RandomAvro avro, SplittableRandom random, Schema schema, AvroCodec codec) throws Exception;
    }

    private static void forEachSchema(Check check) {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SCHEMAS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            RandomAvro avro = new RandomAvro(random);
            Schema schema = avro.record(4);
            try {
                check.check(avro, random, schema, AvroCodec.of(new SchemaText(schema.toString(), List.of())));
            } catch (Exception | AssertionError | StackOverflowError e) {
                throw new AssertionError("seed %d, schema %s".formatted(seed, schema), e);
            }
        }
    }

    @Test
    void readsAndKeepsWhatAvrosLibraryWrites() {
        forEachSchema((avro, random, schema, codec) -> {
            Object datum = avro.value(schema, 6);
            String json = AvroOracle.json(schema, datum);
            for (byte[] bytes :
                    List.of(encode(schema, datum, false), encode(schema, datum, true), avro.oddBytes(schema, datum))) {
                byte[] read = codec.read(bytes, 0);

                assertThat(text(read)).isEqualTo(json);
                assertThat(codec.write(new EncodedValue(codec, bytes, 0, read), read.clone(), Map.of(), new byte[0]))
                        .isEqualTo(bytes);
            }
        });
    }

    @Test
    void notesTheMembersThatAScanFinds() {
        forEachSchema((avro, random, schema, codec) -> {
            byte[] bytes = avro.oddBytes(schema, avro.value(schema, 6));
            byte[] json = codec.read(bytes, 0);
            Indexes noted = Indexes.of(JSON.readTree(json), 3);
            Indexes scanned = Indexes.of(JSON.readTree(json), 3);

            codec.read(bytes, 0, noted.index);
            scanned.scan(json);

            assertThat(noted.positions()).isEqualTo(scanned.positions());
        });
    }

    /** The indexes of all objects of a document, down to some depth. */
    private record Indexes(MemberIndex index, List<Indexes> inside) {
        static Indexes of(JsonNode value, int depth) {
            Map<String, MemberIndex> children = new LinkedHashMap<>();
            List<Indexes> inside = new ArrayList<>();
            for (Map.Entry<String, JsonNode> member : value.properties()) {
                if (depth > 0) {
                    Indexes child = of(member.getValue(), depth - 1);
                    children.put(member.getKey(), child.index);
                    inside.add(child);
                }
            }
            return new Indexes(MemberIndex.withChildren(children), inside);
        }

        void scan(byte[] json) throws JsonSyntaxException {
            JsonScanner scanner = new JsonScanner();
            scanner.reset(json, json.length);
            index.reset(json);
            scanner.finish(scanner.object(0, index));
        }

        String positions() {
            return !index.isFound()
                    ? "none"
                    : "%d to %d in %d bytes, %s plain %s, %s"
                            .formatted(
                                    index.start(),
                                    index.end(),
                                    index.json().length,
                                    Arrays.toString(index.spans()),
                                    index.hasPlainNames(),
                                    inside.stream().map(Indexes::positions).toList());
        }
    }

    @Test
    void writesChangesThatAvrosLibraryReads() {
        forEachSchema((avro, random, schema, codec) -> {
            Object datum = avro.value(schema, 6);
            byte[] bytes = avro.oddBytes(schema, datum);
            EncodedValue base = AvroBytes.value(codec, bytes);
            Object changed = avro.changed(schema, datum, 5);
            String json = AvroOracle.json(schema, changed);

            byte[] written = codec.write(base, json.getBytes(UTF_8), Map.of(), new byte[0]);

            assertSame(text(codec.read(written, 0)), json);
            assertSame(AvroOracle.json(schema, decode(schema, written)), json);
        });
    }

    @Test
    void carriesValuesOverToASchemaWithOtherFields() {
        forEachSchema((avro, random, schema, codec) -> {
            Object datum = avro.value(schema, 6);
            EncodedValue base = AvroBytes.value(codec, avro.oddBytes(schema, datum));
            List<Schema.Field> fields = new ArrayList<>();
            fields.add(new Schema.Field("added", Schema.create(Schema.Type.INT), null, 7));
            for (Schema.Field field : schema.getFields()) {
                fields.add(random.nextInt(fields.size() + 1), new Schema.Field(field.name(), wider(field.schema())));
            }
            Schema target = Schema.createRecord("Target", null, "com.acme", false, fields);
            AvroCodec targetCodec = AvroCodec.of(new SchemaText(target.toString(), List.of()));

            byte[] written = targetCodec.write(base, base.json(), Map.of(), new byte[0]);

            String expected =
                    text(base.json()).replaceFirst("^\\{(.)", "{\"added\":7,$1").replace("7,}", "7}");
            assertSame(text(targetCodec.read(written, 0)), expected);
            assertSame(AvroOracle.json(target, decode(target, written)), expected);
        });
    }

    private static Schema wider(Schema schema) {
        if (schema.getType() == Schema.Type.INT && schema.getLogicalType() == null) {
            return Schema.create(Schema.Type.LONG);
        }
        return switch (schema.getType()) {
            case ARRAY -> Schema.createArray(wider(schema.getElementType()));
            case MAP -> Schema.createMap(wider(schema.getValueType()));
            case UNION -> {
                List<Schema> branches = new ArrayList<>(schema.getTypes());
                branches.add(branches.remove(0));
                yield Schema.createUnion(branches);
            }
            default -> schema;
        };
    }

    /** Neither the library's map nor an edit keeps the order of a map's entries, and a union may take 1 as 1.00. */
    private static void assertSame(String actual, String expected) throws JsonProcessingException {
        ObjectMapper jackson = new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
        Comparator<JsonNode> byValue = (one, other) -> one.isNumber() && other.isNumber()
                ? one.decimalValue().compareTo(other.decimalValue())
                : one.equals(other) ? 0 : 1;
        assertThat(jackson.readTree(actual).equals(byValue, jackson.readTree(expected)))
                .as("%s%nand%n%s", actual, expected)
                .isTrue();
    }

    @Test
    void keepsEveryDamagedValueThatItReads() {
        AtomicLong refused = new AtomicLong();
        AtomicLong read = new AtomicLong();
        forEachSchema((avro, random, schema, codec) -> {
            byte[] bytes = avro.oddBytes(schema, avro.value(schema, 4));
            for (int i = 0; i < DAMAGES; i++) {
                byte[] damaged = damaged(bytes, random);
                byte[] json;
                try {
                    json = codec.read(damaged, 0);
                } catch (UnfitException e) {
                    refused.incrementAndGet();
                    continue;
                }
                read.incrementAndGet();
                JsonScanner scanner = new JsonScanner();
                scanner.reset(json, json.length);
                assertThat(scanner.value(0)).isEqualTo(json.length);
                assertThat(codec.write(new EncodedValue(codec, damaged, 0, json), json.clone(), Map.of(), new byte[0]))
                        .isEqualTo(damaged);
            }
        });
        assertThat(List.of(read.get(), refused.get())).as("both happen often").allMatch(count -> count > SCHEMAS);
    }

    private static byte[] damaged(byte[] bytes, SplittableRandom random) {
        int at = random.nextInt(bytes.length + 1);
        switch (random.nextInt(4)) {
            case 0 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 1 -> {
                byte[] more = Arrays.copyOf(bytes, bytes.length + 1);
                System.arraycopy(bytes, at, more, at + 1, bytes.length - at);
                more[at] = (byte) random.nextInt();
                return more;
            }
            default -> {
                byte[] other = bytes.clone();
                if (at < other.length) {
                    other[at] ^= (byte) (1 << random.nextInt(8));
                }
                return other;
            }
        }
    }
}
