package io.backprocess.registry;

import io.backprocess.batch.Framing;
import io.backprocess.format.Codec;
import io.backprocess.format.EncodedValue;
import io.backprocess.format.UnfitException;
import io.backprocess.format.protobuf.ProtobufCodec;
import io.backprocess.json.JsonPointer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** The schema that all results are written with, and how they name it. */
record ResultTarget(Framing framing, SchemaId id, Codec codec) {
    /** The headers by which Apicurio's serializers name a schema. */
    private static final List<String> APICURIO_HEADERS = List.of(
            Framing.CONTENT_ID,
            Framing.GLOBAL_ID,
            "apicurio.value.contentHash",
            "apicurio.value.groupId",
            "apicurio.value.artifactId",
            "apicurio.value.version");

    /** Returns a value with its frame. */
    byte[] write(EncodedValue base, byte[] json, Map<JsonPointer, JsonPointer> origins) throws UnfitException {
        return codecOf(base).write(base, json, origins, frame());
    }

    private byte[] frame() {
        return switch (framing) {
            case CONFLUENT, APICURIO_CONTENT4 ->
                ByteBuffer.allocate(1 + Integer.BYTES)
                        .put((byte) 0)
                        .putInt((int) id.low())
                        .array();
            case APICURIO_GLOBAL8 ->
                ByteBuffer.allocate(1 + Long.BYTES)
                        .put((byte) 0)
                        .putLong(id.low())
                        .array();
            case CONFLUENT_HEADER, APICURIO_HEADERS -> new byte[0];
        };
    }

    /** Returns the headers, of which some name the schema where the framing has it so. */
    Headers headers(EncodedValue base, Headers headers) throws UnfitException {
        return switch (framing) {
            case CONFLUENT, APICURIO_CONTENT4, APICURIO_GLOBAL8 -> headers;
            case CONFLUENT_HEADER -> {
                byte[] indexes = codecOf(base) instanceof ProtobufCodec messages ? messages.indexes() : new byte[0];
                ByteBuffer id16 = ByteBuffer.allocate(1 + 2 * Long.BYTES + indexes.length);
                id16.put((byte) 1).putLong(id.high()).putLong(id.low()).put(indexes);
                yield with(headers, List.of(Framing.VALUE_SCHEMA_ID), Framing.VALUE_SCHEMA_ID, id16.array());
            }
            case APICURIO_HEADERS -> {
                byte[] number =
                        ByteBuffer.allocate(Long.BYTES).putLong(id.low()).array();
                Headers named = with(headers, APICURIO_HEADERS, Framing.CONTENT_ID, number);
                yield codecOf(base) instanceof ProtobufCodec messages ? typed(named, messages) : named;
            }
        };
    }

    /** Names the message type, unless the headers name it already. */
    private static Headers typed(Headers headers, ProtobufCodec messages) {
        Header type = headers.lastHeader(Framing.MESSAGE_TYPE);
        boolean named = type == null
                ? messages.isOfFirstType()
                : messages.isNamed(new String(type.value(), StandardCharsets.UTF_8));
        return named
                ? headers
                : with(
                        headers,
                        List.of(Framing.MESSAGE_TYPE),
                        Framing.MESSAGE_TYPE,
                        messages.typeName().getBytes(StandardCharsets.UTF_8));
    }

    /** Returns headers in which one stands at the place of several others, or at the end if there are none of them. */
    private static Headers with(Headers headers, List<String> instead, String name, byte @Nullable [] value) {
        Headers changed = new RecordHeaders();
        boolean put = false;
        for (Header header : headers) {
            if (!instead.contains(header.key())) {
                changed.add(header);
            } else if (!put) {
                changed.add(name, value);
                put = true;
            }
        }
        return put ? changed : changed.add(name, value);
    }

    private Codec codecOf(EncodedValue base) {
        return codec instanceof ProtobufCodec target && base.codec() instanceof ProtobufCodec source
                ? target.like(source)
                : codec;
    }
}
