package io.backprocess.format.protobuf;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import io.backprocess.format.Codec;
import io.backprocess.format.EncodedValue;
import io.backprocess.format.JsonBuffer;
import io.backprocess.format.SchemaText;
import io.backprocess.format.UnfitException;
import io.backprocess.json.JsonPointer;
import java.util.Map;

/**
 * Messages in Protobuf's wire format, of proto2, proto3 and editions. Members of the JSON are named as the fields in the .proto
 * file, and stand in its order.
 *
 * <p>A field without presence is always there, with its default value where the bytes have none; any other field only where it is
 * set. 64-bit integers are exact numbers, bytes are Base64, enums are symbols (a number without one stays a number), maps are
 * objects, and of a oneof the member that is set is there. Well-known types have the forms of Protobuf's own JSON, except that
 * field masks keep their names, {@code Any} keeps its bytes, and 64-bit wrappers are numbers. Extensions are unknown fields.
 *
 * <p>Changed JSON is merged into the base's bytes: what stands for the same value keeps its bytes, a changed field is encoded at
 * the place of its last occurrence, a new one at the end of its message, and unknown fields stay. From another schema's base,
 * fields are taken by name, and get this schema's numbers; unknown fields of the base stay, unless this schema has a field of
 * their number.
 */
public final class ProtobufCodec implements Codec {
    /** JSON of a value is at most this long, because two bytes can stand for a message with thousands of default values. */
    private static final int MAX_JSON = 64 << 20;

    private final SchemaText schema;
    private final MessagePrefix prefix;
    private final Prefixes prefixes;
    /** The type of messages without a prefix. */
    private final MessageType bare;

    private ProtobufCodec(SchemaText schema, MessagePrefix prefix, Prefixes prefixes, MessageType bare) {
        this.schema = schema;
        this.prefix = prefix;
        this.prefixes = prefixes;
        this.bare = bare;
    }

    /**
     * Reads a schema.
     *
     * @param prefix what stands before each message and names its type
     * @throws UnfitException when a text is not a .proto file, an import is missing, or a type is not known
     */
    public static ProtobufCodec of(SchemaText schema, MessagePrefix prefix) throws UnfitException {
        FileDescriptor file = ProtoFiles.link(schema);
        TypeCompiler compiler = new TypeCompiler();
        for (Descriptor message : file.getMessageTypes()) {
            compiler.compile(message);
        }
        Prefixes prefixes = new Prefixes(file, compiler);
        return new ProtobufCodec(schema, prefix, prefixes, prefixes.first());
    }

    /**
     * Returns this schema for messages without a prefix, whose type Confluent's message indexes name elsewhere.
     *
     * @throws UnfitException when they are not message indexes, or the schema has no such type
     */
    public ProtobufCodec withIndexes(byte[] indexes) throws UnfitException {
        return withType(prefixes.ofIndexes(indexes));
    }

    /**
     * Returns this schema for messages without a prefix, whose type is named elsewhere.
     *
     * @param name the full name, or without the package of the file
     * @throws UnfitException when the schema has no such type
     */
    public ProtobufCodec withType(String name) throws UnfitException {
        return withType(prefixes.ofName(name));
    }

    /**
     * Returns this schema for a message whose type a header of Apicurio's serializer names. Since its version 3, the serializer
     * writes the {@code Ref} before the message as well, which earlier ones left out.
     *
     * @param name the full name, or without the package of the file
     * @throws UnfitException when the schema has no such type
     */
    public ProtobufCodec withType(String name, byte[] value) throws UnfitException {
        return Prefixes.beginsWithRef(value, name)
                ? new ProtobufCodec(schema, MessagePrefix.APICURIO_REF, prefixes, prefixes.ofName(name))
                : withType(name);
    }

