package io.backprocess.format.protobuf;

import io.backprocess.format.JsonBuffer;
import io.backprocess.format.UnfitException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Merges changed JSON into the bytes of a message. A part whose JSON stands for the same value keeps its bytes, with all its
 * occurrences, and unknown fields stay where they are.
 */
final class Merge {
    /** The stack of a thread with Java's default size takes this. Protobuf's own readers take 100. */
    static final int MAX_DEPTH = 500;

    private final WireInput in;
    private final Trail trail;
    private final BaseParts parts;
    private final WellKnownParts wellKnown;
    private final MessageJson json;
    private final MapMerge maps;
    private final ArrayMerge arrays;
    private int depth;

    /**
     * Prepares the merge of one value.
     *
     * @param type the message type of the base, which may be another schema's
     * @param root where the base's message is
     */
    Merge(WireInput in, MessageType type, int[] root, MessageJson json, Trail trail) {
        this.in = in;
        this.trail = trail;
        this.parts = new BaseParts(in, type, root);
        this.wellKnown = new WellKnownParts(in, trail);
        this.json = json;
        this.maps = new MapMerge(this);
        this.arrays = new ArrayMerge(this);
    }

    WireInput in() {
        return in;
    }

    Trail trail() {
        return trail;
    }

    BaseParts parts() {
        return parts;
    }

    MessageJson json() {
        return json;
    }

    /**
     * Returns the content of a message after the change; null where the base's content stands for the JSON as it is.
     *
     * @param source the type that the base has there, which may be another schema's; null where it has nothing
     * @param spans the parts of the base
     */
    byte @Nullable [] message(
            MessageType target, @Nullable MessageType source, int[] spans, JsonPart node, @Nullable Origins origins)
            throws UnfitException {
        if (++depth > MAX_DEPTH) {
            throw trail.unfit("messages nested deeper than %d can be read, but not changed".formatted(MAX_DEPTH));
        }
        byte[] content = null;
        boolean sameForm = source != null && source.wellKnown() == target.wellKnown();
        if (source == null || !sameForm || !isShownAs(node, source, spans)) {
            Occurrences base = Occurrences.of(in, source == null ? target : source, spans);
            WellKnown known = target.wellKnown();
            JsonPart fields = known == null ? node : wellKnown.fields(known, target, node, base);
            if (!fields.isObject()) {
                throw trail.unfit("%s is not an object of type %s"
                        .formatted(Trail.shorten(ScalarText.shown(fields)), target.name()));
            }
            content = fields(target, fields, origins, new Rewrite(in.bytes(), base));
        }
        depth--;
        return content;
    }

    /** Tells whether a well-known type is shown as this text or number. Some values have the same form, so this comes first. */
    private boolean isShownAs(JsonPart node, MessageType source, int[] spans) throws UnfitException {
        if (source.wellKnown() == null || node.isObject() || node.isArray()) {
            return false;
        }
        JsonBuffer out = json.out();
        int mark = out.length();
        json.message(source, spans);
        boolean same = node.isSameAs(out, mark);
        out.truncate(mark);
        return same;
    }

    private byte @Nullable [] fields(MessageType target, JsonPart node, @Nullable Origins origins, Rewrite rewrite)
            throws UnfitException {
        MessageType source = rewrite.base().type();
        BitSet present = new BitSet();
        Map<Integer, FieldType> oneofs = new HashMap<>();
        for (Map.Entry<String, JsonPart> member : node.members().entrySet()) {
            FieldType field = fieldOf(member, node, target, rewrite.base());
            if (field == null || isUnset(field, member.getValue())) {
                continue;
            }
            present.set(field.index());
            FieldType other = field.oneof() < 0 ? null : oneofs.put(field.oneof(), field);
            if (other != null) {
                throw trail.unfit(
                        "%s and %s of %s exclude each other".formatted(other.name(), field.name(), target.name()));
            }
            if (!node.isImplied()) {
                trail.push(member.getKey());
            }
            Origins moved = node.isImplied() ? origins : Origins.child(origins, member.getKey());
            put(field, counterpart(field, target, source), member.getValue(), moved, rewrite);
            if (!node.isImplied()) {
                trail.pop();
            }
        }
        for (FieldType field : target.required()) {
            if (!present.get(field.index())) {
                throw trail.unfit("required field %s of %s is not there".formatted(field.name(), target.name()));
            }
        }
        dropAbsent(target, present, rewrite);
        dropOverruled(rewrite);
        if (source != target) {
            adopt(target, rewrite);
        }
        return rewrite.content();
    }

