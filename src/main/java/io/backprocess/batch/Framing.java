package io.backprocess.batch;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

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

    /** Returns the word for it on the command line and in plans. */
    @Override
    @JsonValue
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
