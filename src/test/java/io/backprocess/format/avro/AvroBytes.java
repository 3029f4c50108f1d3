package io.backprocess.format.avro;

import io.backprocess.format.EncodedValue;
import io.backprocess.format.SchemaText;
import io.backprocess.format.UnfitException;
import io.backprocess.json.JsonPointer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/** Short words for tests: codecs, values in hexadecimal digits, and Avro's own library beside. */
final class AvroBytes {
    private AvroBytes() {}

    static AvroCodec codec(String schema) {
        try {
            return AvroCodec.of(new SchemaText(schema, List.of()));
        } catch (UnfitException e) {
            throw new IllegalArgumentException(schema, e);
        }
    }

    static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }

    static String read(String schema, String hex) throws UnfitException {
        return text(codec(schema).read(bytes(hex), 0));
    }

    static EncodedValue value(AvroCodec codec, byte[] bytes) throws UnfitException {
        return new EncodedValue(codec, bytes, 0, codec.read(bytes, 0));
    }

    /** Returns the bytes after the JSON has changed. */
    static String change(String schema, String hex, String json) throws UnfitException {
        AvroCodec codec = codec(schema);
        return change(codec, value(codec, bytes(hex)), json);
    }

    static String change(AvroCodec target, EncodedValue base, String json) throws UnfitException {
        return hex(target.write(base, json.getBytes(StandardCharsets.UTF_8), Map.of(), new byte[0]));
    }

    static String move(AvroCodec target, EncodedValue base, String json, String to, String from) throws UnfitException {
        return hex(target.write(
                base,
                json.getBytes(StandardCharsets.UTF_8),
                Map.of(JsonPointer.of(to), JsonPointer.of(from)),
                new byte[0]));
    }

    static byte[] encode(Schema schema, Object datum, boolean blocking) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BinaryEncoder encoder = blocking
                ? new EncoderFactory().configureBlockSize(64).blockingBinaryEncoder(out, null)
                : EncoderFactory.get().directBinaryEncoder(out, null);
        try {
            new GenericDatumWriter<>(schema).write(datum, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static Object decode(Schema schema, byte[] bytes) {
        try {
            return new GenericDatumReader<>(schema)
                    .read(null, DecoderFactory.get().binaryDecoder(bytes, null));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
