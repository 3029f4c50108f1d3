package io.backprocess.event;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object where it stands in its document. Where a name is given twice, the last one counts, as Jackson has it.
 *
 * <p>{@code text}, {@code number}, {@code bool}, {@code instant}, {@code object} and {@code elements} give null where the member
 * is absent, is null or is of another kind: a revision asks for what it needs and says no where it gets none. {@link #get}
 * tells these cases apart, {@link #at} looks inside.
 */
public final class JsonObject {
    static final int ABSENT = -1;

    private final byte[] json;
    private final int start;
    private final int end;
    private final int[] spans;
    private final boolean plainNames;

    /** @param plainNames whether all names stand there in ASCII and without an escape */
    JsonObject(byte[] json, int start, int end, int[] spans, boolean plainNames) {
        this.json = json;
        this.start = start;
        this.end = end;
        this.spans = spans;
        this.plainNames = plainNames;
    }

    /** Looks into the valid object {@code json[start, end)}. */
    static JsonObject index(byte[] json, int start, int end) {
        JsonScanner scanner = new JsonScanner();
        scanner.reset(json, end);
        MemberIndex index = MemberIndex.flat();
        index.reset(json);
        try {
            scanner.object(start, index);
        } catch (MalformedJsonException e) {
            throw new IllegalStateException("an object that was scanned before is malformed now", e);
        }
        return index.object(start, end);
    }

    /** A document that is an object; null where it is any other value, or no JSON. */
    public static @Nullable JsonObject read(byte[] json) {
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
            return index.object(start, end);
        } catch (MalformedJsonException e) {
            return null;
        }
    }

    /** The document that this object stands in; together with {@link #start} and {@link #end} for those who must not copy. */
    public byte[] document() {
        return json;
    }

    /** Of the opening brace. */
    public int start() {
        return start;
    }

    /** After the closing brace. */
    public int end() {
        return end;
    }

    public int size() {
        return spans.length / MemberIndex.SPAN;
    }

    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        for (int i = 0; i < size(); i++) {
            names.add(name(i));
        }
        return names;
    }

    String name(int member) {
        return JsonText.decode(json, nameStart(member), nameEnd(member));
    }

    /** All of it, by name, in the order in which the names come first. */
    public Map<String, JsonValue> members() {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        for (int i = 0; i < size(); i++) {
            members.put(name(i), value(i));
        }
        return members;
    }

    /** The member's value, which may be a JSON null; null where there is no such member. */
    public @Nullable JsonValue get(String name) {
        int member = find(name);
        return member == ABSENT ? null : value(member);
    }

    /** Whether the member is there and is not null. */
    public boolean has(String name) {
        int member = find(name);
        return member != ABSENT && json[valueStart(member)] != 'n';
    }

    /** The member's text; null where it is absent or no text. */
    public @Nullable String text(String name) {
        JsonValue value = get(name);
        return value == null ? null : value.text();
    }

    /**
     * The member's number without loss.
     *
     * @throws NumberFormatException when its exponent does not fit a BigDecimal ({@code 1e99999999999})
     */
    public @Nullable BigDecimal number(String name) {
        JsonValue value = get(name);
        return value == null ? null : value.number();
    }

    /** Whether the member is {@code true}. */
    public @Nullable Boolean bool(String name) {
        JsonValue value = get(name);
        return value == null ? null : value.bool();
    }

    /** The member's point in time, where it is text in the form of {@link JsonValue#instant}. */
    public @Nullable Instant instant(String name) {
        JsonValue value = get(name);
        return value == null ? null : value.instant();
    }

    public @Nullable JsonObject object(String name) {
        JsonValue value = get(name);
        return value == null ? null : value.object();
    }

    public @Nullable List<JsonValue> elements(String name) {
        JsonValue value = get(name);
        return value == null ? null : value.elements();
    }

    /**
     * The value that a JSON Pointer (RFC 6901) points to, seen from this object: {@code /device/os}, {@code /items/0/price}; null
     * where there is none.
     *
     * @throws IllegalArgumentException when it does not start with a slash
     */
    public @Nullable JsonValue at(String pointer) {
        return Pointer.of(pointer).find(this);
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
