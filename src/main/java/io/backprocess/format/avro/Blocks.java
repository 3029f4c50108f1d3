package io.backprocess.format.avro;

import io.backprocess.json.JsonText;

/** The positions of the blocks and the items of a base's array or map, in the bytes and in the JSON. */
final class Blocks {
    /** For each block where its count begins; the last one is the block of 0 items at the end. */
    private final Positions heads = new Positions();
    /** For each block where its first item begins. */
    private final Positions bodies = new Positions();
    /** For each block the index of its first item. */
    private final Positions firsts = new Positions();

    private final Positions items = new Positions();
    /** For each entry of a map where its value begins; the item begins with the key. */
    private final Positions values = new Positions();

    private final Positions json = new Positions();
    private final byte[] base;
    private final int end;

    /** Walks over the array or map at the cursor, and moves the cursor behind it. */
    Blocks(Merge merge, AvroType type, boolean map) {
        base = merge.base;
        int at = merge.baseAt;
        int jsonAt = merge.baseJsonAt + 1;
        while (true) {
            heads.add(at);
            firsts.add(items.size());
            long count = Varint.value(base, at);
            at = Varint.end(base, at);
            if (count < 0) {
                at = Varint.end(base, at);
            }
            bodies.add(at);
            if (count == 0) {
                break;
            }
            for (long left = Math.abs(count); left > 0; left--) {
                jsonAt += items.size() == 0 ? 0 : 1;
                items.add(at);
                json.add(jsonAt);
                if (map) {
                    at = Varint.endOfBytes(base, at);
                    values.add(at);
                    jsonAt = RenderedJson.textEnd(merge.baseJson, jsonAt) + 1;
                }
                at = type.skip(base, at);
                jsonAt = RenderedJson.end(merge.baseJson, jsonAt);
            }
        }
        end = at;
        merge.baseAt = at;
        merge.baseJsonAt = jsonAt + 1;
    }

    /** Returns the position after an array or map that has been checked. */
    static int skip(byte[] value, int from, AvroType type, boolean map) {
        int at = from;
        while (true) {
            long count = Varint.value(value, at);
            at = Varint.end(value, at);
            if (count < 0) {
                at = Varint.end(value, at) + (int) Varint.value(value, at);
            } else if (count == 0) {
                return at;
            } else if (map || !type.isEmpty()) {
                for (long left = count; left > 0; left--) {
                    at = type.skip(value, map ? Varint.endOfBytes(value, at) : at);
                }
            }
        }
    }

    int items() {
        return items.size();
    }

    int item(int index) {
        return items.get(index);
    }

    /** Returns where an item's JSON begins; that of an entry begins with the key. */
    int json(int index) {
        return json.get(index);
    }

    /** Returns where an item's JSON ends. */
    int jsonEnd(int index, int jsonAfter) {
        return index + 1 < items.size() ? json.get(index + 1) - 1 : jsonAfter - 1;
    }

    /** Returns where an entry's value lies. */
    Place value(int index, AvroType type, byte[] baseJson) {
        return new Place(type, values.get(index), RenderedJson.textEnd(baseJson, json.get(index)) + 1);
    }

    /** Returns where the item of an array lies. */
    Place place(int index, AvroType type) {
        return new Place(type, items.get(index), json.get(index));
    }

    String key(int index, byte[] baseJson) {
        int at = json.get(index);
        return JsonText.decode(baseJson, at + 1, RenderedJson.textEnd(baseJson, at) - 1);
    }

    int count() {
        return heads.size() - 1;
    }

    int first(int block) {
        return firsts.get(block);
    }

    /** Returns the position after an item that is followed by another one in its block, by another block or by the end. */
    int itemEnd(int index) {
        int block = blockOf(index);
        return index + 1 < first(block + 1) ? items.get(index + 1) : heads.get(block + 1);
    }

    private int blockOf(int item) {
        int low = 0;
        int high = count() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (first(middle) <= item) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** Copies a block with its count. */
    void copy(int block, Output out) throws MisfitException {
        out.copy(heads.get(block), heads.get(block + 1));
    }

    /** Copies the count of 0 at the end. */
    void copyEnd(Output out) throws MisfitException {
        out.copy(heads.get(count()), end);
    }

    /** Writes items, and before them the block's count and size as far as they are others than in the base. */
    void write(int block, int itemCount, Output out, Merge.Writing writing) throws MisfitException {
        if (itemCount == 0) {
            return;
        }
        int head = heads.get(block);
        int countEnd = Varint.end(base, head);
        long count = Varint.value(base, head);
        boolean sameCount = Math.abs(count) == itemCount;
        if (count > 0) {
            if (sameCount) {
                out.copy(head, countEnd);
            } else {
                out.varint(itemCount);
            }
            writing.write();
            return;
        }
        int mark = out.mark();
        writing.write();
        int size = out.mark() - mark;
        byte[] sizes = new byte[2 * Varint.MAX_LENGTH];
        int sizesEnd = Varint.put(size, sizes, Varint.put(-(long) itemCount, sizes, 0));
        if (!sameCount) {
            out.insert(mark, sizes, 0, sizesEnd);
        } else if (size == Varint.value(base, countEnd)) {
            out.insert(mark, base, head, bodies.get(block));
        } else {
            out.insert(mark, sizes, Varint.end(sizes, 0), sizesEnd);
            out.insert(mark, base, head, countEnd);
        }
    }
}
