package io.backprocess.format.avro;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.json.JsonScanner;
import java.math.BigDecimal;
import java.math.BigInteger;

/** A decimal that has its scale with it: bytes that hold the unscaled bytes with their length, then the scale as an int. */
record BigDecimalType() implements LeafType {
    @Override
    public void read(ValueReader in) throws MisfitException {
        int start = in.bytesWithLength("bytes");
        int end = in.at;
        in.at = start;
        int unscaledStart = in.bytesWithLength("a big-decimal's bytes");
        BigInteger unscaled = DecimalType.unscaled(in.value, unscaledStart, in.at);
        int scale = in.int32("a big-decimal's scale");
        if (in.at != end) {
            throw new MisfitException(
                    ": a big-decimal ends at byte %d by its length and at byte %d by its parts".formatted(end, in.at));
        }
        String text = new BigDecimal(unscaled, scale).toString();
        if (text.length() > JsonScanner.MAX_NUMBER_LENGTH) {
            throw DecimalType.tooLong(start);
        }
        in.json.ascii(text);
    }

    @Override
    public int skip(byte[] value, int at) {
        return Varint.endOfBytes(value, at);
    }

    @Override
    public int kinds() {
        return JsonKind.NUMBER;
    }

    @Override
    public String words() {
        return "a big-decimal";
    }

    @Override
    public boolean put(JsonLiteral literal, Output out) throws MisfitException {
        BigDecimal number = literal.number();
        if (number == null) {
            return false;
        }
        byte[] unscaled = number.unscaledValue().toByteArray();
        byte[] bytes = new byte[unscaled.length + 2 * Varint.MAX_LENGTH];
        int at = Varint.put(unscaled.length, bytes, 0);
        System.arraycopy(unscaled, 0, bytes, at, unscaled.length);
        int length = Varint.put(number.scale(), bytes, at + unscaled.length);
        out.varint(length);
        out.bytes(bytes, 0, length);
        return true;
    }

    @Override
    public void writeDefault(JsonNode value, DefaultValues.Target target) throws MisfitException {
        BytesType.writeDefault(value, BytesType.ANY, target);
    }
}
