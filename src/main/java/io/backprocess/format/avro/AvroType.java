package io.backprocess.format.avro;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A type of a schema, compiled: it reads, skips and writes values. Types are immutable once their schema is compiled. */
sealed interface AvroType permits LeafType, RecordType, ArrayType, MapType, UnionType {
    /** Reads a value and puts it out as JSON. */
    void read(ValueReader in) throws MisfitException;

    /** Returns the position after a value that {@link #read} has checked. */
    int skip(byte[] value, int at);

    /** Tells whether values of the type have no bytes, such as nulls. */
    boolean isEmpty();

    /** Returns the {@link JsonKind}s that the type may take. */
    int kinds();

    /** Returns the type in words, as in {@code an int}. */
    String words();

    /**
     * Tells whether the same bytes are the same JSON by another type, as far as the types inside are equal too.
     *
     * @param inside gets the pairs of types that must also be the same
     */
    boolean isLike(AvroType other, List<SameTypes.Pair> inside);

    /**
     * Writes the JSON value at a position, and keeps the bytes of what did not change. The base's value at the cursor is of this
     * type, and the cursor moves behind it.
     *
     * @param moved the parts inside whose base is somewhere else
     * @return the position after the JSON value
     */
    int merge(Merge merge, int at, @Nullable Origins moved) throws MisfitException;

    /** Writes the JSON value at a position, which has no base, and returns the position after it. */
    int write(Merge merge, int at, @Nullable Origins moved) throws MisfitException;

    /** Writes a default as a schema has it, which is not the JSON that {@link #read} makes. */
    void writeDefault(JsonNode value, DefaultValues.Target target) throws MisfitException;

    /** Returns where the part of a base's value lies that a step of a JSON Pointer leads to; null if there is none. */
    default @Nullable Place find(Place place, String step, Merge merge) {
        return null;
    }
}
