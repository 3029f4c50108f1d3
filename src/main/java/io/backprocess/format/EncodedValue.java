package io.backprocess.format;

/**
 * A value that was read with its schema.
 *
 * @param codec the schema that it was written with
 * @param value the value of the record, uncopied
 * @param from the first byte that the schema describes; those before it are the frame
 * @param json what {@link Codec#read} made of it
 */
public record EncodedValue(Codec codec, byte[] value, int from, byte[] json) {}
