package io.backprocess.format.protobuf;

import io.backprocess.format.JsonBuffer;
import io.backprocess.format.UnfitException;
import io.backprocess.json.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value in changed JSON, with its text as it is; or an implied one, which stands for a value that JSON shows in another form, so
 * that it is no step of a pointer.
 */
final class JsonPart {
    private final @Nullable JsonDocument document;
    private final byte[] json;
    private final int start;
    private final int end;
    private final int container;
    private final Map<String, JsonPart> impliedMembers;
    private final List<JsonPart> impliedElements;

    JsonPart(JsonDocument document, int start, int end, int container) {
        this(document, document.json(), start, end, container, Map.of(), List.of());
    }

    private JsonPart(
            @Nullable JsonDocument document,
            byte[] json,
            int start,
            int end,
            int container,
            Map<String, JsonPart> impliedMembers,
            List<JsonPart> impliedElements) {
        this.document = document;
        this.json = json;
        this.start = start;
        this.end = end;
        this.container = container;
        this.impliedMembers = impliedMembers;
        this.impliedElements = impliedElements;
    }

    static JsonPart implied(Map<String, JsonPart> members) {
        return new JsonPart(null, new byte[] {'{'}, 0, 1, 0, members, List.of());
    }

    static JsonPart array(List<JsonPart> elements) {
        return new JsonPart(null, new byte[] {'['}, 0, 1, 0, Map.of(), elements);
    }

    static JsonPart text(String text) {
        return literal(JsonText.quote(text));
    }

    static JsonPart number(long number) {
        return literal(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
    }

    private static JsonPart literal(byte[] literal) {
        return new JsonPart(null, literal, 0, literal.length, 0, Map.of(), List.of());
    }

    int end() {
        return end;
    }

    boolean isObject() {
        return json[start] == '{';
    }

    boolean isArray() {
        return json[start] == '[';
    }

    boolean isString() {
        return json[start] == '"';
    }

    boolean isNull() {
        return json[start] == 'n';
    }

    boolean isBoolean() {
        return json[start] == 't' || json[start] == 'f';
    }

    boolean isTrue() {
        return json[start] == 't';
    }

    boolean isNumber() {
        return json[start] == '-' || (json[start] >= '0' && json[start] <= '9');
    }

    boolean isImplied() {
        return document == null;
    }

    /** Returns the members of an object. */
    Map<String, JsonPart> members() throws UnfitException {
        return document == null ? impliedMembers : document.members(start, container);
    }

    /** Returns the elements of an array. */
    List<JsonPart> elements() throws UnfitException {
        return document == null ? impliedElements : document.elements(start, container);
    }

    /** Returns the text that a string stands for. */
    String string() {
        return JsonText.decode(json, start + 1, end - 1);
    }

    /** Returns the JSON text. */
    String raw() {
        return new String(json, start, end - start, StandardCharsets.UTF_8);
    }

    /** Tells whether the text is the same, byte for byte, as the buffer's from a position on. */
    boolean isSameAs(JsonBuffer buffer, int from) {
        return buffer.endsWith(from, json, start, end);
    }
}
