package io.backprocess.format.avro;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.json.JsonPointer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An array: blocks of items, each with a count and perhaps a size, up to a block of 0 items. */
final class ArrayType implements AvroType {
    private final AvroType item;

    ArrayType(AvroType item) {
        this.item = item;
    }

    @Override
    public void read(ValueReader in) throws MisfitException {
        in.enter();
        in.takeMembers();
        in.json.put('[');
        int index = 0;
        for (int count = in.block(item.isEmpty()); count > 0; count = in.block(item.isEmpty())) {
            int blockEnd = in.blockEnd();
            for (int last = index + count; index < last; index++) {
                if (index > 0) {
                    in.json.put(',');
                }
                try {
                    item.read(in);
                } catch (MisfitException e) {
                    throw e.in(Integer.toString(index));
                }
            }
            in.leaveBlock(blockEnd);
        }
        in.json.put(']');
        in.leave();
    }

    @Override
    public int skip(byte[] value, int at) {
        return Blocks.skip(value, at, item, false);
    }

    @Override
    public boolean isEmpty() {
        return false;
    }

    @Override
    public int kinds() {
        return JsonKind.ARRAY;
    }

    @Override
    public String words() {
        return "an array";
    }

    @Override
    public boolean isLike(AvroType other, List<SameTypes.Pair> inside) {
        if (!(other instanceof ArrayType that)) {
            return false;
        }
        inside.add(new SameTypes.Pair(item, that.item));
        return true;
    }

    @Override
    public int merge(Merge merge, int at, @Nullable Origins moved) throws MisfitException {
        int from = merge.baseAt;
        int jsonFrom = merge.baseJsonAt;
        int jsonEnd = RenderedJson.end(merge.baseJson, jsonFrom);
        if (moved == null && merge.isUnchanged(at, jsonFrom, jsonEnd)) {
            merge.baseAt = skip(merge.base, from);
            merge.baseJsonAt = jsonEnd;
            merge.out.copy(from, merge.baseAt);
            return at + jsonEnd - jsonFrom;
        }
        Pairing pairing = new Pairing(merge, at, this, moved);
        pairing.writeBlocks();
        return pairing.finish();
    }

    /** Writes an array whose base is another array, in one block. */
    int mergeOther(Merge merge, int at, ArrayType base, @Nullable Origins moved) throws MisfitException {
        Pairing pairing = new Pairing(merge, at, base, moved);
        if (pairing.elements() > 0) {
            merge.out.varint(pairing.elements());
            for (int element = 0; element < pairing.elements(); element++) {
                pairing.write(item, element, pairing.pairOf(element));
            }
        }
        merge.out.put(0);
        return pairing.finish();
    }

    private int[] enter(Merge merge, int at) throws MisfitException {
        if (merge.kind(at) != JsonKind.ARRAY) {
            throw merge.isNot(at, merge.end(at), words());
        }
        merge.enter();
        return Members.elements(merge, at);
    }

    @Override
    public int write(Merge merge, int at, @Nullable Origins moved) throws MisfitException {
        int[] elements = enter(merge, at);
        int count = elements.length - 1;
        if (count > 0) {
            merge.out.varint(count);
            for (int element = 0; element < count; element++) {
                writeElement(merge, item, element, elements[element], null, moved);
            }
        }
        merge.out.put(0);
        merge.leave();
        return elements[count];
    }

    private static void writeElement(
            Merge merge, AvroType type, int element, int at, @Nullable AvroType baseType, @Nullable Origins moved)
            throws MisfitException {
        try {
            merge.value(type, at, baseType, moved == null ? null : Origins.inside(moved, Integer.toString(element)));
        } catch (MisfitException e) {
            throw e.in(Integer.toString(element));
        }
    }

    /** Which item of the base each element of the changed array continues: those at both ends that are equal, others in order. */
    private static final class Pairing {
        private static final int NONE = -1;

        private final Merge merge;
        private final AvroType baseItem;
        private final @Nullable Origins moved;
        private final int[] elements;
        private final Blocks blocks;
        private final int afterBase;
        private final int afterJson;
        /** The number of equal items at the start. */
        private int prefix;
        /** The number of equal items at the end. */
        private int suffix;

