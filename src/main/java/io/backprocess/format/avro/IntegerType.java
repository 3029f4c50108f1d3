package io.backprocess.format.avro;

import com.fasterxml.jackson.databind.JsonNode;

/** @param wide whether it is a long */
record IntegerType(boolean wide) implements LeafType {
    @Override
    public void read(ValueReader in) throws MisfitException {
        in.json.number(wide ? in.int64("a long") : in.int32("an int"));
    }

    @Override
    public int skip(byte[] value, int at) {
        return Varint.end(value, at);
    }

    @Override
    public int kinds() {
        return JsonKind.NUMBER;
    }

    @Override
    public String words() {
        return wide ? "a long" : "an int";
    }

    @Override
    public boolean put(JsonLiteral literal, Output out) throws MisfitException {
        if (literal.isShortNumber()) {
            return put(literal.shortNumber(), out);
        }
        Long whole = literal.whole();
        return whole != null && put(whole, out);
    }

    private boolean put(long whole, Output out) throws MisfitException {
        if (!fits(whole, wide)) {
            return false;
        }
        out.varint(whole);
        return true;
    }

    static boolean fits(long value, boolean wide) {
        return wide || value == (int) value;
    }

    @Override
    public void writeDefault(JsonNode value, DefaultValues.Target target) throws MisfitException {
        writeDefault(value, wide, target);
    }

    static void writeDefault(JsonNode value, boolean wide, DefaultValues.Target target) throws MisfitException {
        target.require(value.isIntegralNumber() && (wide ? value.canConvertToLong() : value.canConvertToInt()));
        target.out().varint(value.longValue());
    }
}
