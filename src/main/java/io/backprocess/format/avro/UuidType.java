package io.backprocess.format.avro;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.format.JsonBuffer;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** A UUID of 16 bytes. */
record UuidType() implements LeafType {
    static final int SIZE = 16;
    private static final Pattern UUID =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    static boolean isUuid(String text) {
        return UUID.matcher(text).matches();
    }

    @Override
    public void read(ValueReader in) throws MisfitException {
        int at = in.bytes(SIZE, "a UUID");
        JsonBuffer json = in.json;
        json.put('"');
        json.hex(in.value, at, at + 4);
        for (int part = at + 4; part < at + 10; part += 2) {
            json.put('-');
            json.hex(in.value, part, part + 2);
        }
        json.put('-');
        json.hex(in.value, at + 10, at + SIZE);
        json.put('"');
    }

    @Override
    public int skip(byte[] value, int at) {
        return at + SIZE;
    }

    @Override
    public int kinds() {
        return JsonKind.TEXT;
    }

    @Override
    public String words() {
        return "a UUID";
    }

    @Override
    public boolean put(JsonLiteral literal, Output out) throws MisfitException {
        String text = literal.text();
        if (text == null || !isUuid(text)) {
            return false;
        }
        out.bytes(HexFormat.of().parseHex(text.replace("-", "")), 0, SIZE);
        return true;
    }

    @Override
    public void writeDefault(JsonNode value, DefaultValues.Target target) throws MisfitException {
        BytesType.writeDefault(value, SIZE, target);
    }
}
