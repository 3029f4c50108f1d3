package io.backprocess.format.avro;

import com.fasterxml.jackson.core.io.NumberOutput;
import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** @param wide whether it is a double */
record FloatingType(boolean wide) implements LeafType {
    @Override
    public void read(ValueReader in) throws MisfitException {
        int at = in.bytes(size(), wide ? "a double" : "a float");
        if (wide) {
            in.json.number(Double.longBitsToDouble(bits(in.value, at, Double.BYTES)));
        } else {
            in.json.number(Float.intBitsToFloat((int) bits(in.value, at, Float.BYTES)));
        }
    }

    private int size() {
        return wide ? Double.BYTES : Float.BYTES;
    }

    private static long bits(byte[] value, int at, int size) {
        long bits = 0;
        for (int i = size - 1; i >= 0; i--) {
            bits = (bits << 8) | (value[at + i] & 0xFF);
        }
        return bits;
    }

    @Override
    public int skip(byte[] value, int at) {
        return at + size();
    }

    @Override
    public int kinds() {
        return JsonKind.NUMBER | JsonKind.TEXT;
    }

    @Override
    public String words() {
        return wide ? "a double" : "a float";
    }

    @Override
    public boolean put(JsonLiteral literal, Output out) throws MisfitException {
        if (literal.isText()) {
            return putText(String.valueOf(literal.text()), out);
        }
        if (!literal.isNumber()) {
            return false;
        }
        String raw = literal.raw();
        double value = wide ? Double.parseDouble(raw) : Float.parseFloat(raw);
        if (!Double.isFinite(value) || (literal.exact() && !readsBackAs(literal.number(), value))) {
            return false;
        }
        putNumber(value, out);
        return true;
    }

    private boolean putText(String text, Output out) throws MisfitException {
        double value;
        switch (text) {
            case "NaN" -> value = Double.NaN;
            case "Infinity" -> value = Double.POSITIVE_INFINITY;
            case "-Infinity" -> value = Double.NEGATIVE_INFINITY;
            default -> {
                return false;
            }
        }
        putNumber(value, out);
        return true;
    }

    private boolean readsBackAs(@Nullable BigDecimal number, double value) {
        String read = wide ? NumberOutput.toString(value, true) : NumberOutput.toString((float) value, true);
        return number != null && number.compareTo(new BigDecimal(read)) == 0;
    }

    private void putNumber(double value, Output out) throws MisfitException {
        if (wide) {
            out.littleEndian(Double.doubleToLongBits(value), Double.BYTES);
        } else {
            out.littleEndian(Float.floatToIntBits((float) value), Float.BYTES);
        }
    }

    @Override
    public void writeDefault(JsonNode value, DefaultValues.Target target) throws MisfitException {
        target.require(value.isNumber());
        putNumber(wide ? value.doubleValue() : value.floatValue(), target.out());
    }
}
