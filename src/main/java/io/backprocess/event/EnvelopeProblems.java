package io.backprocess.event;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Says why a value is no envelope: what stands where something else is needed. */
final class EnvelopeProblems {
    private static final int MEMBERS = 6;
    private static final int MAX_SHOWN = 40;

    /** The words of versions that knew Backprocess's own envelope only. */
    static final String FORMER_VALUE = "the value is no JSON object";

    private EnvelopeProblems() {}

    /** Describes a part as versions did that knew Backprocess's own envelope only. */
    static String former(String what, @Nullable JsonValue found) {
        return switch (what) {
            case "eventId" -> found == null ? "eventId is missing" : "eventId is no text, or empty";
            case "processVersion" -> "processVersion is missing, or no number";
            default -> "payload is missing, or no object";
        };
    }

    /**
     * Describes a part that is missing or of the wrong kind: {@code processVersion is text "v1", a number is needed: see
     * --envelope}.
     *
     * @param place the place of the part; null where it has the part's own name
     * @param found the value there; null for none
     * @param record the record, whose headers are named if the part should be in one
     * @param root the whole value, whose members are named otherwise
     */
    static String text(
            String what,
            @Nullable Place place,
            @Nullable JsonValue found,
            String needed,
            SourceRecord record,
            @Nullable ScannedObject root) {
        String where = place == null ? what : "%s at %s".formatted(what, place);
        return found == null
                ? "%s is missing (%s): see --envelope"
                        .formatted(where, place != null && place.isHeader() ? headers(record.headers()) : members(root))
                : "%s is %s, %s is needed: see --envelope".formatted(where, kind(found), needed);
    }

    /** Describes the members of an object: {@code the value has specversion, id, source and 4 more}. */
    static String members(@Nullable ScannedObject root) {
        if (root == null || root.size() == 0) {
            return "the value has no members";
        }
        return "the value has " + some(IntStream.range(0, root.size()).mapToObj(root::name), root.size());
    }

    private static String headers(Headers headers) {
        List<String> names =
                Stream.of(headers.toArray()).map(Header::key).distinct().toList();
        return names.isEmpty()
                ? "the record has no headers"
                : "the record has the headers " + some(names.stream(), names.size());
    }

    private static String some(Stream<String> names, int size) {
        String first = names.limit(MEMBERS).map(EnvelopeProblems::cut).collect(Collectors.joining(", "));
        return size <= MEMBERS ? first : "%s and %s more".formatted(first, size - MEMBERS);
    }

    private static String kind(JsonValue value) {
        if (value.isText()) {
            return value.end() - value.start() == 2 ? "an empty text" : "text " + cut(value.literal());
        }
        return value.isNumber()
                ? "the number " + cut(value.literal())
                : value.isObject() ? "an object" : value.isArray() ? "an array" : value.literal();
    }

    /** Describes a document that is valid JSON and no object. */
    static String kind(byte[] json) {
        int at = 0;
        while (at < json.length && "\"[tfn-0123456789".indexOf(json[at]) < 0) {
            at++;
        }
        int first = at < json.length ? json[at] : 0;
        return switch (first) {
            case '"' -> "text";
            case '[' -> "an array";
            case 't', 'f' -> "true or false";
            case 'n' -> "null";
            default -> "a number";
        };
    }

    private static String cut(String text) {
        return text.length() <= MAX_SHOWN
                ? text
                : text.substring(0, Character.isHighSurrogate(text.charAt(MAX_SHOWN - 1)) ? MAX_SHOWN - 1 : MAX_SHOWN)
                        + "…";
    }
}
