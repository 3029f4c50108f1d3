package io.backprocess.format.protobuf;

/** The bytes between a value's frame and its message, which say which message type of the schema it has. */
public enum MessagePrefix {
    /** Confluent's message indexes: the count and the place at each level of nesting, as zigzag varints; one byte 0 for the first. */
    CONFLUENT,
    /** Apicurio's {@code Ref}: a message with its length before it, whose field 1 is the name of the type. */
    APICURIO_REF,
    /** Nothing: all messages have the schema's first type. */
    NONE
}
