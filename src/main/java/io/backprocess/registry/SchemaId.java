package io.backprocess.registry;

import java.util.Locale;
import java.util.UUID;

/**
 * The name of a schema in its registry. A batch can meet several kinds, and the same number names another schema in each of them.
 *
 * @param high the first half of a GUID; 0 for a number
 * @param low the second half of a GUID, or the number
 */
public record SchemaId(Kind kind, long high, long low) {
    /** What the id is. */
    public enum Kind {
        /** Confluent's number of a schema: {@code 7}. */
        CONFLUENT,
        /** Confluent's GUID of a schema. */
        GUID,
        /** Apicurio's number of a content, which several versions may have: {@code content-7}. */
        CONTENT,
        /** Apicurio's number of a version: {@code global-7}. */
        GLOBAL
    }

    static SchemaId number(Kind kind, long number) {
        return new SchemaId(kind, 0, number);
    }

    static SchemaId guid(long high, long low) {
        return new SchemaId(Kind.GUID, high, low);
    }

    /**
     * Returns the id with this text.
     *
     * @throws IllegalArgumentException when {@link #toString} makes this text of no id
     */
    public static SchemaId of(String text) {
        SchemaId id = parse(text);
        if (!id.toString().equals(text)) {
            throw new IllegalArgumentException("'" + text + "' is not the id of a schema");
        }
        return id;
    }

    private static SchemaId parse(String text) {
        for (Kind kind : new Kind[] {Kind.CONTENT, Kind.GLOBAL}) {
            if (text.startsWith(prefix(kind))) {
                return number(kind, Long.parseLong(text.substring(prefix(kind).length())));
            }
        }
        if (text.indexOf('-') > 0) {
            UUID guid = UUID.fromString(text);
            return guid(guid.getMostSignificantBits(), guid.getLeastSignificantBits());
        }
        return number(Kind.CONFLUENT, Long.parseLong(text));
    }

    private static String prefix(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT) + '-';
    }

    /** Returns a text that no other id has. It is part of keys, so it never changes. */
    @Override
    public String toString() {
        return switch (kind) {
            case CONFLUENT -> Long.toString(low);
            case GUID -> new UUID(high, low).toString();
            case CONTENT, GLOBAL -> prefix(kind) + low;
        };
    }
}
