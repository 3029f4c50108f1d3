package io.backprocess.format.avro;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** @param size the number of bytes of a fixed; {@link #ANY} for bytes with a length */
record BytesType(int size) implements LeafType {
    static final int ANY = -1;

    @Override
    public void read(ValueReader in) throws MisfitException {
        int start = start(in, size);
        in.json.base64(in.value, start, in.at);
    }

    /** Walks over bytes with a length or of a fixed size, and returns the position of the first. */
    static int start(ValueReader in, int size) throws MisfitException {
        return size == ANY ? in.bytesWithLength("bytes") : in.bytes(size, "a fixed");
    }

    @Override
    public int skip(byte[] value, int at) {
        return skip(value, at, size);
    }

    static int skip(byte[] value, int at, int size) {
        return size == ANY ? Varint.endOfBytes(value, at) : at + size;
    }

    @Override
    public boolean isEmpty() {
        return size == 0;
    }

    @Override
    public int kinds() {
        return JsonKind.TEXT;
    }

    @Override
    public String words() {
        return size == ANY ? "bytes as base64" : "%d bytes as base64".formatted(size);
    }

    @Override
    public boolean put(JsonLiteral literal, Output out) throws MisfitException {
        byte[] bytes = decode(literal.text());
        if (bytes == null || (size != ANY && bytes.length != size)) {
            return false;
        }
        put(bytes, size, out);
        return true;
    }

    /** Returns the bytes; null unless the text is the one base64 text of them. */
    private static byte @Nullable [] decode(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            return Base64.getEncoder().encodeToString(bytes).equals(text) ? bytes : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    static void put(byte[] bytes, int size, Output out) throws MisfitException {
        if (size == ANY) {
            out.varint(bytes.length);
        }
        out.bytes(bytes, 0, bytes.length);
    }

    @Override
    public void writeDefault(JsonNode value, DefaultValues.Target target) throws MisfitException {
        writeDefault(value, size, target);
    }

    /** Writes a default, which has a character for each byte. */
    static void writeDefault(JsonNode value, int size, DefaultValues.Target target) throws MisfitException {
        target.require(value.isTextual() && value.textValue().chars().allMatch(c -> c <= 0xFF));
        byte[] bytes = value.textValue().getBytes(StandardCharsets.ISO_8859_1);
        target.require(size == ANY || size == bytes.length);
        put(bytes, size, target.out());
    }
}
