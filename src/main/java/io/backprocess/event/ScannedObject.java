package io.backprocess.event;

import io.backprocess.json.JsonScanner;
import io.backprocess.json.JsonSyntaxException;
import io.backprocess.json.JsonText;
import io.backprocess.json.MemberIndex;
import java.io.DataOutput;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An object at its place in the bytes of a JSON text, with an index of its members. Nothing is copied. */
final class ScannedObject extends JsonObject {
    static final int ABSENT = -1;

    private final byte[] json;
    private final int start;
    private final int end;
    private final int[] spans;
    private final boolean plainNames;

    /** @param index the index that has just been filled from the object */
    ScannedObject(MemberIndex index) {
        this.json = index.json();
        this.start = index.start();
        this.end = index.end();
        this.spans = index.spans();
        this.plainNames = index.hasPlainNames();
    }

    /** Indexes the valid object {@code json[start, end)}. */
    static ScannedObject index(byte[] json, int start, int end) {
        JsonScanner scanner = new JsonScanner();
        scanner.reset(json, end);
        MemberIndex index = MemberIndex.flat();
        index.reset(json);
        try {
            scanner.object(start, index);
        } catch (JsonSyntaxException e) {
            throw new IllegalStateException("an object that was scanned successfully before is malformed now", e);
        }
        return new ScannedObject(index);
    }

    /** Implements {@link JsonObject#read}. */
    static @Nullable ScannedObject scan(byte[] json) {
        JsonScanner scanner = new JsonScanner();
        scanner.reset(json, json.length);
        MemberIndex index = MemberIndex.flat();
        index.reset(json);
        try {
            int start = scanner.start(0);
            if (start >= json.length || json[start] != '{') {
                return null;
            }
            int end = scanner.object(start, index);
            scanner.finish(end);
            return new ScannedObject(index);
        } catch (JsonSyntaxException e) {
            return null;
        }
    }

    /** Writes the positions of the members, as {@link MemberIndex#read} reads them. */
    void writePositions(DataOutput out) throws IOException {
        MemberIndex.write(start, end, spans, plainNames, out);
    }

    @Override
    public byte[] document() {
        return json;
    }

    @Override
    public int start() {
        return start;
    }

    @Override
    public int end() {
        return end;
    }

    @Override
    public int size() {
        return spans.length / MemberIndex.SPAN;
    }

    @Override
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        for (int i = 0; i < size(); i++) {
            names.add(name(i));
        }
        return names;
    }

    @Override
    public Map<String, JsonValue> members() {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        for (int i = 0; i < size(); i++) {
            members.put(name(i), value(i));
        }
        return members;
    }

    @Override
    public @Nullable JsonValue get(String name) {
        int member = find(name);
        return member == ABSENT ? null : value(member);
    }

    @Override
    public boolean has(String name) {
        int member = find(name);
        return member != ABSENT && json[valueStart(member)] != 'n';
    }

    String name(int member) {
        return JsonText.decode(json, nameStart(member), nameEnd(member));
    }

    int find(String name) {
        for (int i = size() - 1; i >= 0; i--) {
            if (isNamed(i, name)) {
                return i;
            }
        }
        return ABSENT;
    }

    boolean isNamed(int member, String name) {
        int start = nameStart(member);
        int nameEnd = nameEnd(member);
        return plainNames ? JsonText.isPlain(json, start, nameEnd, name) : JsonText.equal(json, start, nameEnd, name);
    }

    JsonValue value(int member) {
        return new JsonValue(json, valueStart(member), valueEnd(member));
    }

    int nameStart(int member) {
        return spans[member * MemberIndex.SPAN];
    }

    int nameEnd(int member) {
        return spans[member * MemberIndex.SPAN + 1];
    }

    int valueStart(int member) {
        return spans[member * MemberIndex.SPAN + 2];
    }

    int valueEnd(int member) {
        return spans[member * MemberIndex.SPAN + 3];
    }
}
