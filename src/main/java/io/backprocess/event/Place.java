package io.backprocess.event;

import io.backprocess.json.JsonPointer;
import java.io.Serializable;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A place in which a record keeps one part of its envelope.
 *
 * @param text the JSON Pointer, the header's name, or the subject of a schema's version; empty for the other kinds
 */
public record Place(Kind kind, String text) implements Serializable {
    private static final String HEADER = "header:";
    private static final String SCHEMA_VERSION = "schema-version";
    private static final Pattern LONE_TILDE = Pattern.compile("~(?![01])");

    /** The kinds of places. */
    public enum Kind {
        /** A JSON Pointer into the record's value. */
        POINTER,
        /** A header of the record; the last one of the name counts. */
        HEADER,
        /** The record's key, as UTF-8 text. */
        KEY,
        /** The record's topic, partition and offset. */
        ORIGIN,
        /** The whole value of the record. */
        VALUE,
        /** The timestamp that Kafka keeps with the record. */
        RECORD,
        /** The version that the schema of the record's value has in a subject of the schema registry. */
        SCHEMA_VERSION
    }

    /**
     * Parses a place: a JSON Pointer, {@code header:NAME}, {@code key}, {@code origin}, {@code value}, {@code record} or
     * {@code schema-version}, which has no subject yet.
     *
     * @throws IllegalArgumentException when the text is none of them, or not one of the allowed kinds; the message goes to the
     *     user
     */
    public static Place of(String text, List<Kind> allowed) {
        Place place = of(text);
        if (place == null || !allowed.contains(place.kind)) {
            throw new IllegalArgumentException("'%s' is not a place: give %s".formatted(text, words(allowed)));
        }
        return place;
    }

    private static Place of(String text) {
        if (text.startsWith("/")) {
            if (LONE_TILDE.matcher(text).find()) {
                throw new IllegalArgumentException(
                        "'%s' is not a JSON Pointer: write ~0 for a tilde, and ~1 for a slash in a name"
                                .formatted(text));
            }
            return pointer(text);
        }
        if (text.startsWith(HEADER) && text.length() > HEADER.length()) {
            return header(text.substring(HEADER.length()));
        }
        return switch (text) {
            case "key" -> new Place(Kind.KEY, "");
            case "origin" -> new Place(Kind.ORIGIN, "");
            case "value" -> new Place(Kind.VALUE, "");
            case "record" -> new Place(Kind.RECORD, "");
            case SCHEMA_VERSION -> schemaVersion("");
            default ->
                throw new IllegalArgumentException(
                        "'%s' is not a place: give a JSON Pointer such as /meta/id, header:NAME, or a word of docs/envelopes.md"
                                .formatted(text));
        };
    }

    public static Place pointer(String pointer) {
        return new Place(Kind.POINTER, pointer);
    }

    public static Place header(String name) {
        return new Place(Kind.HEADER, name);
    }

    public static Place schemaVersion(String subject) {
        return new Place(Kind.SCHEMA_VERSION, subject);
    }

    private static String words(List<Kind> allowed) {
        List<String> words = allowed.stream()
                .map(kind -> switch (kind) {
                    case POINTER -> "a JSON Pointer such as /meta/id";
                    case HEADER -> "header:NAME";
                    case KEY -> "key";
                    case ORIGIN -> "origin";
                    case VALUE -> "value";
                    case RECORD -> "record";
                    case SCHEMA_VERSION -> SCHEMA_VERSION;
                })
                .toList();
        return words.size() == 1
                ? words.get(0)
                : String.join(", ", words.subList(0, words.size() - 1)) + " or " + words.get(words.size() - 1);
    }

    boolean isPointer() {
        return kind == Kind.POINTER;
    }

    boolean isHeader() {
        return kind == Kind.HEADER;
    }

    /** Returns the pointer of a place in the value. */
    JsonPointer pointer() {
        return JsonPointer.of(text);
    }

    /** Returns the place as a mapping file names it. */
    @Override
    public String toString() {
        return switch (kind) {
            case POINTER -> text;
            case HEADER -> HEADER + text;
            case KEY -> "key";
            case ORIGIN -> "origin";
            case VALUE -> "value";
            case RECORD -> "record";
            case SCHEMA_VERSION -> SCHEMA_VERSION;
        };
    }
}
