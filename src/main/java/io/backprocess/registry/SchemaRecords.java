package io.backprocess.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.batch.Format;
import io.backprocess.batch.Sha256;
import io.backprocess.format.SchemaText;
import io.backprocess.format.SchemaText.Reference;
import io.backprocess.json.ForeignJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes a schema as the values of one or more records. A schema that is too large for one is split: its first record says how
 * many parts there are, and which hash they have together.
 */
final class SchemaRecords {
    /** Half of Kafka's default limit of a record. */
    static final int MAX_BYTES = 512 * 1024;

    private static final int MAX_MESSAGE = 1000;

    private static final ObjectMapper JSON = new ObjectMapper(ForeignJson.factory()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(2 * Budget.MAX_BYTES)
                            .build())
                    .build())
            // A later version may add members.
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .setSerializationInclusion(JsonInclude.Include.NON_NULL);

    /** One record: a whole schema, or what is needed to put its parts together. */
    private record Stored(
            @Nullable Format type,
            @Nullable String schema,
            @Nullable List<StoredReference> references,
            @Nullable Integer parts,
            @Nullable String sha256,
            @Nullable String unknown) {}

    private record StoredReference(String name, String schema) {}

    private SchemaRecords() {}

    /** Returns the values by the ends of their keys. The one with an empty end comes last, so it is never there alone. */
    static Map<String, String> write(StoredSchema schema) {
        String whole = json(new Stored(
                schema.type(),
                schema.text().text(),
                schema.text().references().stream()
                        .map(reference -> new StoredReference(reference.name(), reference.text()))
                        .toList(),
                null,
                null,
                null));
        byte[] utf8 = whole.getBytes(StandardCharsets.UTF_8);
        if (utf8.length <= MAX_BYTES) {
            return Map.of("", whole);
        }
        Map<String, String> values = new LinkedHashMap<>();
        int start = 0;
        while (start < utf8.length) {
            int end = endOfPart(utf8, start);
            values.put(partKey(values.size() + 1), new String(utf8, start, end - start, StandardCharsets.UTF_8));
            start = end;
        }
        values.put("", json(new Stored(null, null, null, values.size(), Sha256.of(utf8, 0, utf8.length), null)));
        return values;
    }

    /** Returns the value for an id without a schema that can be used. A message may quote a schema, so a long one is cut. */
    static String writeUnknown(String message) {
        return json(new Stored(
                null, null, null, null, null, message.substring(0, Math.min(message.length(), MAX_MESSAGE))));
    }

    /** Returns why there is no schema that can be used; null when there is one. */
    static @Nullable String readUnknown(byte[] first) throws IOException {
        return parse(first).unknown();
    }

    /** Returns the end of a part that ends with a whole character. */
    private static int endOfPart(byte[] utf8, int start) {
        int end = Math.min(utf8.length, start + MAX_BYTES);
        while (end < utf8.length && (utf8[end] & 0xC0) == 0x80) {
            end--;
        }
        return end;
    }

    private static String partKey(int part) {
        return "/" + part;
    }

    private static String json(Stored stored) {
        try {
            return JSON.writeValueAsString(stored);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write a schema", e);
        }
    }

    /**
     * Returns the schema of these values.
     *
     * @param values gives the value with this end of its key; null when there is none
     * @throws IOException when they are not the values of one schema
     */
    static StoredSchema read(byte[] first, Function<String, byte @Nullable []> values) throws IOException {
        Stored stored = parse(first);
        if (stored.parts() != null) {
            stored = parse(joined(stored.parts(), Objects.requireNonNullElse(stored.sha256(), ""), values));
        }
        if (stored.type() == null || stored.schema() == null || stored.references() == null) {
            throw new IOException("a member is missing");
        }
        List<Reference> references = new ArrayList<>();
        for (StoredReference reference : stored.references()) {
            if (reference == null || reference.name() == null || reference.schema() == null) {
                throw new IOException("a member of a reference is missing");
            }
            references.add(new Reference(reference.name(), reference.schema()));
        }
        return new StoredSchema(stored.type(), new SchemaText(stored.schema(), references));
    }

    private static byte[] joined(int parts, String sha256, Function<String, byte @Nullable []> values)
            throws IOException {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (int part = 1; part <= parts; part++) {
            byte[] value = values.apply(partKey(part));
            if (value == null) {
                throw new IOException("part %d of %d is missing".formatted(part, parts));
            }
            joined.write(value);
        }
        byte[] whole = joined.toByteArray();
        if (!Sha256.of(whole, 0, whole.length).equals(sha256)) {
            throw new IOException("its %d parts do not have the hash that the first record names".formatted(parts));
        }
        return whole;
    }

    private static Stored parse(byte[] json) throws IOException {
        Stored stored = JSON.readValue(json, Stored.class);
        if (stored == null) {
            throw new IOException("it says null");
        }
        return stored;
    }
}