    /**
     * Returns the field of a member; null where the schema has removed it, which takes a member that is as it was in the base.
     */
    private @Nullable FieldType fieldOf(
            Map.Entry<String, JsonPart> member, JsonPart node, MessageType target, Occurrences base)
            throws UnfitException {
        FieldType named = target.byName(member.getKey());
        if (named != null) {
            return named;
        }
        FieldType own = base.type() == target ? null : base.type().byName(member.getKey());
        FieldType renamed = own == null ? null : heir(own, base.type(), target);
        if (renamed != null && !node.members().containsKey(renamed.name())) {
            return renamed;
        }
        if (own == null || !isAsBefore(own, member.getValue(), base)) {
            throw trail.unfit("%s has no field %s; a batch with --result-schema can write another schema"
                    .formatted(target.name(), Trail.shorten(member.getKey())));
        }
        return null;
    }

    private boolean isAsBefore(FieldType own, JsonPart node, Occurrences base) throws UnfitException {
        int from = base.first(own);
        JsonBuffer out = json.out();
        int mark = out.length();
        json.field(own, base, from, base.afterLast(from, own));
        boolean same = node.isSameAs(out, mark);
        out.truncate(mark);
        return same;
    }

    /**
     * Returns the field that a field of the base has become: that of its name, or else one of its number and type whose name is
     * new. It is null where there is none.
     */
    private static @Nullable FieldType heir(FieldType own, MessageType source, MessageType target) {
        if (source == target) {
            return own;
        }
        FieldType named = target.byName(own.name());
        FieldType numbered = named == null ? target.byNumber(own.number()) : named;
        boolean fits =
                numbered != null && (named != null || (source.byName(numbered.name()) == null && own.isLike(numbered)));
        return fits ? numbered : null;
    }

    /** Tells whether null stands for no value. It is a value of the type that holds any JSON. */
    private static boolean isUnset(FieldType field, JsonPart node) {
        boolean any = field.kind().isMessage()
                && !field.repeated()
                && field.messageType().wellKnown() == WellKnown.VALUE;
        return node.isNull() && !any;
    }

    /** Returns the base's field that has become a field, where its values mean the same. */
    private static @Nullable FieldType counterpart(FieldType field, MessageType target, MessageType source) {
        if (source == target) {
            return field;
        }
        FieldType named = source.byName(field.name());
        FieldType other = named == null ? source.byNumber(field.number()) : named;
        FieldType heir = other == null ? null : heir(other, source, target);
        return other != null && heir != null && heir.number() == field.number() && other.isLike(field) ? other : null;
    }

    private void put(
            FieldType field, @Nullable FieldType own, JsonPart node, @Nullable Origins origins, Rewrite rewrite)
            throws UnfitException {
        if (field.map()) {
            maps.merge(field, own, node, origins, rewrite);
        } else if (field.repeated()) {
            arrays.merge(field, own, node, origins, rewrite);
        } else {
            one(field, own, node, origins, rewrite);
        }
    }

    private void one(
            FieldType field, @Nullable FieldType own, JsonPart node, @Nullable Origins origins, Rewrite rewrite)
            throws UnfitException {
        Occurrences base = rewrite.base();
        int from = own == null ? 0 : base.first(own);
        int to = own == null ? 0 : base.afterLast(from, own);
        byte[] content;
        BaseParts.Part moved = parts.source(origins);
        if (moved != null && moved.fitsOne(field)) {
            content = carried(field, moved, node, origins);
        } else {
            boolean unset = from == to && field.presence();
            content = content(field, unset ? null : own, base.spans(from, to), node, origins);
            if (content == null && !unset) {
                return;
            }
        }
        byte[] value = content == null ? new byte[0] : content;
        if (!field.presence() && isDefault(field, value)) {
            rewrite.drop(from, to);
        } else {
            rewrite.put(field, from, to, value);
        }
    }

    /** Returns the content of a value that came from another place; as it was there, where it is the same. */
    byte[] carried(FieldType field, BaseParts.Part moved, JsonPart node, @Nullable Origins origins)
            throws UnfitException {
        byte[] content = content(field, moved.field(), moved.spans(), node, origins);
        if (content != null) {
            return content;
        }
        ByteOut out = new ByteOut(0);
        int[] spans = moved.spans();
        for (int i = field.kind().isMessage() ? 0 : spans.length - 2; i < spans.length; i += 2) {
            out.put(in.bytes(), spans[i], spans[i + 1]);
        }
        return out.toBytes();
    }

