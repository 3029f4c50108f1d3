package io.backprocess.format.avro;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a record whose base is a record with other fields, from the values and places of these. */
final class OtherRecord {
    private final Merge merge;
    private final RecordType record;
    private final RecordType base;
    /** For each field of the base where its value begins, in bytes and in JSON. */
    private final int[] bytes;

    private final int[] json;
    private final int afterBase;
    private final int afterJson;

    /** Walks over the base at the cursor. */
    private OtherRecord(Merge merge, RecordType record, RecordType base) {
        this.merge = merge;
        this.record = record;
        this.base = base;
        int fields = base.fieldCount();
        bytes = new int[fields];
        json = new int[fields];
        for (int i = 0; i < fields; i++) {
            merge.baseJsonAt += base.headLength(i);
            bytes[i] = merge.baseAt;
            json[i] = merge.baseJsonAt;
            merge.skipBase(base.type(i));
        }
        afterBase = merge.baseAt;
        afterJson = merge.baseJsonAt + (fields == 0 ? RecordType.EMPTY_LENGTH : 1);
    }

    /**
     * Writes a record and moves the cursor behind the base. A field with an alias takes the member of that name. A member that the
     * record has no field for goes if it is as it was in the base; the schema has removed it.
     *
     * @return the position after the JSON object
     */
    static int merge(Merge merge, RecordType record, int at, RecordType base, @Nullable Origins moved)
            throws MisfitException {
        merge.enter();
        int[] values = new int[record.fieldCount()];
        List<Surplus> surplus = new ArrayList<>();
        int end = record.locate(merge, at, at, values, base, surplus);
        OtherRecord other = new OtherRecord(merge, record, base);
        int[] baseFields = merge.types.fields(record, base);
        for (Surplus member : surplus) {
            if (!member.takeByAlias(baseFields, values)) {
                other.checkRemoved(member);
            }
        }
        merge.enterApart();
        for (int field = 0; field < values.length; field++) {
            other.write(field, values[field], baseFields[field], Origins.inside(moved, record.fieldName(field)));
        }
        merge.leaveApart();
        merge.baseAt = other.afterBase;
        merge.baseJsonAt = other.afterJson;
        merge.leave();
        return end;
    }

    private void checkRemoved(Surplus member) throws MisfitException {
        int from = json[member.baseField()];
        if (!merge.isUnchanged(member.value(), from, RenderedJson.end(merge.baseJson, from))) {
            throw record.isNoField(base.fieldName(member.baseField()));
        }
    }

    private void write(int field, int value, int baseField, @Nullable Origins moved) throws MisfitException {
        if (baseField != RecordType.NOWHERE) {
            merge.baseAt = bytes[baseField];
            merge.baseJsonAt = json[baseField];
            record.writeField(merge, field, value, base.type(baseField), moved);
            return;
        }
        byte[] initial = value == RecordType.NOWHERE ? record.added(field) : null;
        if (initial == null) {
            record.writeField(merge, field, value, null, moved);
        } else {
            merge.out.bytes(initial, 0, initial.length);
        }
    }
}
