package io.backprocess.format.avro;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.json.JsonText;
import io.backprocess.json.MemberIndex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A record: its fields one after the other, without names or lengths. The JSON has all fields in this order. */
final class RecordType implements AvroType {
    /** The length of the JSON of a record without fields. */
    static final int EMPTY_LENGTH = 2;

    static final int NOWHERE = -1;
    private static final int MOST_NAMES = 1 << 14;

    private final String name;
    private final Map<String, Integer> indexes = new HashMap<>();
    private String[] names = {};
    private AvroType[] types = {};
    private List<Set<String>> aliases = List.of();
    /** For each field the JSON before its value: a brace or comma, the name and a colon. */
    private byte[][] heads = {};
    /** For each field whether its name is ASCII without an escape. */
    private boolean[] plain = {};
    /** For each field the bytes that stand for a missing member; null where the schema has none. */
    private byte[] @Nullable [] missing = {};
    /** The same where the record of the base does not have the field. */
    private byte[] @Nullable [] added = {};

    private boolean empty;

    /** Creates the record that fields can refer to before they are all known. */
    RecordType(String name) {
        this.name = name;
    }

    /**
     * Sets the fields, once.
     *
     * @param fieldAliases the other names of each field
     */
    void setFields(List<String> fieldNames, List<Set<String>> fieldAliases, List<AvroType> fieldTypes) {
        names = fieldNames.toArray(String[]::new);
        aliases = List.copyOf(fieldAliases);
        types = fieldTypes.toArray(AvroType[]::new);
        heads = new byte[names.length][];
        plain = new boolean[names.length];
        missing = new byte[names.length][];
        added = new byte[names.length][];
        for (int i = 0; i < names.length; i++) {
            indexes.put(names[i], i);
            byte[] quoted = JsonText.quote(names[i]);
            byte[] head = new byte[quoted.length + 2];
            head[0] = (byte) (i == 0 ? '{' : ',');
            System.arraycopy(quoted, 0, head, 1, quoted.length);
            head[head.length - 1] = ':';
            heads[i] = head;
            // A name that is escaped is longer, and so is one that is not ASCII.
            plain[i] = quoted.length == names[i].length() + 2;
        }
    }

    /** Notes, once the types of all fields are known, whether none of them has bytes; returns whether that is news. */
    boolean noteWhetherEmpty() {
        boolean before = empty;
        empty = Arrays.stream(types).allMatch(AvroType::isEmpty);
        return empty != before;
    }

    void setMissing(int field, byte @Nullable [] whereLeftOut, byte @Nullable [] whereAdded) {
        missing[field] = whereLeftOut;
        added[field] = whereAdded;
    }

    String name() {
        return name;
    }

    int fieldCount() {
        return names.length;
    }

    String fieldName(int field) {
        return names[field];
    }

    AvroType type(int field) {
        return types[field];
    }

    /** Returns the number of bytes of JSON before a field's value: a brace or comma, the name and a colon. */
    int headLength(int field) {
        return heads[field].length;
    }

    /** Returns the bytes that stand for a field that the record of the base does not have; null where the schema has none. */
    byte @Nullable [] added(int field) {
        return added[field];
    }

    /** Returns the field's index, -1 if there is none. */
    int indexOf(String fieldName) {
        return indexes.getOrDefault(fieldName, NOWHERE);
    }

    /** Returns about how many bytes the names of the fields take in JSON, with those of records so many levels inside. */
    int lengthOfNames(int levels) {
        int length = 0;
        for (int field = 0; field < types.length && length < MOST_NAMES; field++) {
            length += heads[field].length;
            if (levels > 0 && types[field] instanceof RecordType record) {
                length += record.lengthOfNames(levels - 1);
            }
        }
        return Math.min(length, MOST_NAMES);
    }

    @Override
    public void read(ValueReader in) throws MisfitException {
        in.enter();
        MemberIndex members = in.takeMembers();
        int start = in.json.length();
        int field = 0;
        try {
            for (; field < types.length; field++) {
                in.json.put(heads[field]);
                int at = in.json.length();
                if (members == null) {
                    types[field].read(in);
                } else {
                    in.members = members.child(names[field]);
                    types[field].read(in);
                    members.add(at - heads[field].length + 2, at - 2, at, in.json.length(), plain[field]);
                }
            }
        } catch (MisfitException e) {
            throw e.inField(names[field], name);
        }
        if (types.length == 0) {
            in.json.put('{');
        }
        in.json.put('}');
        if (members != null) {
            members.found(start, in.json.length());
        }
        in.leave();
    }

    @Override
    public int skip(byte[] value, int from) {
        if (empty) {
            return from;
        }
        int at = from;
        for (AvroType type : types) {
            at = type.skip(value, at);
        }
        return at;
    }

    @Override
    public boolean isEmpty() {
        return empty;
    }

    @Override
    public int kinds() {
        return JsonKind.OBJECT;
    }

    @Override
    public String words() {
        return "a record " + name;
    }

    @Override
    public boolean isLike(AvroType other, List<SameTypes.Pair> inside) {
        if (!(other instanceof RecordType that) || !Arrays.equals(names, that.names)) {
            return false;
        }
        for (int i = 0; i < types.length; i++) {
            inside.add(new SameTypes.Pair(types[i], that.types[i]));
        }
        return true;
    }

