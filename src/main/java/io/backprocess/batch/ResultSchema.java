package io.backprocess.batch;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * The schema that results are written with, instead of that of their source.
 *
 * @param subject a subject of the registry
 * @param version a version of the subject; null where the text is given
 * @param schema the text of the schema; null where the version is given
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ResultSchema(
        String subject, @Nullable Integer version, @Nullable String schema) implements Serializable {

    /** Returns what tells it from others: the version, or a hash of the text. */
    @Override
    public String toString() {
        return schema == null
                ? subject + ":" + version
                : "%s with a text of hash %s".formatted(subject, Sha256.shown(Sha256.of(schema)));
    }
}
