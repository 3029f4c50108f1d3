package io.backprocess.event;

import io.backprocess.json.JsonPointer;
import io.backprocess.json.Splices;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sets or removes the value at a JSON Pointer. All bytes outside the pointer's path stay unchanged. */
final class PathEdit {
    private static final byte[] NOTHING = new byte[0];
    private static final byte[] EMPTY_OBJECT = {'{', '}'};

    private final JsonPointer pointer;
    /** The pointer as messages name it, where parents must exist; null where parents that are missing are created. */
    private final @Nullable String existing;

    PathEdit(JsonPointer pointer) {
        this(pointer, null);
    }

    private PathEdit(JsonPointer pointer, @Nullable String existing) {
        this.pointer = pointer;
        this.existing = existing;
    }

    /**
     * Returns an edit that creates no parents.
     *
     * @param shown the pointer as messages name it
     */
    static PathEdit ofExisting(JsonPointer pointer, String shown) {
        return new PathEdit(pointer, shown);
    }

    void set(ObjectEdit edit, byte[] literal) {
        set(edit, 0, literal);
    }

    void remove(ObjectEdit edit) {
        remove(edit, 0);
    }

    private void set(ObjectEdit edit, int depth, byte[] literal) {
        String name = pointer.path().get(depth);
        boolean last = depth + 1 == pointer.path().size();
        edit.set(name, last ? literal : set(bytes(edit.value(name)), depth + 1, literal));
    }

    private byte[] set(byte @Nullable [] json, int depth, byte[] literal) {
        String step = pointer.path().get(depth);
        JsonValue here = json == null ? null : new JsonValue(json, 0, json.length);
        if (existing != null && (here == null || !(here.isObject() || here.isArray()))) {
            throw new IllegalArgumentException(
                    "%s cannot be written: the record has no object for it".formatted(existing));
        }
        List<JsonValue> elements = here == null ? null : here.elements();
        if (here != null && elements != null) {
            return setElement(here, elements, depth, literal);
        }
        if (here != null && !here.isNull() && !here.isObject()) {
            throw new IllegalArgumentException(
                    "cannot set %s: what stands at %s is neither an object nor an array but %s"
                            .formatted(pointer.text(), pointer.upTo(depth), here.literal()));
        }
        byte[] object = here == null || here.isNull() ? EMPTY_OBJECT : here.bytes();
        if (object == EMPTY_OBJECT
                && (JsonPointer.index(step) != JsonPointer.NOWHERE || step.equals(JsonPointer.END))) {
            throw new IllegalArgumentException(
                    "cannot set %s: there is no array at %s".formatted(pointer.text(), pointer.upTo(depth)));
        }
        ObjectEdit edit = objectEdit(object);
        set(edit, depth, literal);
        return edit.apply();
    }

    private byte[] setElement(JsonValue array, List<JsonValue> elements, int depth, byte[] literal) {
        String step = pointer.path().get(depth);
        boolean last = depth + 1 == pointer.path().size();
        int index = step.equals(JsonPointer.END) ? elements.size() : JsonPointer.index(step);
        if (index == JsonPointer.NOWHERE || index > elements.size()) {
            throw new IllegalArgumentException("cannot set %s: the array at %s has %s elements and no place '%s'"
                    .formatted(pointer.text(), pointer.upTo(depth), elements.size(), step));
        }
        Splices splices = new Splices();
        if (index < elements.size()) {
            JsonValue element = elements.get(index);
            splices.replace(element.start(), element.end(), last ? literal : set(element.bytes(), depth + 1, literal));
        } else {
            String comma = elements.isEmpty() ? "" : ",";
            int at = elements.isEmpty()
                    ? array.start() + 1
                    : elements.get(elements.size() - 1).end();
            splices.replace(at, at, comma.getBytes(StandardCharsets.US_ASCII));
            splices.replace(at, at, last ? literal : set((byte[]) null, depth + 1, literal));
        }
        return splices.apply(array.document());
    }

    private void remove(ObjectEdit edit, int depth) {
        String name = pointer.path().get(depth);
        JsonValue value = edit.value(name);
        if (value == null) {
            return;
        }
        if (depth + 1 == pointer.path().size()) {
            edit.remove(name);
        } else {
            edit.set(name, remove(value.bytes(), depth + 1));
        }
    }

    private byte[] remove(byte[] json, int depth) {
        JsonValue here = new JsonValue(json, 0, json.length);
        if (here.isObject()) {
            ObjectEdit edit = objectEdit(json);
            remove(edit, depth);
            return edit.apply();
        }
        List<JsonValue> elements = here.elements();
        int index = JsonPointer.index(pointer.path().get(depth));
        if (elements == null || index == JsonPointer.NOWHERE || index >= elements.size()) {
            return json;
        }
        JsonValue element = elements.get(index);
        Splices splices = new Splices();
        if (depth + 1 < pointer.path().size()) {
            splices.replace(element.start(), element.end(), remove(element.bytes(), depth + 1));
        } else if (index > 0) {
            splices.replace(elements.get(index - 1).end(), element.end(), NOTHING);
        } else {
            int end = elements.size() > 1 ? elements.get(1).start() : element.end();
            splices.replace(element.start(), end, NOTHING);
        }
        return splices.apply(json);
    }

    private static byte @Nullable [] bytes(@Nullable JsonValue value) {
        return value == null ? null : value.bytes();
    }

    private static ObjectEdit objectEdit(byte[] json) {
        return new ObjectEdit(ScannedObject.index(json, 0, json.length));
    }
}
