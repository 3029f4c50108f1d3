package io.backprocess.batch;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the values of a history are encoded by schemas.
 *
 * @param format any format but {@link Format#JSON}
 * @param framing where a record names its schema; null where that is not chosen yet
 * @param registry the URL of the schema registry
 * @param resultSchema the schema that results are written with; null where they have that of their source
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Encoding(
        Format format,
        @Nullable Framing framing,
        @Nullable String registry,
        @Nullable ResultSchema resultSchema) implements Serializable {

    /** Returns the encoding; null where values are plain JSON, which has no schema. */
    public static @Nullable Encoding of(
            Format format, @Nullable Framing framing, @Nullable String registry, @Nullable ResultSchema resultSchema) {
        return format == Format.JSON && framing == null && registry == null && resultSchema == null
                ? null
                : new Encoding(format, framing, registry, resultSchema);
    }

    /** Returns the subject that has the schemas of a topic's values, unless the user names another one. */
    public static String defaultSubject(String topic) {
        return topic + "-value";
    }

    /** Returns the values that are given, by the names of their options. */
    public Map<String, Object> values() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("format", format);
        if (framing != null) {
            values.put("framing", framing);
        }
        if (registry != null) {
            values.put("registry", registry);
        }
        if (resultSchema != null) {
            values.put("result-schema", resultSchema);
        }
        return values;
    }

    /** Returns the encoding of the history alone, for those that write no results. */
    public Encoding ofSource() {
        return new Encoding(format, framing, registry, null);
    }

    /** Returns the headers without which a value cannot be read. */
    public Set<String> headers() {
        return framing == null ? Set.of() : framing.headers();
    }

    /** Returns what is wrong with the encoding, one sentence each. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (format == Format.JSON) {
            problems.add(
                    "--format json has no schema, so it takes no --registry, --framing or --result-schema; to read values"
                            + " with schemas: --format avro");
            return problems;
        }
        if (registry == null) {
            problems.add("--format %s needs the schemas of the values; add --registry URL".formatted(format));
        } else {
            problems.addAll(RegistryUrl.problems(registry, framing));
        }
        return problems;
    }
}
