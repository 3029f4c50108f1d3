package io.backprocess.format.protobuf;

import io.backprocess.format.JsonBuffer;
import io.backprocess.format.UnfitException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Merges arrays. Elements keep their place by index; where there are more or fewer than before, those that are the same at both
 * ends keep their bytes. Each element stays packed or unpacked as it was, and new ones join the element behind them, or the last one.
 */
final class ArrayMerge {
    private static final int NEW = -1;

    private final Merge merge;

    ArrayMerge(Merge merge) {
        this.merge = merge;
    }

    /** The elements of one field after the change. */
    private static final class Plan {
        private final Elements old;
        /** For each old element, whether it is in the array no more. */
        private final boolean[] gone;
        /** The new content of old elements; others keep their bytes. */
        private final Map<Integer, byte[]> changed = new HashMap<>();
        /** The new elements in front of each old one, and after all. */
        private final List<List<byte[]>> inserted = new ArrayList<>();

        Plan(Elements old) {
            this.old = old;
            gone = new boolean[old.count()];
            for (int i = 0; i <= old.count(); i++) {
                inserted.add(List.of());
            }
        }

        void insert(int before, byte[] content) {
            if (inserted.get(before).isEmpty()) {
                inserted.set(before, new ArrayList<>());
            }
            inserted.get(before).add(content);
        }

        boolean isKept(int element) {
            return !gone[element] && !changed.containsKey(element);
        }
    }

    void merge(FieldType field, @Nullable FieldType own, JsonPart node, @Nullable Origins origins, Rewrite rewrite)
            throws UnfitException {
        if (!node.isArray()) {
            throw merge.trail()
                    .unfit("%s is not an array (field %s of %s)"
                            .formatted(Trail.shorten(ScalarText.shown(node)), field.name(), field.owner()));
        }
        Occurrences base = rewrite.base();
        int from = own == null ? 0 : base.first(own);
        int to = own == null ? 0 : base.afterLast(from, own);
        BaseParts.Part moved = merge.parts().source(origins);
        if (moved != null && moved.message() != null && moved.fitsAll(field)) {
            rewrite.drop(from, to);
            appendAll(field, movedContents(field, moved.field(), moved.message(), node, origins), rewrite);
            return;
        }
        FieldType like = own == null ? field : own;
        Elements old = Elements.of(merge.in(), like, base, from, to);
        Plan plan = plan(field, like, old, node.elements(), origins);
        if (old.count() == 0) {
            appendAll(field, plan.inserted.get(0), rewrite);
        } else {
            apply(field, plan, rewrite, from, to);
        }
    }

    private List<byte[]> movedContents(
            FieldType field, FieldType own, Occurrences message, JsonPart node, @Nullable Origins origins)
            throws UnfitException {
        int from = message.first(own);
        Elements old = Elements.of(merge.in(), own, message, from, message.afterLast(from, own));
        List<byte[]> contents = new ArrayList<>();
        List<JsonPart> now = node.elements();
        for (int i = 0; i < now.size(); i++) {
            BaseParts.Part part = i < old.count() ? new BaseParts.Part(own, old.span(i), null) : null;
            contents.add(element(field, part, now.get(i), i, origins));
        }
        return contents;
    }

    /** Returns the content of an element that came from another place, or from none. */
    private byte[] element(
            FieldType field, BaseParts.@Nullable Part part, JsonPart node, int index, @Nullable Origins origins)
            throws UnfitException {
        merge.trail().push(index);
        Origins child = Origins.child(origins, Integer.toString(index));
        BaseParts.Part moved = merge.parts().source(child);
        BaseParts.Part source = moved != null && moved.fitsOne(field) ? moved : part;
        checkNull(field, node);
        byte[] content;
        if (source == null) {
            content = merge.content(field, null, Occurrences.NO_SPANS, node, child);
        } else {
            content = merge.carried(field, source, node, child);
        }
        merge.trail().pop();
        return content == null ? new byte[0] : content;
    }

    private void checkNull(FieldType field, JsonPart node) throws UnfitException {
        boolean any = field.kind().isMessage() && field.messageType().wellKnown() == WellKnown.VALUE;
        if (node.isNull() && !any) {
            throw ScalarText.refused(field, node, merge.trail());
        }
    }

