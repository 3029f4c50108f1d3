package io.backprocess.format.protobuf;

import io.backprocess.json.JsonText;
import org.jspecify.annotations.Nullable;

/**
 * A field of a message type.
 *
 * @param owner the message type's full name
 * @param index its place among the message's fields, in the order of the schema
 * @param map whether it is a map; then its message is the entry, with the key as its first field and the value as its second
 * @param presence whether it can be unset; one without presence has its type's default value instead
 * @param oneof which oneof of the message it belongs to; -1 for none
 * @param message the type of a message, group or map entry
 */
record FieldType(
        String owner,
        int index,
        String name,
        int number,
        FieldKind kind,
        boolean repeated,
        boolean map,
        boolean packed,
        boolean presence,
        boolean required,
        int oneof,
        @Nullable MessageType message,
        @Nullable EnumType symbols) {

    /** Returns the type of a message, group or map entry. */
    MessageType messageType() {
        if (message == null) {
            throw new IllegalStateException("field " + name + " is no message");
        }
        return message;
    }

    EnumType enumType() {
        if (symbols == null) {
            throw new IllegalStateException("field " + name + " is no enum");
        }
        return symbols;
    }

    byte[] nameLiteral() {
        return JsonText.quote(name);
    }

    /** Returns the number that the field has where none is on the wire. */
    long defaultNumber() {
        return kind == FieldKind.ENUM ? enumType().first() : 0;
    }

    /** Returns the tag of one value. */
    int tag() {
        return number << 3 | kind.wire();
    }

    /** Returns the tag of packed values. */
    int packedTag() {
        return number << 3 | FieldKind.LENGTH;
    }

    /** Tells whether values of the other field mean the same on the wire and look the same as JSON. */
    boolean isLike(FieldType other) {
        return kind == other.kind && map == other.map && repeated == other.repeated;
    }

    /** Returns what a value is not, for error messages. */
    String refusal(String value) {
        String type = message != null ? message.name() : symbols != null ? symbols.name() : kind.toString();
        String article = "aeio".indexOf(Character.toLowerCase(type.charAt(0))) >= 0 ? "an" : "a";
        return "%s is not %s %s (field %s of %s)".formatted(Trail.shorten(value), article, type, name, owner);
    }
}
