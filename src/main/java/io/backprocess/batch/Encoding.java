package io.backprocess.batch;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the values of a history are encoded by schemas.
 *
 * @param format any format but {@link Format#JSON}
 * @param framing where a record names its schema; null where that is not chosen yet
 * @param registry the URL of the schema registry
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Encoding(
        Format format, @Nullable Framing framing, @Nullable String registry) implements Serializable {

    /** Returns the encoding; null where values are plain JSON, which has no schema. */
    public static @Nullable Encoding of(Format format, @Nullable Framing framing, @Nullable String registry) {
        return format == Format.JSON && framing == null && registry == null
                ? null
                : new Encoding(format, framing, registry);
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
        return values;
    }

    /** Returns what is wrong with the encoding, one sentence each. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (format == Format.JSON) {
            problems.add(
                    "--format json has no schema, so it takes neither --registry nor --framing; to read values with"
                            + " schemas: --format avro");
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
