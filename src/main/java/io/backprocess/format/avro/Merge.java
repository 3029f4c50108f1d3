package io.backprocess.format.avro;

import io.backprocess.format.EncodedValue;
import io.backprocess.json.JsonPointer;
import io.backprocess.json.JsonScanner;
import io.backprocess.json.JsonSyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes changed JSON around the bytes of the base that stay. Three positions move together: one in the changed JSON, which
 * methods take and return, and the cursors in the base's bytes and in its JSON. Where both texts agree, the bytes are copied.
 */
final class Merge {
    private static final int LONGEST_EXCERPT = 60;
    /** A base work on union branches that fit a value only in part, and as many times the JSON's length. */
    private static final int FREE_ATTEMPTS = 1 << 20;

    static final int ATTEMPTS_PER_BYTE = 64;

    final byte[] json;
    final byte[] base;
    final byte[] baseJson;
    final Output out;
    final SameTypes types;
    /** The cursor in the base's bytes. */
    int baseAt;
    /** The cursor in the base's JSON. */
    int baseJsonAt;

    private final Place root;
    private final boolean inOrder;
    private final int maxDepth;
    private final JsonScanner scanner = new JsonScanner();
    private int depth;
    /** How many parts around the cursor are written with a base elsewhere, or in another order than the base. */
    private int apart;

    private boolean finished;
    private boolean exact;
    private long attempts;
    /** The two texts are equal up to {@code agreedUntil} in the base's, where the other is shifted so far. */
    private int agreedShift;

    private int agreedFrom;
    private int agreedUntil = -1;

    /**
     * @param inOrder whether members may be written as they are met, in the hope that none is there twice
     * @param maxDepth the depth beyond which the merge needs a {@link DeepStack}
     */
    Merge(EncodedValue base, byte[] json, Place root, SameTypes types, boolean inOrder, int maxDepth) {
        this.maxDepth = maxDepth;
        this.inOrder = inOrder;
        this.json = json;
        this.base = base.value();
        this.baseJson = base.json();
        this.root = root;
        this.types = types;
        this.out = new Output(this.base, this.base.length + 64);
        this.attempts = FREE_ATTEMPTS + (long) ATTEMPTS_PER_BYTE * json.length;
        scanner.reset(json, json.length);
    }

    /** A member that is there twice has been written already, so the merge must be done again, not in order. */
    static final class RepeatedMemberException extends RuntimeException {
        private static final long serialVersionUID = 1;

        RepeatedMemberException() {
            super(null, null, false, false);
        }
    }

    /** Writes the whole value, with a frame before it. */
    byte[] run(AvroType type, @Nullable Origins moved, byte[] frame) throws MisfitException {
        out.bytes(frame, 0, frame.length);
        baseAt = root.at();
        baseJsonAt = root.jsonAt();
        apart = moved == null ? 0 : 1;
        int end = space(value(type, scanner.start(0), root.type(), moved));
        if (end < json.length) {
            throw malformed("unexpected byte 0x%02x at byte %d".formatted(json[end], end));
        }
        return out.toBytes();
    }

    /**
     * Writes a value whose base, if there is one, is at the cursor. The cursor moves behind the base.
     *
     * @return the position after the JSON value
     */
    int value(AvroType type, int at, @Nullable AvroType baseType, @Nullable Origins moved) throws MisfitException {
        if (moved == null || moved.from() == null) {
            return valueHere(type, at, baseType, moved);
        }
        Place place = find(moved.from());
        if (place == null) {
            return valueHere(type, at, baseType, moved);
        }
        if (baseType != null) {
            skipBase(baseType);
        }
        int afterBase = baseAt;
        int afterJson = baseJsonAt;
        moveTo(place);
        int end = valueHere(type, at, place.type(), moved);
        baseAt = afterBase;
        baseJsonAt = afterJson;
        return end;
    }

    /** Writes a value whose base is at the cursor, wherever the value itself was before. */
    int valueHere(AvroType type, int at, @Nullable AvroType baseType, @Nullable Origins moved) throws MisfitException {
        if (type == baseType) {
            return type.merge(this, at, moved);
        }
        if (baseType == null) {
            return type.write(this, at, moved);
        }
        // Where the types are the same, the one that is written also describes the base.
        return types.areSame(type, baseType)
                ? type.merge(this, at, moved)
                : OtherSchema.merge(this, type, at, baseType, moved);
    }

    void skipBase(AvroType baseType) {
        baseAt = baseType.skip(base, baseAt);
        baseJsonAt = RenderedJson.end(baseJson, baseJsonAt);
    }

    void moveTo(Place place) {
        baseAt = place.at();
        baseJsonAt = place.jsonAt();
    }

