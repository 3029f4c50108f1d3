package io.backprocess.format.jsonschema;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import io.backprocess.format.Codec;
import io.backprocess.format.EncodedValue;
import io.backprocess.format.SchemaText;
import io.backprocess.format.UnfitException;
import io.backprocess.json.JsonPointer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON text with a JSON Schema, of drafts 4 to 2020-12; a schema that does not name its draft has draft 7, as in Confluent's
 * registry. The keyword {@code format} is an annotation. References are resolved among those of the schema's text, never from the
 * network or from files.
 *
 * <p>Changed JSON has to comply with the schema. A history need not: what broke the schema before the change, and still breaks it
 * in the same way, is accepted. With another schema than the base's, all of the result has to comply.
 */
public final class JsonSchemaCodec implements Codec {
    private static final int MAX_SHOWN = 60;

    private final Schema schema;

    private JsonSchemaCodec(Schema schema) {
        this.schema = schema;
    }

    /**
     * Reads a schema.
     *
     * @throws UnfitException when the text is not a schema, has a draft that is not known, or refers to a schema that is not
     *     among its references
     */
    public static JsonSchemaCodec of(SchemaText schema) throws UnfitException {
        return new JsonSchemaCodec(new GivenSchemas(schema).compile());
    }

    /** Returns the limits by name. A value or a result that exceeds one of them is refused. */
    public static Map<String, Long> limits() {
        return Map.of(
                "json-schema.steps",
                BoundedEvaluation.STEPS,
                "json-schema.steps-per-byte",
                BoundedEvaluation.STEPS_PER_BYTE,
                "json-schema.violations",
                (long) BoundedEvaluation.MAX_VIOLATIONS,
                "json-schema.violation-text",
                BoundedEvaluation.MAX_VIOLATION_TEXT,
                "json-schema.depth",
                (long) BoundedEvaluation.MAX_DEPTH);
    }

    /**
     * Returns the bytes after the frame as they are. It does not check that they are JSON, since whoever reads the JSON scans it
     * to the last byte anyway, nor that they comply with the schema, since a history need not.
     */
    @Override
    public byte[] read(byte[] value, int from) throws UnfitException {
        if (from >= value.length) {
            throw new UnfitException("no byte after the frame of " + value.length + " bytes");
        }
        return Arrays.copyOfRange(value, from, value.length);
    }

    /** Checks the changed JSON against the schema, and returns the same bytes. */
    @Override
    public byte[] write(EncodedValue base, byte[] json, Map<JsonPointer, JsonPointer> origins, byte[] frame)
            throws UnfitException {
        List<Error> violations = BoundedEvaluation.violations(schema, json);
        if (!violations.isEmpty()) {
            refuseNewOnes(
                    violations, base.codec() == this ? BoundedEvaluation.violations(schema, base.json()) : List.of());
        }
        byte[] value = Arrays.copyOf(frame, frame.length + json.length);
        System.arraycopy(json, 0, value, frame.length, json.length);
        return value;
    }

    /**
     * Refuses a violation that occurs more often than before. Places do not count but for those in the schema, because an
     * element that moves within its array violates the schema as before.
     */
    private static void refuseNewOnes(List<Error> violations, List<Error> before) throws UnfitException {
        Map<Violation, Integer> known = new HashMap<>();
        before.forEach(each -> known.merge(Violation.of(each), 1, Integer::sum));
        for (Error each : violations) {
            if (known.merge(Violation.of(each), -1, Integer::sum) < 0) {
                throw new UnfitException(message(each));
            }
        }
    }

    private static String message(Error violation) {
        String place = String.valueOf(violation.getInstanceLocation());
        String value = violation.getInstanceNode() == null
                ? ""
                : violation.getInstanceNode().toString();
        return "%s: %s breaks '%s' of the schema at %s: %s"
                .formatted(
                        place.isEmpty() ? "/" : place,
                        shorten(value),
                        violation.getKeyword(),
                        violation.getEvaluationPath(),
                        shorten(violation.getMessage()));
    }

    private static String shorten(String text) {
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
    }
}
