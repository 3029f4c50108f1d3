package io.backprocess.batch;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Set;

/** The place in which a record says which schema its value was written with. */
public enum Framing {
    /** The value begins with byte 0 and Confluent's schema id in 4 bytes. */
    CONFLUENT,
    /** The header {@code __value_schema_id} has byte 1 and Confluent's schema GUID in 16 bytes. */
    CONFLUENT_HEADER,
    /** The value begins with byte 0 and Apicurio's content id in 4 bytes. */
    APICURIO_CONTENT4,
    /** The value begins with byte 0 and Apicurio's global id in 8 bytes. */
    APICURIO_GLOBAL8,
    /** The headers {@code apicurio.value.globalId} or {@code apicurio.value.contentId} have Apicurio's id in 8 bytes. */
    APICURIO_HEADERS;

    /** The header with Confluent's GUID. */
    public static final String VALUE_SCHEMA_ID = "__value_schema_id";

    public static final String CONTENT_ID = "apicurio.value.contentId";
    public static final String GLOBAL_ID = "apicurio.value.globalId";
    /** The header in which Apicurio's serializer says whether an Avro value is JSON. It means nothing for other formats. */
    public static final String ENCODING = "apicurio.value.encoding";
    /** The header with the type of a Protobuf message. */
    public static final String MESSAGE_TYPE = "apicurio.protobuf.type";

    /** Returns the headers without which a value cannot be read. */
    public Set<String> headers() {
        return switch (this) {
            case CONFLUENT, APICURIO_CONTENT4, APICURIO_GLOBAL8 -> Set.of();
            case CONFLUENT_HEADER -> Set.of(VALUE_SCHEMA_ID);
            case APICURIO_HEADERS -> Set.of(CONTENT_ID, GLOBAL_ID, ENCODING, MESSAGE_TYPE);
        };
    }

    /** Returns the word for it on the command line and in plans. */
    @Override
    @JsonValue
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