    private @Nullable Place find(JsonPointer pointer) {
        Place place = root;
        for (String step : pointer.path()) {
            Place part = place.type().find(place, step, this);
            if (part == null) {
                return null;
            }
            place = part;
        }
        return place;
    }

    /** Tells whether the changed JSON has at a position what the base's JSON has between two. */
    boolean isUnchanged(int at, int from, int to) {
        if (!agrees(at, from, to)) {
            return false;
        }
        // A number may go on, as 12 after 1.
        int after = at + to - from;
        byte last = baseJson[to - 1];
        return last < '0' || last > '9' || after == json.length || endsNumber(json[after]);
    }

    private static boolean endsNumber(byte next) {
        return next == ',' || next == '}' || next == ']' || next <= ' ';
    }

    /** Compares bytes. It remembers how far the texts agree, so that one comparison serves many parts. */
    boolean agrees(int at, int from, int to) {
        if (agreedShift != at - from || from < agreedFrom || from > agreedUntil) {
            int difference =
                    Arrays.mismatch(json, Math.min(at, json.length), json.length, baseJson, from, baseJson.length);
            agreedShift = at - from;
            agreedFrom = from;
            agreedUntil = difference < 0 ? baseJson.length : from + difference;
        }
        return to <= agreedUntil;
    }

    boolean isInOrder() {
        return inOrder;
    }

    /**
     * Copies all that is left of the base if the texts agree up to their ends, where {@link #agrees} has just found that they do
     * for a while. Then the parts around have nothing left to do.
     */
    boolean finish() throws MisfitException {
        if (apart == 0 && agreedUntil == baseJson.length && json.length - baseJson.length == agreedShift) {
            out.copy(baseAt, base.length);
            finished = true;
        }
        return finished;
    }

    boolean isFinished() {
        return finished;
    }

    /** Begins a part whose base is elsewhere, or in another order than the base. */
    void enterApart() {
        apart++;
    }

    void leaveApart() {
        apart--;
    }

    void enter() throws MisfitException {
        if (++depth > maxDepth) {
            if (maxDepth < JsonScanner.MAX_DEPTH) {
                throw new DeepStack.NeededException();
            }
            throw new MisfitException(": nested deeper than " + JsonScanner.MAX_DEPTH);
        }
    }

    void leave() {
        depth--;
    }

    /** Whether floating-point numbers must read back as they are in the JSON. */
    boolean isExact() {
        return exact;
    }

    /** Tries to write a value one way; false, with nothing written, if it does not fit. */
    boolean attempt(boolean exactly, int at, Writing writing) throws MisfitException {
        attempts -= end(at) - at;
        if (attempts < 0) {
            throw new MisfitException(": too many ways to choose the branches of unions");
        }
        int mark = out.mark();
        int depthBefore = depth;
        int apartBefore = apart;
        boolean exactBefore = exact;
        exact = exactly;
        try {
            writing.write();
            return true;
        } catch (MisfitException e) {
            if (attempts < 0) {
                throw e;
            }
            out.rollBack(mark);
            depth = depthBefore;
            apart = apartBefore;
            return false;
        } finally {
            exact = exactBefore;
        }
    }

    /** One way to write a value. */
    interface Writing {
        void write() throws MisfitException;
    }

    byte byteAt(int at) {
        return at < json.length ? json[at] : 0;
    }

    int kind(int at) throws MisfitException {
        if (at >= json.length) {
            throw malformed("unexpected end at byte " + at);
        }
        return JsonKind.of(json[at]);
    }

    /** Returns the position after the JSON value at a position. */
    int end(int at) throws MisfitException {
        try {
            return scanner.value(at);
        } catch (JsonSyntaxException e) {
            scanner.reset(json, json.length);
            throw malformed(String.valueOf(e.getMessage()));
        }
    }

    int space(int at) {
        return scanner.space(at);
    }

    int expect(int at, char wanted) throws MisfitException {
        if (byteAt(at) != wanted) {
            throw malformed("no %s at byte %d".formatted(wanted, at));
        }
        return at + 1;
    }

    private static MisfitException malformed(String what) {
        return new MisfitException(": malformed JSON: " + what);
    }

    /** Returns the exception that says what the JSON value is not. */
    MisfitException isNot(int at, int end, String words) {
        return new MisfitException(": %s is not %s".formatted(excerpt(at, end), words));
    }

    private String excerpt(int at, int end) {
        String text = new String(json, at, Math.min(end - at, 4 * LONGEST_EXCERPT), StandardCharsets.UTF_8)
                .replaceAll("\\s+", " ");
        return text.length() > LONGEST_EXCERPT
                ? text.substring(0, text.offsetByCodePoints(0, text.codePointCount(0, LONGEST_EXCERPT))) + "..."
                : text;
    }
}
