package io.backprocess.format.avro;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.json.JsonScanner;
import io.backprocess.json.MemberIndex;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A map: blocks of entries as those of an array, each entry a string and a value. */
final class MapType implements AvroType {
    /** Up to so many keys, comparing each with each is faster than a set. */
    private static final int FEW = 16;

    private final AvroType value;

    MapType(AvroType value) {
        this.value = value;
    }

    @Override
    public void read(ValueReader in) throws MisfitException {
        in.enter();
        MemberIndex members = in.takeMembers();
        int start = in.json.length();
        in.json.put('{');
        Keys keys = new Keys(in.value);
        int entries = 0;
        for (int count = in.block(false); count > 0; count = in.block(false)) {
            int blockEnd = in.blockEnd();
            for (; count > 0; count--) {
                if (entries++ > 0) {
                    in.json.put(',');
                }
                int key = in.bytesWithLength("a key");
                int keyEnd = in.at;
                in.putText(key);
                keys.add(key, keyEnd);
                in.json.put(':');
                try {
                    value.read(in);
                } catch (MisfitException e) {
                    throw e.in(keys.text(key, keyEnd));
                }
            }
            in.leaveBlock(blockEnd);
        }
        in.json.put('}');
        if (members != null) {
            in.json.index(start, members);
        }
        in.leave();
    }

    /** The keys of one map, which must not repeat: no rule says which of two entries counts. */
    private static final class Keys {
        private final byte[] bytes;
        private final Positions few = new Positions();
        private @Nullable Set<String> many;

        Keys(byte[] bytes) {
            this.bytes = bytes;
        }

        String text(int start, int end) {
            return new String(bytes, start, end - start, StandardCharsets.UTF_8);
        }

        void add(int start, int end) throws MisfitException {
            if (end - start > JsonScanner.MAX_NAME_LENGTH) {
                throw new MisfitException(": a key of %d bytes at byte %d, where %d are possible"
                        .formatted(end - start, start, JsonScanner.MAX_NAME_LENGTH));
            }
            if (!isNew(start, end)) {
                throw new MisfitException(": a second entry with this key at byte " + start).in(text(start, end));
            }
        }

        private boolean isNew(int start, int end) {
            if (many != null) {
                return many.add(text(start, end));
            }
            for (int i = 0; i < few.size(); i += 2) {
                if (Arrays.equals(bytes, few.get(i), few.get(i + 1), bytes, start, end)) {
                    return false;
                }
            }
            few.add(start);
            few.add(end);
            if (few.size() == 2 * FEW) {
                many = new HashSet<>();
                for (int i = 0; i < few.size(); i += 2) {
                    many.add(text(few.get(i), few.get(i + 1)));
                }
            }
            return true;
        }
    }

    @Override
    public int skip(byte[] bytes, int at) {
        return Blocks.skip(bytes, at, value, true);
    }

    @Override
    public boolean isEmpty() {
        return false;
    }

    @Override
    public int kinds() {
        return JsonKind.OBJECT;
    }

    @Override
    public String words() {
        return "a map";
    }

    @Override
    public boolean isLike(AvroType other, List<SameTypes.Pair> inside) {
        if (!(other instanceof MapType that)) {
            return false;
        }
        inside.add(new SameTypes.Pair(value, that.value));
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
        Map<String, Integer> entries = enter(merge, at);
        int end = merge.end(at);
        Blocks blocks = new Blocks(merge, value, true);
        int afterBase = merge.baseAt;
        int afterJson = merge.baseJsonAt;
        for (int block = 0; block < blocks.count(); block++) {
            writeBlock(merge, blocks, block, entries, moved);
        }
        if (!entries.isEmpty()) {
            merge.out.varint(entries.size());
            writeNew(merge, entries, Map.of(), moved);
        }
        blocks.copyEnd(merge.out);
        merge.baseAt = afterBase;
        merge.baseJsonAt = afterJson;
        merge.leaveApart();
        merge.leave();
        return end;
    }

