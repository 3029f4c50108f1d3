package io.backprocess.format.protobuf;

import io.backprocess.format.UnfitException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Merges maps key by key. An entry whose value changes keeps its place, its key's bytes and its unknown fields. */
final class MapMerge {
    private final Merge merge;

    MapMerge(Merge merge) {
        this.merge = merge;
    }

    void merge(FieldType field, @Nullable FieldType own, JsonPart node, @Nullable Origins origins, Rewrite rewrite)
            throws UnfitException {
        if (!node.isObject()) {
            throw merge.trail()
                    .unfit("%s is not an object (map %s of %s)"
                            .formatted(Trail.shorten(ScalarText.shown(node)), field.name(), field.owner()));
        }
        Occurrences base = rewrite.base();
        int from = own == null ? 0 : base.first(own);
        int to = own == null ? 0 : base.afterLast(from, own);
        String[] keys = new String[to - from];
        Map<String, Integer> last = new HashMap<>();
        for (int i = from; i < to; i++) {
            keys[i - from] = key(merge.in(), entry(base, i));
            last.put(keys[i - from], i);
        }
        BaseParts.Part source = merge.parts().source(origins);
        Map<String, BaseParts.Part> entries =
                source != null && source.fitsAll(field) ? merge.parts().entries(source) : Map.of();
        Map<String, Boolean> untouched = new HashMap<>();
        for (Map.Entry<String, JsonPart> member : node.members().entrySet()) {
            merge.trail().push(member.getKey());
            Origins child = Origins.child(origins, member.getKey());
            Integer place = last.get(member.getKey());
            BaseParts.Part moved = merge.parts().source(child);
            boolean same =
                    put(field, place, member, moved == null ? entries.get(member.getKey()) : moved, child, rewrite);
            untouched.put(member.getKey(), same);
            merge.trail().pop();
        }
        for (int i = from; i < to; i++) {
            String key = keys[i - from];
            boolean isLast = last.getOrDefault(key, i) == i;
            if (!untouched.containsKey(key) || (!isLast && !untouched.getOrDefault(key, false))) {
                rewrite.drop(base.order()[i]);
            }
        }
    }

    private Occurrences entry(Occurrences base, int place) throws UnfitException {
        FieldType map = base.type().field(base.field(base.order()[place]));
        return Occurrences.of(merge.in(), map.messageType(), base.spans(place, place + 1));
    }

    /** Puts one value, and tells whether the entry is as it was. */
    private boolean put(
            FieldType field,
            @Nullable Integer place,
            Map.Entry<String, JsonPart> member,
            BaseParts.@Nullable Part moved,
            @Nullable Origins origins,
            Rewrite rewrite)
            throws UnfitException {
        FieldType value = field.messageType().field(1);
        boolean any = value.kind().isMessage() && value.messageType().wellKnown() == WellKnown.VALUE;
        if (member.getValue().isNull() && !any) {
            throw ScalarText.refused(value, member.getValue(), merge.trail());
        }
        boolean carries = moved != null && moved.fitsOne(value);
        if (place == null) {
            byte[] content = moved != null && carries
                    ? merge.carried(value, moved, member.getValue(), origins)
                    : merge.content(value, null, Occurrences.NO_SPANS, member.getValue(), origins);
            append(field, member.getKey(), content == null ? new byte[0] : content, rewrite);
            return false;
        }
        Occurrences base = rewrite.base();
        Occurrences entry = entry(base, place);
        FieldType own = entry.type().field(1);
        if (own.kind() != value.kind()) {
            rewrite.drop(base.order()[place]);
            return put(field, null, member, moved, origins, rewrite);
        }
        int from = entry.first(own);
        int to = entry.afterLast(from, own);
        byte[] content = moved != null && carries
                ? merge.carried(value, moved, member.getValue(), origins)
                : merge.content(value, own, entry.spans(from, to), member.getValue(), origins);
        if (content == null) {
            return true;
        }
        Rewrite changed = new Rewrite(merge.in().bytes(), entry);
        changed.put(value, from, to, content);
        byte[] newEntry = changed.content();
        ByteOut out = new ByteOut(0);
        int occurrence = base.order()[place];
        rewrite.putTag(out, field, occurrence, field.tag());
        out.content(field, newEntry == null ? new byte[0] : newEntry);
        rewrite.replace(occurrence, out.toBytes());
        return false;
    }

    private void append(FieldType field, String key, byte[] value, Rewrite rewrite) throws UnfitException {
        FieldType keyField = field.messageType().field(0);
        ByteOut entry = new ByteOut(value.length + 32);
        entry.field(keyField, keyContent(field, keyField, key));
        entry.field(field.messageType().field(1), value);
        rewrite.append().field(field, entry.toBytes());
    }

    /** Returns the content of a key. There is one text for each key, so that no two members mean the same. */
    private byte[] keyContent(FieldType map, FieldType key, String text) throws UnfitException {
        if (key.kind() == FieldKind.STRING) {
            return ScalarText.text(key, JsonPart.text(text), merge.trail());
        }
        ByteOut out = new ByteOut(0);
        if (key.kind() == FieldKind.BOOL) {
            if (!text.equals("true") && !text.equals("false")) {
                throw refused(map, key, text);
            }
            out.number(key.kind(), text.equals("true") ? 1 : 0);
        } else {
            long number = ScalarText.integer(key, text, merge.trail());
            if (!numberText(key, number).equals(text)) {
                throw refused(map, key, text);
            }
            out.number(key.kind(), number);
        }
        return out.toBytes();
    }

    private UnfitException refused(FieldType map, FieldType key, String text) {
        return merge.trail()
                .unfit("%s is not a key of type %s (map %s of %s)"
                        .formatted(Trail.shorten(text), key.kind(), map.name(), map.owner()));
    }

    /** Returns the key of an entry as the name of a member. */
    static String key(WireInput in, Occurrences entry) throws UnfitException {
        FieldType key = entry.type().field(0);
        int[] spans = entry.spans(key);
        if (key.kind() == FieldKind.STRING) {
            return spans.length == 0
                    ? ""
                    : new String(
                            in.bytes(),
                            spans[spans.length - 2],
                            spans[spans.length - 1] - spans[spans.length - 2],
                            StandardCharsets.UTF_8);
        }
        return numberText(key, WellKnownJson.number(in, entry, 0));
    }

    private static String numberText(FieldType key, long number) {
        return switch (key.kind()) {
            case BOOL -> number == 0 ? "false" : "true";
            case UINT64, FIXED64 -> Long.toUnsignedString(number);
            default -> Long.toString(number);
        };
    }
}
