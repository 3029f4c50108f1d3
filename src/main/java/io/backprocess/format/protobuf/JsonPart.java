package io.backprocess.format.protobuf;

import io.backprocess.format.UnfitException;
import io.backprocess.json.JsonScanner;
import io.backprocess.json.JsonSyntaxException;
import io.backprocess.json.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A value in changed JSON, with its text as it is. Of two members with the same name, the last counts. */
final class JsonPart {
    private final byte[] json;
    private final int start;
    private int end;
    private final Map<String, JsonPart> members = new LinkedHashMap<>();
    private final List<JsonPart> elements = new ArrayList<>();
    /** Whether the object stands for a value that JSON shows in another form, so that it is no step of a pointer. */
    private final boolean implied;

    private JsonPart(byte[] json, int start, boolean implied) {
        this.json = json;
        this.start = start;
        this.implied = implied;
    }

    static JsonPart parse(byte[] json) throws UnfitException {
        JsonScanner scanner = new JsonScanner();
        scanner.reset(json, json.length);
        int from = scanner.start(0);
        try {
            scanner.finish(scanner.value(from));
        } catch (JsonSyntaxException e) {
            throw new UnfitException("not JSON: " + e.getMessage());
        }
        return new Parser(json, scanner).value(from);
    }

    /** Returns the object that stands for a value in another form. */
    static JsonPart implied(Map<String, JsonPart> members) {
        JsonPart part = new JsonPart(new byte[] {'{'}, 0, true);
        part.members.putAll(members);
        return part;
    }

    static JsonPart text(String text) {
        return literal(JsonText.quote(text));
    }

    static JsonPart number(long number) {
        return literal(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
    }

    static JsonPart array(List<JsonPart> elements) {
        JsonPart part = new JsonPart(new byte[] {'['}, 0, true);
        part.elements.addAll(elements);
        return part;
    }

    private static JsonPart literal(byte[] literal) {
        JsonPart part = new JsonPart(literal, 0, true);
        part.end = literal.length;
        return part;
    }

    /** Builds the parts of a document that was scanned. */
    private record Parser(byte[] json, JsonScanner scanner) {
        JsonPart value(int from) throws UnfitException {
            JsonPart part = new JsonPart(json, from, false);
            if (json[from] == '{') {
                part.end = object(from, part);
            } else if (json[from] == '[') {
                part.end = array(from, part);
            } else {
                part.end = scalar(from);
            }
            return part;
        }

        private int scalar(int from) throws UnfitException {
            try {
                return scanner.value(from);
            } catch (JsonSyntaxException e) {
                throw new UnfitException("not JSON: " + e.getMessage());
            }
        }

        private int object(int from, JsonPart part) throws UnfitException {
            int at = scanner.space(from + 1);
            while (json[at] != '}') {
                int nameEnd = scalar(at);
                String name = JsonText.decode(json, at + 1, nameEnd - 1);
                JsonPart member = value(scanner.space(scanner.space(nameEnd) + 1));
                part.members.put(name, member);
                at = next(member.end);
            }
            return at + 1;
        }

        private int array(int from, JsonPart part) throws UnfitException {
            int at = scanner.space(from + 1);
            while (json[at] != ']') {
                JsonPart element = value(at);
                part.elements.add(element);
                at = next(element.end);
            }
            return at + 1;
        }

        private int next(int valueEnd) {
            int at = scanner.space(valueEnd);
            return json[at] == ',' ? scanner.space(at + 1) : at;
        }
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
        return implied;
    }

    Map<String, JsonPart> members() {
        return members;
    }

    List<JsonPart> elements() {
        return elements;
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
