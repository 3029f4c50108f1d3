package io.backprocess.event;

import io.backprocess.json.JsonScanner;
import io.backprocess.json.JsonText;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the process version of an event stands, and which texts mean which version.
 *
 * @param kind the JSON kind that the version must have, and gets where there was none; null for text or number
 * @param map the version that a text means, or a version in the schema registry; numbers and numeric text need no entry
 * @param write the text that a version is written as, where several texts mean it
 * @param absent the version of an event that has none; null where such an event becomes a dead letter
 */
public record VersionSource(
        Place from,
        @Nullable Kind kind,
        SortedMap<String, ProcessVersion> map,
        SortedMap<String, String> write,
        @Nullable ProcessVersion absent)
        implements Serializable {

    /** The JSON kind of a version. */
    public enum Kind {
        TEXT,
        NUMBER
    }

    public VersionSource {
        map = new TreeMap<>(map);
        write = new TreeMap<>(write);
    }

    /** Tells whether the version is that of the schema of the value, so that results say theirs by their own schema. */
    public boolean isOfSchema() {
        return from.kind() == Place.Kind.SCHEMA_VERSION;
    }

    /** Returns the version that a text means; null where it means none. */
    public @Nullable ProcessVersion version(String text) {
        ProcessVersion mapped = map.get(text);
        if (mapped != null) {
            return mapped;
        }
        return text.length() <= JsonScanner.MAX_NUMBER_LENGTH && ProcessVersion.isNumber(text)
                ? ProcessVersion.of(text)
                : null;
    }

    /**
     * Returns the text that a result of the version gets.
     *
     * @throws IllegalArgumentException when the map has no text for it, or several
     */
    public String text(ProcessVersion version) {
        String chosen = write.get(version.toString());
        if (chosen != null || map.isEmpty()) {
            return chosen == null ? version.toString() : chosen;
        }
        String found = null;
        for (Map.Entry<String, ProcessVersion> each : map.entrySet()) {
            if (each.getValue().equals(version)) {
                if (found != null) {
                    throw new IllegalArgumentException(
                            "several texts mean version %s: say which one results get with 'write: { \"%s\": TEXT }'"
                                    .formatted(version, version));
                }
                found = each.getKey();
            }
        }
        if (found == null) {
            throw new IllegalArgumentException(
                    ("no text of 'map' means version %s, which a revision makes: add it, as in 'map: { TEXT: %s }', or write the"
                                    + " number itself with 'write: { \"%s\": \"%s\" }'")
                            .formatted(version, version, version, version));
        }
        return found;
    }

    /** Returns the JSON literal of a version that takes the place of an earlier one; null where there was none. */
    byte[] literal(ProcessVersion version, @Nullable JsonValue earlier) {
        boolean quoted = (earlier != null && !earlier.isNull()) ? earlier.isText() : kind == Kind.TEXT;
        // Every result needs its version, and most histories have numbers without a map.
        boolean plain = map.isEmpty() && write.isEmpty();
        String text = plain ? version.toString() : text(version);
        return quoted || (!plain && !ProcessVersion.isNumber(text))
                ? JsonText.quote(text)
                : text.getBytes(StandardCharsets.US_ASCII);
    }
}
