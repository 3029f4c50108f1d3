package io.backprocess.registry;

import io.backprocess.batch.Format;
import io.backprocess.batch.Framing;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.UnreadableException;
import io.backprocess.format.Codec;
import io.backprocess.format.UnfitException;
import io.backprocess.format.protobuf.ProtobufCodec;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** What a record says about the schema of its value, beside the value itself. */
public final class Frame {

    /** The header of Confluent's GUID: one byte and the GUID. */
    private static final int GUID_BYTES = 17;

    private static final byte[] NONE = {};
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final SchemaId id;
    private final int from;
    private final byte[] indexes;
    private final @Nullable String messageType;

    private Frame(SchemaId id, int from, byte[] indexes, @Nullable String messageType) {
        this.id = id;
        this.from = from;
        this.indexes = indexes;
        this.messageType = messageType;
    }

    /**
     * Returns the frame of a record, which has a value.
     *
     * @throws UnreadableException unknown schema, when the record has no such frame
     */
    public static Frame of(Format format, Framing framing, SourceRecord record) throws UnreadableException {
        return switch (framing) {
            case CONFLUENT -> inValue(framing, SchemaId.Kind.CONFLUENT, Integer.BYTES, record);
            case APICURIO_CONTENT4 -> inValue(framing, SchemaId.Kind.CONTENT, Integer.BYTES, record);
            case APICURIO_GLOBAL8 -> inValue(framing, SchemaId.Kind.GLOBAL, Long.BYTES, record);
            case APICURIO_HEADERS -> inApicurioHeaders(format, record);
            case CONFLUENT_HEADER -> inConfluentHeader(record);
        };
    }

    public SchemaId id() {
        return id;
    }

    /**
     * Returns the first byte of the value that the schema describes. Protobuf's message indexes follow the id, so they are part of
     * what the schema describes.
     */
    public int from() {
        return from;
    }

    /**
     * Returns the codec of the message type that the record's headers name; the same codec where they name none.
     *
     * @param value of the record
     * @throws UnfitException when the schema has no such type
     */
    Codec ofType(Codec codec, byte[] value) throws UnfitException {
        if (!(codec instanceof ProtobufCodec messages)) {
            return codec;
        }
        if (messageType != null) {
            return messages.withType(messageType, value);
        }
        return indexes.length == 0 ? messages : messages.withIndexes(indexes);
    }

    private static Frame inValue(Framing framing, SchemaId.Kind kind, int idBytes, SourceRecord record)
            throws UnreadableException {
        byte[] value = Objects.requireNonNull(record.value());
        if (value.length > 0 && value[0] != 0) {
            throw UnreadableException.unknownSchema(
                    "the value begins with byte 0x%02x, not with byte 0 of the %s framing"
                            .formatted(value[0] & 0xFF, framing));
        }
        if (value.length < 1 + idBytes) {
            throw UnreadableException.unknownSchema(
                    "the value has %d bytes, and byte 0 and the id of the %s framing take %d"
                            .formatted(value.length, framing, 1 + idBytes));
        }
        long id = idBytes == Integer.BYTES ? (int) INT.get(value, 1) : (long) LONG.get(value, 1);
        return new Frame(checked(kind, id), 1 + idBytes, NONE, null);
    }

    /** Apicurio reads the content id first where a record has both. */
    private static Frame inApicurioHeaders(Format format, SourceRecord record) throws UnreadableException {
        byte[] encoding = format == Format.AVRO ? header(record, Framing.ENCODING) : null;
        if (encoding != null && Arrays.equals(encoding, new byte[] {'J', 'S', 'O', 'N'})) {
            throw UnreadableException.unknownSchema(
                    "the header %s says JSON, and Avro is read in its binary encoding only"
                            .formatted(Framing.ENCODING));
        }
        byte[] content = header(record, Framing.CONTENT_ID);
        if (content != null) {
            return inHeaders(SchemaId.Kind.CONTENT, number(Framing.CONTENT_ID, content), record);
        }
        byte[] global = header(record, Framing.GLOBAL_ID);
        if (global != null) {
            return inHeaders(SchemaId.Kind.GLOBAL, number(Framing.GLOBAL_ID, global), record);
        }
        throw UnreadableException.unknownSchema("there is neither a header %s nor %s, as the %s framing has"
                .formatted(Framing.CONTENT_ID, Framing.GLOBAL_ID, Framing.APICURIO_HEADERS));
    }

    private static Frame inHeaders(SchemaId.Kind kind, long id, SourceRecord record) throws UnreadableException {
        byte[] type = header(record, Framing.MESSAGE_TYPE);
        return new Frame(checked(kind, id), 0, NONE, type == null ? null : new String(type, StandardCharsets.UTF_8));
    }

    private static long number(String name, byte[] bytes) throws UnreadableException {
        if (bytes.length != Long.BYTES) {
            throw UnreadableException.unknownSchema(
                    "the header %s has %d bytes, and an id takes %d".formatted(name, bytes.length, Long.BYTES));
        }
        return (long) LONG.get(bytes, 0);
    }

    private static Frame inConfluentHeader(SourceRecord record) throws UnreadableException {
        byte[] header = header(record, Framing.VALUE_SCHEMA_ID);
        if (header == null) {
            throw UnreadableException.unknownSchema("there is no header %s, as the %s framing has"
                    .formatted(Framing.VALUE_SCHEMA_ID, Framing.CONFLUENT_HEADER));
        }
        if (header.length > 0 && header[0] != 1) {
            throw UnreadableException.unknownSchema(
                    "the header %s begins with byte 0x%02x, not with byte 1 of the %s framing"
                            .formatted(Framing.VALUE_SCHEMA_ID, header[0] & 0xFF, Framing.CONFLUENT_HEADER));
        }
        if (header.length < GUID_BYTES) {
            throw UnreadableException.unknownSchema("the header %s has %d bytes, and byte 1 and a GUID take %d"
                    .formatted(Framing.VALUE_SCHEMA_ID, header.length, GUID_BYTES));
        }
        return new Frame(
                SchemaId.guid((long) LONG.get(header, 1), (long) LONG.get(header, 1 + Long.BYTES)),
                0,
                header.length == GUID_BYTES ? NONE : Arrays.copyOfRange(header, GUID_BYTES, header.length),
                null);
    }

    private static byte @Nullable [] header(SourceRecord record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : header.value();
    }

    private static SchemaId checked(SchemaId.Kind kind, long number) throws UnreadableException {
        if (number < 0) {
            throw UnreadableException.unknownSchema("the schema id is negative: " + number);
        }
        return SchemaId.number(kind, number);
    }
}
