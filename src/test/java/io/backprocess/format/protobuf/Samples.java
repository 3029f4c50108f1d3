package io.backprocess.format.protobuf;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TextFormat;
import io.backprocess.format.EncodedValue;
import io.backprocess.format.SchemaText;
import io.backprocess.format.UnfitException;
import io.backprocess.json.JsonPointer;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A schema with its codec, and with Protobuf's own reader and writer of dynamic messages. */
record Samples(SchemaText schema, ProtobufCodec codec, Descriptor type) {
    static Samples of(String text) {
        return of(new SchemaText(text, List.of()), MessagePrefix.NONE);
    }

    static Samples of(SchemaText schema, MessagePrefix prefix) {
        try {
            return new Samples(
                    schema,
                    ProtobufCodec.of(schema, prefix),
                    ProtoFiles.link(schema).getMessageTypes().get(0));
        } catch (UnfitException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    /** Returns the bytes that Protobuf's own writer makes of its text format. */
    byte[] bytes(String textFormat) {
        DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
        try {
            TextFormat.merge(textFormat, message);
        } catch (TextFormat.ParseException e) {
            throw new AssertionError(e);
        }
        return message.buildPartial().toByteArray();
    }

    /** Returns what Protobuf's own reader finds in the bytes, in its text format. */
    String text(byte[] bytes) {
        try {
            return TextFormat.printer()
                    .emittingSingleLine(true)
                    .printToString(DynamicMessage.parseFrom(type, bytes))
                    .strip();
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    String read(byte[] bytes) throws UnfitException {
        return new String(codec.read(bytes, 0), UTF_8);
    }

    byte[] write(byte[] base, String json) throws UnfitException {
        return write(base, json, Map.of());
    }

    byte[] write(byte[] base, String json, Map<String, String> origins) throws UnfitException {
        return codec.write(value(base), json.getBytes(UTF_8), pointers(origins), new byte[0]);
    }

    EncodedValue value(byte[] bytes) throws UnfitException {
        return new EncodedValue(codec, bytes, 0, codec.read(bytes, 0));
    }

    static Map<JsonPointer, JsonPointer> pointers(Map<String, String> origins) {
        return origins.entrySet().stream()
                .collect(Collectors.toMap(
                        each -> JsonPointer.of(each.getKey()), each -> JsonPointer.of(each.getValue())));
    }

    static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    static String hex(byte[] bytes) {
        return HexFormat.ofDelimiter(" ").formatHex(bytes);
    }
}
