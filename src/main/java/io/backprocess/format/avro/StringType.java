package io.backprocess.format.avro;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.json.JsonText;
import java.nio.charset.StandardCharsets;

/** @param uuid whether an edit may only write UUIDs; what was there before may be any text */
record StringType(boolean uuid) implements LeafType {
    @Override
    public void read(ValueReader in) throws MisfitException {
        int start = in.bytesWithLength("a string");
        in.putText(start);
    }

    @Override
    public int skip(byte[] value, int at) {
        return Varint.endOfBytes(value, at);
    }

    @Override
    public int kinds() {
        return JsonKind.TEXT;
    }

    @Override
    public String words() {
        return uuid ? "a UUID" : "a string";
    }

    @Override
    public boolean put(JsonLiteral literal, Output out) throws MisfitException {
        if (!literal.isText() || (uuid && !UuidType.isUuid(String.valueOf(literal.text())))) {
            return false;
        }
        literal.putText(out);
        return true;
    }

    static void putText(String text, Output out) throws MisfitException {
        if (JsonText.hasLoneSurrogate(text)) {
            throw new MisfitException(": the text has half of a surrogate pair, which UTF-8 cannot encode");
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.varint(bytes.length);
        out.bytes(bytes, 0, bytes.length);
    }

    @Override
    public void writeDefault(JsonNode value, DefaultValues.Target target) throws MisfitException {
        target.require(value.isTextual());
        putText(value.textValue(), target.out());
    }
}
