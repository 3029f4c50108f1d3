package io.backprocess.format.avro;

/**
 * A part of a base.
 *
 * @param at its first byte
 * @param jsonAt its first byte in the base's JSON
 */
record Place(AvroType type, int at, int jsonAt) {}
