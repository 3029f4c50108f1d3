package io.backprocess.format;

import java.util.Arrays;

/** A value that was read with its schema. */
public final class EncodedValue {
    private final Codec codec;
    private final byte[] value;
    private final int from;
    private final byte[] json;

    /**
     * @param codec the schema that the value was written with
     * @param value the value of the record, which is not copied
     * @param from the first byte that the schema describes; those before it are the frame
     * @param json what {@link Codec#read} made of the value
     */
    public EncodedValue(Codec codec, byte[] value, int from, byte[] json) {
        this.codec = codec;
        this.value = value;
        this.from = from;
        this.json = json;
    }

    public Codec codec() {
        return codec;
    }

    public byte[] value() {
        return value;
    }

    public int from() {
        return from;
    }

    /** Returns the bytes before the first that the schema describes. */
    public byte[] frame() {
        return Arrays.copyOf(value, from);
    }

    public byte[] json() {
        return json;
    }
}