    @Override
    public int merge(Merge merge, int at, @Nullable Origins moved) throws MisfitException {
        merge.enter();
        int next = at;
        int field = 0;
        try {
            // Usually the members are in the order of the fields, as the codec has put them out.
            for (; field < types.length && merge.isInOrder(); field++) {
                int head = heads[field].length;
                if (!merge.agrees(next, merge.baseJsonAt, merge.baseJsonAt + head)) {
                    break;
                }
                if (merge.finish()) {
                    return merge.json.length;
                }
                merge.baseJsonAt += head;
                next = merge.value(types[field], next + head, types[field], Origins.inside(moved, names[field]));
                if (merge.isFinished()) {
                    return merge.json.length;
                }
            }
        } catch (MisfitException e) {
            throw e.inField(names[field], name);
        }
        if (field == types.length && field > 0 && merge.byteAt(next) == '}') {
            merge.baseJsonAt++;
            merge.leave();
            return next + 1;
        }
        return mergeRest(merge, at, next, field, moved);
    }

    /** Writes the fields from one on, whose members follow in another order, with white space, or not at all. */
    private int mergeRest(Merge merge, int object, int next, int done, @Nullable Origins moved) throws MisfitException {
        int[] values = new int[types.length];
        int end = locate(merge, object, done == 0 ? object : next, values, null, List.of());
        for (int field = 0; field < done; field++) {
            if (values[field] != NOWHERE) {
                // The last one counts, and the first one is already written.
                throw new Merge.RepeatedMemberException();
            }
        }
        merge.enterApart();
        for (int field = done; field < types.length; field++) {
            merge.baseJsonAt += heads[field].length;
            writeField(merge, field, values[field], types[field], Origins.inside(moved, names[field]));
        }
        merge.leaveApart();
        merge.baseJsonAt += types.length == 0 ? EMPTY_LENGTH : 1;
        merge.leave();
        return end;
    }

    /**
     * Finds the values of the members by field, and returns the position after the object.
     *
     * @param base the record of the base, if that is another one
     * @param surplus gets the members that only that record has fields for
     */
    int locate(Merge merge, int object, int from, int[] values, @Nullable RecordType base, List<Surplus> surplus)
            throws MisfitException {
        if (merge.kind(object) != JsonKind.OBJECT) {
            throw merge.isNot(object, merge.end(object), words());
        }
        Arrays.fill(values, NOWHERE);
        return Members.walk(merge, merge.space(from), (start, end, value) -> {
            String member = JsonText.decode(merge.json, start, end);
            int field = indexOf(member);
            if (field != NOWHERE) {
                values[field] = value;
                return;
            }
            int baseField = base == null ? NOWHERE : base.indexOf(member);
            if (baseField == NOWHERE) {
                throw isNoField(member);
            }
            surplus.add(new Surplus(baseField, value));
        });
    }

    MisfitException isNoField(String member) {
        return new MisfitException(" is not a field of record %s; a batch with --result-schema can write another schema"
                        .formatted(name))
                .in(member);
    }

    /** Returns the index of the base's field that a field stands for: that of its name, or of one of its aliases. */
    int counterpart(int field, RecordType base) {
        int same = base.indexOf(names[field]);
        return same != NOWHERE
                ? same
                : aliases.get(field).stream()
                        .mapToInt(base::indexOf)
                        .filter(index -> index != NOWHERE)
                        .findFirst()
                        .orElse(NOWHERE);
    }

    /** Writes a field, whose base, if it has one, is at the cursor. */
    void writeField(Merge merge, int field, int value, @Nullable AvroType baseType, @Nullable Origins moved)
            throws MisfitException {
        try {
            if (value != NOWHERE) {
                merge.value(types[field], value, baseType, moved);
                return;
            }
            if (baseType != null) {
                merge.skipBase(baseType);
            }
            byte[] bytes = missing[field];
            if (bytes == null) {
                throw new MisfitException(" is missing, and the schema has no default for it");
            }
            merge.out.bytes(bytes, 0, bytes.length);
        } catch (MisfitException e) {
            throw e.inField(names[field], name);
        }
    }

    @Override
    public int write(Merge merge, int at, @Nullable Origins moved) throws MisfitException {
        merge.enter();
        int[] values = new int[types.length];
        int end = locate(merge, at, at, values, null, List.of());
        for (int field = 0; field < types.length; field++) {
            writeField(merge, field, values[field], null, Origins.inside(moved, names[field]));
        }
        merge.leave();
        return end;
    }

    /**
     * Tells whether an object has members for all fields that need one, and no others.
     *
     * @param base the type of the base; members that its record has fields for do not count as others
     */
    boolean fits(Merge merge, int at, @Nullable AvroType base) throws MisfitException {
        try {
            int[] values = new int[types.length];
            RecordType record = base instanceof RecordType other && other != this ? other : null;
            List<Surplus> surplus = new ArrayList<>();
            locate(merge, at, at, values, record, surplus);
            for (Surplus member : surplus) {
                member.takeByAlias(merge.types.fields(this, Objects.requireNonNull(record)), values);
            }
            for (int field = 0; field < types.length; field++) {
                if (values[field] == NOWHERE && missing[field] == null) {
                    return false;
                }
            }
            return true;
        } catch (MisfitException e) {
            return false;
        }
    }

    @Override
    public void writeDefault(JsonNode value, DefaultValues.Target target) throws MisfitException {
        target.require(value.isObject());
        for (int field = 0; field < types.length; field++) {
            JsonNode member = value.get(names[field]);
            if (member == null) {
                target.missing(this, field);
            } else {
                target.write(types[field], member);
            }
        }
    }

    @Override
    public @Nullable Place find(Place place, String step, Merge merge) {
        int wanted = indexOf(step);
        if (wanted == NOWHERE) {
            return null;
        }
        int at = place.at();
        int jsonAt = place.jsonAt();
        for (int field = 0; field < wanted; field++) {
            at = types[field].skip(merge.base, at);
            jsonAt = RenderedJson.end(merge.baseJson, jsonAt + heads[field].length);
        }
        return new Place(types[wanted], at, jsonAt + heads[wanted].length);
    }
}