    /** Writes those entries of a block that are still there, and takes them out of the changed entries. */
    private void writeBlock(
            Merge merge, Blocks blocks, int block, Map<String, Integer> entries, @Nullable Origins moved)
            throws MisfitException {
        int first = blocks.first(block);
        int[] values = new int[blocks.first(block + 1) - first];
        int kept = 0;
        for (int i = 0; i < values.length; i++) {
            Integer changed = entries.remove(blocks.key(first + i, merge.baseJson));
            values[i] = changed == null ? -1 : changed;
            kept += changed == null ? 0 : 1;
        }
        blocks.write(block, kept, merge.out, () -> {
            for (int i = 0; i < values.length; i++) {
                if (values[i] >= 0) {
                    String key = blocks.key(first + i, merge.baseJson);
                    Place base = blocks.value(first + i, value, merge.baseJson);
                    merge.out.copy(blocks.item(first + i), base.at());
                    writeValue(merge, key, values[i], base, moved);
                }
            }
        });
    }

    private void writeNew(Merge merge, Map<String, Integer> entries, Map<String, Place> places, @Nullable Origins moved)
            throws MisfitException {
        for (Map.Entry<String, Integer> entry : entries.entrySet()) {
            String key = entry.getKey();
            try {
                StringType.putText(key, merge.out);
            } catch (MisfitException e) {
                throw e.in(key);
            }
            writeValue(merge, key, entry.getValue(), places.get(key), moved);
        }
    }

    private void writeValue(Merge merge, String key, int at, @Nullable Place base, @Nullable Origins moved)
            throws MisfitException {
        try {
            if (base != null) {
                merge.moveTo(base);
            }
            merge.value(value, at, base == null ? null : base.type(), Origins.inside(moved, key));
        } catch (MisfitException e) {
            throw e.in(key);
        }
    }

    private Map<String, Integer> enter(Merge merge, int at) throws MisfitException {
        if (merge.kind(at) != JsonKind.OBJECT) {
            throw merge.isNot(at, merge.end(at), words());
        }
        merge.enter();
        merge.enterApart();
        return Members.byName(merge, at);
    }

    /** Writes a map whose base is another map, in one block. */
    int mergeOther(Merge merge, int at, MapType base, @Nullable Origins moved) throws MisfitException {
        Map<String, Integer> entries = enter(merge, at);
        Blocks blocks = new Blocks(merge, base.value, true);
        int afterBase = merge.baseAt;
        int afterJson = merge.baseJsonAt;
        Map<String, Place> places = new HashMap<>();
        for (int entry = 0; entry < blocks.items(); entry++) {
            places.put(blocks.key(entry, merge.baseJson), blocks.value(entry, base.value, merge.baseJson));
        }
        int end = writeAll(merge, at, entries, places, moved);
        merge.baseAt = afterBase;
        merge.baseJsonAt = afterJson;
        return end;
    }

    @Override
    public int write(Merge merge, int at, @Nullable Origins moved) throws MisfitException {
        return writeAll(merge, at, enter(merge, at), Map.of(), moved);
    }

    private int writeAll(
            Merge merge, int at, Map<String, Integer> entries, Map<String, Place> places, @Nullable Origins moved)
            throws MisfitException {
        int end = merge.end(at);
        if (!entries.isEmpty()) {
            merge.out.varint(entries.size());
            writeNew(merge, entries, places, moved);
        }
        merge.out.put(0);
        merge.leaveApart();
        merge.leave();
        return end;
    }

    @Override
    public void writeDefault(JsonNode node, DefaultValues.Target target) throws MisfitException {
        target.require(node.isObject());
        if (!node.isEmpty()) {
            target.out().varint(node.size());
            Iterator<Map.Entry<String, JsonNode>> entries = node.fields();
            while (entries.hasNext()) {
                Map.Entry<String, JsonNode> entry = entries.next();
                StringType.putText(entry.getKey(), target.out());
                target.write(value, entry.getValue());
            }
        }
        target.out().put(0);
    }

    @Override
    public @Nullable Place find(Place place, String step, Merge merge) {
        int baseAt = merge.baseAt;
        int baseJsonAt = merge.baseJsonAt;
        merge.moveTo(place);
        Blocks blocks = new Blocks(merge, value, true);
        merge.baseAt = baseAt;
        merge.baseJsonAt = baseJsonAt;
        for (int entry = 0; entry < blocks.items(); entry++) {
            if (blocks.key(entry, merge.baseJson).equals(step)) {
                return blocks.value(entry, value, merge.baseJson);
            }
        }
        return null;
    }
}
