package io.backprocess.format.avro;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A type without parts: its JSON is a literal. Equal leaf types are the same type. */
sealed interface LeafType extends AvroType
        permits NullType,
                BooleanType,
                IntegerType,
                FloatingType,
                StringType,
                BytesType,
                EnumType,
                DecimalType,
                BigDecimalType,
                UuidType,
                TimeType,
                DurationType {
    /** Writes a literal; returns false, without having written anything, if the type does not take it. */
    boolean put(JsonLiteral literal, Output out) throws MisfitException;

    @Override
    default boolean isEmpty() {
        return false;
    }

    @Override
    default boolean isLike(AvroType other, List<SameTypes.Pair> inside) {
        return equals(other);
    }

    @Override
    default int merge(Merge merge, int at, @Nullable Origins moved) throws MisfitException {
        int from = merge.baseAt;
        int jsonFrom = merge.baseJsonAt;
        merge.baseAt = skip(merge.base, from);
        merge.baseJsonAt = RenderedJson.end(merge.baseJson, jsonFrom);
        if (merge.isUnchanged(at, jsonFrom, merge.baseJsonAt)) {
            merge.out.copy(from, merge.baseAt);
            return at + merge.baseJsonAt - jsonFrom;
        }
        return write(merge, at, moved);
    }

    @Override
    default int write(Merge merge, int at, @Nullable Origins moved) throws MisfitException {
        int end = merge.end(at);
        if (!put(new JsonLiteral(merge.json, at, end, merge.isExact()), merge.out)) {
            throw merge.isNot(at, end, words());
        }
        return end;
    }
}
