package io.backprocess.format.avro;

import org.jspecify.annotations.Nullable;

/** Writes values whose base has another type: what is the same type further inside still keeps its bytes. */
final class OtherSchema {
    private OtherSchema() {}

    /** Writes a value whose base is at the cursor, and moves the cursor behind the base. */
    static int merge(Merge merge, AvroType type, int at, AvroType baseType, @Nullable Origins moved)
            throws MisfitException {
        if (baseType instanceof UnionType union) {
            AvroType branch = union.branch((int) Varint.value(merge.base, merge.baseAt));
            merge.baseAt = Varint.end(merge.base, merge.baseAt);
            return merge.valueHere(type, at, branch, moved);
        }
        if (type instanceof UnionType union) {
            return union.mergeOther(merge, at, baseType, moved);
        }
        if (type instanceof RecordType record && baseType instanceof RecordType base) {
            return OtherRecord.merge(merge, record, at, base, moved);
        }
        if (type instanceof ArrayType array && baseType instanceof ArrayType base) {
            return array.mergeOther(merge, at, base, moved);
        }
        if (type instanceof MapType map && baseType instanceof MapType base) {
            return map.mergeOther(merge, at, base, moved);
        }
        merge.skipBase(baseType);
        return type.write(merge, at, moved);
    }
}
