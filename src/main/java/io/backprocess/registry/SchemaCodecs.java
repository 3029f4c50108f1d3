package io.backprocess.registry;

import io.backprocess.batch.Encoding;
import io.backprocess.batch.Format;
import io.backprocess.batch.Framing;
import io.backprocess.format.Codec;
import io.backprocess.format.UnfitException;
import io.backprocess.format.avro.AvroCodec;
import io.backprocess.format.jsonschema.JsonSchemaCodec;
import io.backprocess.format.protobuf.MessagePrefix;
import io.backprocess.format.protobuf.ProtobufCodec;
import java.util.Map;
import java.util.Objects;

/** Makes the codecs of schemas. */
public final class SchemaCodecs {
    private SchemaCodecs() {}

    /**
     * Returns the codec of a schema.
     *
     * @throws UnfitException when the schema cannot be used
     */
    static Codec compile(StoredSchema schema, Encoding encoding) throws UnfitException {
        return switch (encoding.format()) {
            case AVRO -> AvroCodec.of(schema.text());
            case JSON_SCHEMA -> JsonSchemaCodec.of(schema.text());
            case PROTOBUF -> ProtobufCodec.of(schema.text(), prefix(Objects.requireNonNull(encoding.framing())));
            case JSON -> throw new IllegalStateException("JSON has no schema");
        };
    }

    /** Returns the limits of a format by name. */
    public static Map<String, Long> limits(Format format) {
        return switch (format) {
            case AVRO -> AvroCodec.limits();
            case JSON_SCHEMA -> JsonSchemaCodec.limits();
            case PROTOBUF -> ProtobufCodec.limits();
            case JSON -> Map.of();
        };
    }

    /** Returns what stands between the frame and a Protobuf message. */
    private static MessagePrefix prefix(Framing framing) {
        return switch (framing) {
            case CONFLUENT -> MessagePrefix.CONFLUENT;
            case APICURIO_CONTENT4, APICURIO_GLOBAL8 -> MessagePrefix.APICURIO_REF;
            case CONFLUENT_HEADER, APICURIO_HEADERS -> MessagePrefix.NONE;
        };
    }
}
