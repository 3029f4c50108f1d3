package io.backprocess.format.protobuf;

import io.backprocess.format.UnfitException;
import io.backprocess.json.JsonScanner;
import io.backprocess.json.JsonSyntaxException;
import io.backprocess.json.JsonText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A JSON text that was walked over once. It notes only where each object and array ends; their content becomes parts when it is
 * asked for, so that a long text does not fill the heap.
 */
final class JsonDocument {
    private static final int CONTAINER = 2;

    private final byte[] json;
    private final JsonScanner scanner = new JsonScanner();
    /** For each object and array, in the order of their starts: its end, and the number of the next one behind it. */
    private int[] containers = new int[CONTAINER * 16];

    private int count;

    private JsonDocument(byte[] json) {
        this.json = json;
        scanner.reset(json, json.length);
    }

    static JsonPart parse(byte[] json) throws UnfitException {
        JsonDocument document = new JsonDocument(json);
        JsonScanner scanner = document.scanner;
        int from = scanner.start(0);
        try {
            scanner.finish(scanner.value(from));
        } catch (JsonSyntaxException e) {
            throw new UnfitException("not JSON: " + e.getMessage());
        }
        document.note(from);
        return document.part(from, 0);
    }

    byte[] json() {
        return json;
    }

    /** Notes the containers of a value, and returns its end. */
    private int note(int from) throws UnfitException {
        if (!isContainer(from)) {
            return scalarEnd(from);
        }
        if (count * CONTAINER == containers.length) {
            containers = Arrays.copyOf(containers, 2 * containers.length);
        }
        int container = count++;
        byte close = json[from] == '{' ? (byte) '}' : (byte) ']';
        int at = scanner.space(from + 1);
        while (json[at] != close) {
            at = afterComma(note(close == '}' ? valueOf(at) : at));
        }
        containers[container * CONTAINER] = at + 1;
        containers[container * CONTAINER + 1] = count;
        return at + 1;
    }

    private boolean isContainer(int at) {
        return json[at] == '{' || json[at] == '[';
    }

    private int scalarEnd(int from) throws UnfitException {
        try {
            return scanner.value(from);
        } catch (JsonSyntaxException e) {
            throw new UnfitException("not JSON: " + e.getMessage());
        }
    }

    /** Returns the start of the value whose name starts here. */
    private int valueOf(int name) throws UnfitException {
        return scanner.space(scanner.space(scalarEnd(name)) + 1);
    }

    private int afterComma(int valueEnd) {
        int at = scanner.space(valueEnd);
        return json[at] == ',' ? scanner.space(at + 1) : at;
    }

    /** Returns a value, given the number that it has if it is a container. */
    private JsonPart part(int from, int container) throws UnfitException {
        int end = isContainer(from) ? containers[container * CONTAINER] : scalarEnd(from);
        return new JsonPart(this, from, end, container);
    }

    private int containerAfter(JsonPart part, int container) {
        return part.isObject() || part.isArray() ? containers[container * CONTAINER + 1] : container;
    }

    /** Returns the members of an object; of two with the same name, the last. */
    Map<String, JsonPart> members(int from, int container) throws UnfitException {
        Map<String, JsonPart> members = new LinkedHashMap<>();
        int inner = container + 1;
        int at = scanner.space(from + 1);
        while (json[at] != '}') {
            String name = JsonText.decode(json, at + 1, scalarEnd(at) - 1);
            JsonPart member = part(valueOf(at), inner);
            members.put(name, member);
            inner = containerAfter(member, inner);
            at = afterComma(member.end());
        }
        return members;
    }

    List<JsonPart> elements(int from, int container) throws UnfitException {
        List<JsonPart> elements = new ArrayList<>();
        int inner = container + 1;
        int at = scanner.space(from + 1);
        while (json[at] != ']') {
            JsonPart element = part(at, inner);
            elements.add(element);
            inner = containerAfter(element, inner);
            at = afterComma(element.end());
        }
        return elements;
    }
}
