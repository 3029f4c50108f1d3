package io.backprocess.batch;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.Serializable;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What results depend on beside the history and the specification, as it was when the batch was planned. The text of rules is part
 * of the specification.
 *
 * @param maxResultBytes how large a batch of one result the result topic takes: the first that is too large is a dead letter
 * @param limits of this program, by name: how deep JSON may be, how often a revision is tried
 * @param revisionJars by the revision's name; none for those that come with this program or are rules
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ResultBasis(int maxResultBytes, SortedMap<String, Long> limits, SortedMap<String, Jar> revisionJars)
        implements Serializable {

    /** The file's name, and what tells it from another of that name. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Jar(String file, String sha256) implements Serializable {}

    public ResultBasis {
        if (maxResultBytes <= 0) {
            throw new IllegalArgumentException("results of at most %d bytes".formatted(maxResultBytes));
        }
        limits = new TreeMap<>(limits == null ? Map.of() : limits);
        revisionJars = new TreeMap<>(revisionJars == null ? Map.of() : revisionJars);
    }
}
