package io.backprocess.batch;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.Serializable;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The inputs that results depend on beside the history and the specification, as they were when the batch was planned. The text
 * of rules is not among them, because it is part of the specification.
 *
 * @param maxResultBytes the size in bytes of the largest record batch with one result that the result topic accepts; an event
 *     whose result is larger becomes a dead letter
 * @param limits the limits of this program by name, such as the depth of JSON and the number of attempts of a revision
 * @param revisionJars the jar of each revision by the revision's name; rules and the revisions of this program have none
 * @param keepsCorrelationId whether results keep the former correlationId of their events as a header; null in plans of versions
 *     that did not keep it
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ResultBasis(
        int maxResultBytes,
        SortedMap<String, Long> limits,
        SortedMap<String, Jar> revisionJars,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean keepsCorrelationId)
        implements Serializable {

    /** The name of a jar file, and the hash that distinguishes it from another file of that name. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Jar(String file, String sha256) implements Serializable {}

    public ResultBasis {
        if (maxResultBytes <= 0) {
            throw new IllegalArgumentException(
                    "a limit of %d bytes for results is not valid; it must be 1 or more".formatted(maxResultBytes));
        }
        limits = new TreeMap<>(limits == null ? Map.of() : limits);
        revisionJars = new TreeMap<>(revisionJars == null ? Map.of() : revisionJars);
    }
}