    /**
     * Returns the content of one value after the change; null where the base's content stands for the JSON as it is.
     *
     * @param own the field that the base has; null where it has no value
     * @param spans the content of its occurrences; none for a default value
     */
    byte @Nullable [] content(
            FieldType field, @Nullable FieldType own, int[] spans, JsonPart node, @Nullable Origins origins)
            throws UnfitException {
        if (field.kind().isMessage()) {
            return message(field.messageType(), own == null ? null : own.messageType(), spans, node, origins);
        }
        int start = spans.length == 0 ? 0 : spans[spans.length - 2];
        int end = spans.length == 0 ? 0 : spans[spans.length - 1];
        if (field.kind().isText()) {
            byte[] text = ScalarText.text(field, node, trail);
            boolean same = own != null && Arrays.equals(in.bytes(), start, end, text, 0, text.length);
            return same ? null : text;
        }
        long value = ScalarText.number(field, node, trail);
        if (own != null) {
            in.seek(start, end);
            long before = spans.length == 0
                    ? own.defaultNumber()
                    : own.kind().value(in.bits(own.kind().wire()));
            if (before == value || (isNaN(field, before) && isNaN(field, value))) {
                return null;
            }
        }
        if (field.kind() == FieldKind.ENUM && !field.enumType().takes((int) value)) {
            throw trail.unfit("%s; it has %s"
                    .formatted(field.refusal(node.raw()), field.enumType().shown()));
        }
        ByteOut out = new ByteOut(0);
        out.number(field.kind(), value);
        return out.toBytes();
    }

    private static boolean isNaN(FieldType field, long value) {
        return switch (field.kind()) {
            case DOUBLE -> Double.isNaN(Double.longBitsToDouble(value));
            case FLOAT -> Float.isNaN(Float.intBitsToFloat((int) value));
            default -> false;
        };
    }

    private static boolean isDefault(FieldType field, byte[] content) {
        if (field.kind().isText()) {
            return content.length == 0;
        }
        for (byte each : content) {
            if (each != 0) {
                return false;
            }
        }
        return true;
    }

    /** Drops fields that the JSON has no more. What is as good as absent stays: a default value, or an empty packed field. */
    private void dropAbsent(MessageType target, BitSet present, Rewrite rewrite) throws UnfitException {
        Occurrences base = rewrite.base();
        int[] order = base.order();
        for (int from = 0; from < order.length; ) {
            FieldType own = base.type().field(base.field(order[from]));
            int to = base.afterLast(from, own);
            FieldType field = heir(own, base.type(), target);
            boolean merged = field != null && present.get(field.index()) && own.isLike(field);
            boolean same = field != null && !present.get(field.index()) && own.isLike(field);
            if (!merged && !(same && !own.presence() && isEmpty(own, base, from, to))) {
                rewrite.drop(from, to);
            }
            from = to;
        }
    }

    private boolean isEmpty(FieldType own, Occurrences base, int from, int to) throws UnfitException {
        if (own.repeated()) {
            return Elements.of(in, own, base, from, to).count() == 0;
        }
        int last = base.order()[to - 1];
        if (own.kind().isText()) {
            return base.contentStart(last) == base.contentEnd(last);
        }
        in.seek(base.contentStart(last), base.contentEnd(last));
        return own.kind().value(in.bits(own.kind().wire())) == 0;
    }

    /** Drops values that another member of their oneof overruled in the base, unless that member is as it was. */
    private static void dropOverruled(Rewrite rewrite) {
        Occurrences base = rewrite.base();
        if (!base.hasOverruled()) {
            return;
        }
        Map<Integer, Boolean> kept = new HashMap<>();
        for (int occurrence : base.order()) {
            int oneof = base.type().field(base.field(occurrence)).oneof();
            kept.merge(oneof, rewrite.isKept(occurrence), Boolean::logicalAnd);
        }
        for (int i = 0; i < base.count(); i++) {
            if (base.isOverruled(i)
                    && !kept.getOrDefault(base.type().field(base.field(i)).oneof(), false)) {
                rewrite.drop(i);
            }
        }
    }

    /**
     * Gives what is left of another schema's message the numbers of this one. What this schema does not know stays, unless it has
     * the number of a field of this schema, which it would be taken for.
     */
    private void adopt(MessageType target, Rewrite rewrite) throws UnfitException {
        Occurrences base = rewrite.base();
        for (int i = 0; i < base.count(); i++) {
            if (!rewrite.isKept(i)) {
                continue;
            }
            if (base.field(i) == Occurrences.UNKNOWN) {
                in.seek(base.start(i), base.end(i));
                if (target.byNumber(in.tag() >>> 3) != null) {
                    rewrite.drop(i);
                }
                continue;
            }
            FieldType own = base.type().field(base.field(i));
            FieldType field = heir(own, base.type(), target);
            if (field == null || base.isOverruled(i)) {
                rewrite.drop(i);
            } else if (field.number() != own.number()) {
                rewrite.renumber(field, i);
            }
        }
    }
}
