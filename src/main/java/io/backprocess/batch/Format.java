package io.backprocess.batch;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How the values of a history are encoded. */
public enum Format {
    /** JSON text, without a schema. */
    JSON,
    /** JSON text, with a JSON Schema. */
    JSON_SCHEMA,
    AVRO,
    PROTOBUF;

    /** Returns the word for it on the command line and in plans. */
    @Override
    @JsonValue
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
