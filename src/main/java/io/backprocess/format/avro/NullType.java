package io.backprocess.format.avro;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;

record NullType() implements LeafType {
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    @Override
    public void read(ValueReader in) throws MisfitException {
        in.json.put(NULL);
    }

    @Override
    public int skip(byte[] value, int at) {
        return at;
    }

    @Override
    public boolean isEmpty() {
        return true;
    }

    @Override
    public int kinds() {
        return JsonKind.NULL;
    }

    @Override
    public String words() {
        return "null";
    }

    @Override
    public boolean put(JsonLiteral literal, Output out) {
        return literal.kind() == JsonKind.NULL;
    }

    @Override
    public void writeDefault(JsonNode value, DefaultValues.Target target) throws MisfitException {
        target.require(value.isNull());
    }
}