    private Plan plan(FieldType field, FieldType own, Elements old, List<JsonPart> now, @Nullable Origins origins)
            throws UnfitException {
        Plan plan = new Plan(old);
        int size = now.size();
        int[] sources = align(own, old, now);
        int next = 0;
        for (int i = 0; i < size; i++) {
            int source = sources[i];
            Origins child = Origins.child(origins, Integer.toString(i));
            boolean moved = child != null && child.source() != null;
            if (source == NEW) {
                plan.insert(next, element(field, null, now.get(i), i, origins));
                continue;
            }
            for (; next < source; next++) {
                plan.gone[next] = true;
            }
            next = source + 1;
            if (moved) {
                BaseParts.Part part = new BaseParts.Part(own, old.span(source), null);
                plan.changed.put(source, element(field, part, now.get(i), i, origins));
            } else {
                merge.trail().push(i);
                checkNull(field, now.get(i));
                byte[] content = merge.content(field, own, old.span(source), now.get(i), child);
                if (content != null) {
                    plan.changed.put(source, content);
                }
                merge.trail().pop();
            }
        }
        for (; next < old.count(); next++) {
            plan.gone[next] = true;
        }
        return plan;
    }

    /** Returns for each element which old one it was. */
    private int[] align(FieldType own, Elements old, List<JsonPart> now) throws UnfitException {
        int size = now.size();
        int[] sources = new int[size];
        int before = old.count();
        int shorter = Math.min(size, before);
        int prefix = 0;
        int suffix = 0;
        if (size != before) {
            while (prefix < shorter && isShownAs(now.get(prefix), own, old, prefix)) {
                prefix++;
            }
            while (suffix < shorter - prefix && isShownAs(now.get(size - 1 - suffix), own, old, before - 1 - suffix)) {
                suffix++;
            }
        }
        int pairs = shorter - prefix - suffix;
        for (int i = 0; i < size; i++) {
            if (i >= size - suffix) {
                sources[i] = before - (size - i);
            } else {
                sources[i] = i < prefix + pairs ? i : NEW;
            }
        }
        return sources;
    }

    private boolean isShownAs(JsonPart node, FieldType own, Elements old, int element) throws UnfitException {
        JsonBuffer out = merge.json().out();
        int mark = out.length();
        merge.json().value(own, old.span(element));
        boolean same = node.isSameAs(out, mark);
        out.truncate(mark);
        return same;
    }

    private static void appendAll(FieldType field, List<byte[]> contents, Rewrite rewrite) {
        if (contents.isEmpty()) {
            return;
        }
        ByteOut out = rewrite.append();
        if (field.packed()) {
            int length = contents.stream().mapToInt(each -> each.length).sum();
            out.tag(field.packedTag());
            out.varint(length);
            contents.forEach(out::put);
        } else {
            contents.forEach(each -> out.field(field, each));
        }
    }

    private void apply(FieldType field, Plan plan, Rewrite rewrite, int from, int to) {
        Occurrences base = rewrite.base();
        int element = 0;
        for (int i = from; i < to; i++) {
            int occurrence = base.order()[i];
            int first = element;
            while (element < plan.old.count() && plan.old.occurrence(element) == occurrence) {
                element++;
            }
            if (first < element) {
                apply(field, plan, rewrite, occurrence, first, element);
            }
        }
    }

    /** Applies the plan to the elements of one occurrence. New elements after the last element of all are its own. */
    private void apply(FieldType field, Plan plan, Rewrite rewrite, int occurrence, int first, int after) {
        boolean last = after == plan.old.count();
        boolean kept = !last || plan.inserted.get(after).isEmpty();
        for (int i = first; i < after; i++) {
            kept &= plan.isKept(i) && plan.inserted.get(i).isEmpty();
        }
        if (kept) {
            return;
        }
        Occurrences base = rewrite.base();
        byte[] bytes = merge.in().bytes();
        if (Elements.isPacked(bytes, field, base, occurrence)) {
            ByteOut packed = new ByteOut(0);
            for (int i = first; i < after; i++) {
                plan.inserted.get(i).forEach(packed::put);
                byte[] changed = plan.changed.get(i);
                if (changed != null) {
                    packed.put(changed);
                } else if (!plan.gone[i]) {
                    packed.put(bytes, plan.old.start(i), plan.old.end(i));
                }
            }
            if (last) {
                plan.inserted.get(after).forEach(packed::put);
            }
            ByteOut out = new ByteOut(packed.length() + 16);
            if (packed.length() > 0) {
                rewrite.putTag(out, field, occurrence, field.packedTag());
                out.varint(packed.length());
                out.put(packed.toBytes());
            }
            rewrite.replace(occurrence, out.toBytes());
            return;
        }
        ByteOut out = new ByteOut(0);
        plan.inserted.get(first).forEach(each -> out.field(field, each));
        byte[] changed = plan.changed.get(first);
        if (changed != null) {
            rewrite.putTag(out, field, occurrence, field.tag());
            out.content(field, changed);
        } else if (!plan.gone[first]) {
            rewrite.putWhole(out, field, occurrence);
        }
        if (last) {
            plan.inserted.get(after).forEach(each -> out.field(field, each));
        }
        rewrite.replace(occurrence, out.toBytes());
    }
}