    /**
     * Returns this schema for messages with the same type and prefix as those of another one; of the first type where it has none
     * of that name.
     */
    public ProtobufCodec like(ProtobufCodec other) {
        return prefix == MessagePrefix.NONE
                ? new ProtobufCodec(schema, other.prefix, prefixes, prefixes.named(other.bare.name()))
                : this;
    }

    /** Returns the message indexes that name the type of messages without a prefix. */
    public byte[] indexes() {
        return prefixes.write(MessagePrefix.CONFLUENT, bare);
    }

    /** Returns the name of the type of messages without a prefix, without the package of the file. */
    public String typeName() {
        return prefixes.shortName(bare);
    }

    /** Tells whether messages without a prefix have the schema's first type, which needs no name. */
    public boolean isOfFirstType() {
        return prefixes.first() == bare;
    }

    /** Tells whether a name stands for the type of messages without a prefix. */
    public boolean isNamed(String name) {
        return prefixes.find(name) == bare;
    }

    private ProtobufCodec withType(MessageType type) {
        return new ProtobufCodec(schema, MessagePrefix.NONE, prefixes, type);
    }

    /** Returns the limits by name. A value or a result that exceeds one of them is refused. */
    public static Map<String, Long> limits() {
        return Map.of("protobuf.json-bytes", (long) MAX_JSON, "protobuf.changed-depth", (long) Merge.MAX_DEPTH);
    }

    @Override
    public byte[] read(byte[] value, int from) throws UnfitException {
        Trail trail = new Trail();
        WireInput in = new WireInput(value, trail);
        Prefixes.Start start = start(in, from);
        JsonBuffer out = new JsonBuffer(4 * (value.length - from) + 256, MAX_JSON);
        try {
            new MessageJson(in, out, trail).message(start.type(), new int[] {start.at(), value.length});
        } catch (JsonBuffer.FullException e) {
            throw e.unfit();
        }
        return out.toBytes();
    }

    @Override
    public byte[] write(EncodedValue base, byte[] json, Map<JsonPointer, JsonPointer> origins, byte[] frame)
            throws UnfitException {
        try {
            return merge(base, json, origins, frame);
        } catch (JsonBuffer.FullException e) {
            throw e.unfit();
        }
    }

    private byte[] merge(EncodedValue base, byte[] json, Map<JsonPointer, JsonPointer> origins, byte[] frame)
            throws UnfitException {
        JsonPart changed = JsonDocument.parse(json);
        Trail trail = new Trail();
        if (!(base.codec() instanceof ProtobufCodec codec)) {
            throw new IllegalArgumentException("the base is not a Protobuf message: " + base.codec());
        }
        boolean same = codec.prefix == prefix && codec.schema.equals(schema);
        byte[] value = base.value();
        WireInput in = new WireInput(value, trail);
        Prefixes.Start start = codec.start(in, base.from());
        MessageType target = same ? start.type() : counterpart(start.type());
        int[] root = {start.at(), value.length};
        byte[] content =
                merge(in, start.type(), root, trail).message(target, start.type(), root, changed, Origins.of(origins));
        ByteOut out = new ByteOut(value.length + 64);
        out.put(frame);
        if (same) {
            out.put(value, base.from(), start.at());
        } else {
            out.put(prefixes.write(prefix, target));
        }
        if (content == null) {
            out.put(value, start.at(), value.length);
        } else {
            out.put(content);
        }
        return out.toBytes();
    }

    private Prefixes.Start start(WireInput in, int from) throws UnfitException {
        return prefix == MessagePrefix.NONE ? new Prefixes.Start(bare, from) : prefixes.read(prefix, in, from);
    }

    private static Merge merge(WireInput in, MessageType type, int[] root, Trail trail) {
        return new Merge(in, type, root, new MessageJson(in, new JsonBuffer(256, MAX_JSON), trail), trail);
    }

    /** Returns this schema's type of the same name, or its first. */
    private MessageType counterpart(MessageType other) {
        return prefix == MessagePrefix.NONE ? bare : prefixes.named(other.name());
    }
}
