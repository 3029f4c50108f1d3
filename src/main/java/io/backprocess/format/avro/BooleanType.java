package io.backprocess.format.avro;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;

record BooleanType() implements LeafType {
    private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);

    @Override
    public void read(ValueReader in) throws MisfitException {
        int at = in.bytes(1, "a boolean");
        byte value = in.value[at];
        if (value != 0 && value != 1) {
            throw new MisfitException(": 0x%02x at byte %d is not a boolean".formatted(value, at));
        }
        in.json.put(value == 1 ? TRUE : FALSE);
    }

    @Override
    public int skip(byte[] value, int at) {
        return at + 1;
    }

    @Override
    public int kinds() {
        return JsonKind.BOOLEAN;
    }

    @Override
    public String words() {
        return "a boolean";
    }

    @Override
    public boolean put(JsonLiteral literal, Output out) throws MisfitException {
        if (literal.kind() != JsonKind.BOOLEAN) {
            return false;
        }
        out.put(literal.isTrue() ? 1 : 0);
        return true;
    }

    @Override
    public void writeDefault(JsonNode value, DefaultValues.Target target) throws MisfitException {
        target.require(value.isBoolean());
        target.out().put(value.booleanValue() ? 1 : 0);
    }
}