        Pairing(Merge merge, int at, ArrayType base, @Nullable Origins moved) throws MisfitException {
            this.merge = merge;
            this.baseItem = base.item;
            this.moved = moved;
            elements = base.enter(merge, at);
            merge.enterApart();
            blocks = new Blocks(merge, baseItem, false);
            afterBase = merge.baseAt;
            afterJson = merge.baseJsonAt;
            int shorter = Math.min(elements(), blocks.items());
            while (moved == null && prefix < shorter && isEqual(prefix, prefix)) {
                prefix++;
            }
            while (moved == null
                    && suffix < shorter - prefix
                    && isEqual(elements() - 1 - suffix, blocks.items() - 1 - suffix)) {
                suffix++;
            }
        }

        int elements() {
            return elements.length - 1;
        }

        /** Compares an element's JSON with an item's. The bytes after an equal number are no digits, or it would be longer. */
        private boolean isEqual(int element, int baseIndex) throws MisfitException {
            int from = blocks.json(baseIndex);
            int to = blocks.jsonEnd(baseIndex, afterJson);
            int at = elements[element];
            int end = at + to - from;
            return end < merge.json.length
                    && Arrays.equals(merge.json, at, end, merge.baseJson, from, to)
                    && merge.end(at) == end;
        }

        int pairOf(int element) {
            int fromEnd = elements() - element;
            if (fromEnd <= suffix) {
                return blocks.items() - fromEnd;
            }
            return element < blocks.items() - suffix ? element : NONE;
        }

        void write(AvroType type, int element, int baseIndex) throws MisfitException {
            if (baseIndex == NONE) {
                writeElement(merge, type, element, elements[element], null, moved);
            } else {
                merge.moveTo(blocks.place(baseIndex, baseItem));
                writeElement(merge, type, element, elements[element], baseItem, moved);
            }
        }

        /** Writes the items into the blocks of the base, what is added at the end into one of its own, and the end. */
        void writeBlocks() throws MisfitException {
            int items = blocks.items();
            int paired = Math.min(items, elements());
            // Elements that are more than the base's items stand behind the last one that has a pair before the equal
            // end.
            int insertAt = paired - suffix;
            int inserted = suffix == 0 ? 0 : elements() - paired;
            // Items that are more than the elements were removed from the same place.
            int removed = items - paired;
            for (int block = 0; block < blocks.count(); block++) {
                int first = blocks.first(block);
                int last = blocks.first(block + 1);
                int gone = Math.max(0, Math.min(last, insertAt + removed) - Math.max(first, insertAt));
                boolean inserts =
                        inserted > 0 && insertAt <= last && (first < insertAt || (first == 0 && insertAt == 0));
                boolean equal = last <= prefix || first >= items - suffix;
                if (equal && !inserts) {
                    blocks.copy(block, merge.out);
                } else {
                    blocks.write(block, last - first - gone + (inserts ? inserted : 0), merge.out, () -> {
                        for (int index = first; index <= last; index++) {
                            if (inserts && index == insertAt) {
                                writeNew(insertAt, inserted);
                            }
                            if (index < last && (index < insertAt || index >= insertAt + removed)) {
                                writePaired(index);
                            }
                        }
                    });
                }
            }
            int appended = elements() - paired - inserted;
            if (appended > 0) {
                merge.out.varint(appended);
                writeNew(paired, appended);
            }
            blocks.copyEnd(merge.out);
        }

        private void writeNew(int element, int count) throws MisfitException {
            for (int i = element; i < element + count; i++) {
                write(baseItem, i, NONE);
            }
        }

        private void writePaired(int index) throws MisfitException {
            if (index < prefix || index >= blocks.items() - suffix) {
                merge.out.copy(blocks.item(index), blocks.itemEnd(index));
            } else {
                write(baseItem, index, index);
            }
        }

        /** Moves the cursor behind the base's array, and returns the position after the changed one. */
        int finish() {
            merge.baseAt = afterBase;
            merge.baseJsonAt = afterJson;
            merge.leaveApart();
            merge.leave();
            return elements[elements()];
        }
    }

    @Override
    public void writeDefault(JsonNode value, DefaultValues.Target target) throws MisfitException {
        target.require(value.isArray());
        if (!value.isEmpty()) {
            target.out().varint(value.size());
            for (JsonNode element : value) {
                target.write(item, element);
            }
        }
        target.out().put(0);
    }

    @Override
    public @Nullable Place find(Place place, String step, Merge merge) {
        int index = JsonPointer.index(step);
        int baseAt = merge.baseAt;
        int baseJsonAt = merge.baseJsonAt;
        merge.moveTo(place);
        Blocks blocks = new Blocks(merge, item, false);
        merge.baseAt = baseAt;
        merge.baseJsonAt = baseJsonAt;
        return index == JsonPointer.NOWHERE || index >= blocks.items() ? null : blocks.place(index, item);
    }
}
