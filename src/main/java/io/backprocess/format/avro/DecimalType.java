package io.backprocess.format.avro;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.json.JsonScanner;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * A decimal with a fixed number of digits after the point. Bytes without any are 0, as some writers have it.
 *
 * @param size the number of bytes of a fixed; {@link BytesType#ANY} for bytes with a length
 */
record DecimalType(int precision, int scale, int size) implements LeafType {
    private static final int DIGITS_OF_A_LONG = 18;
    private static final long[] POWERS = new long[DIGITS_OF_A_LONG + 1];

    static {
        Arrays.setAll(POWERS, i -> BigInteger.TEN.pow(i).longValue());
    }

    @Override
    public void read(ValueReader in) throws MisfitException {
        int start = BytesType.start(in, size);
        if (in.at - start < Long.BYTES && scale <= DIGITS_OF_A_LONG) {
            readLong(in, start);
        } else {
            readLarge(in, start);
        }
    }

    private void readLong(ValueReader in, int start) throws MisfitException {
        long unscaled = start < in.at && in.value[start] < 0 ? -1 : 0;
        for (int i = start; i < in.at; i++) {
            unscaled = (unscaled << 8) | (in.value[i] & 0xFF);
        }
        if (unscaled < 0) {
            in.json.put('-');
        }
        long digits = Math.abs(unscaled);
        in.json.number(digits / POWERS[scale]);
        if (scale > 0) {
            in.json.put('.');
            in.json.digits(digits % POWERS[scale], scale);
        }
    }

    private void readLarge(ValueReader in, int start) throws MisfitException {
        BigInteger unscaled = unscaled(in.value, start, in.at);
        String digits = unscaled.abs().toString();
        if (Math.max(digits.length(), scale + 1) > JsonScanner.MAX_NUMBER_LENGTH) {
            throw tooLong(start);
        }
        in.json.ascii(new BigDecimal(unscaled, scale).toPlainString());
    }

    /** Returns the integer of these bytes, unless it would have far too many digits. */
    static BigInteger unscaled(byte[] value, int start, int end) throws MisfitException {
        int from = start;
        // Bytes that only repeat the sign do not count.
        while (end - from > 1 && value[from] == (value[from + 1] >> 7)) {
            from++;
        }
        if (end - from > JsonScanner.MAX_NUMBER_LENGTH / 2) {
            throw tooLong(start);
        }
        return from == end ? BigInteger.ZERO : new BigInteger(value, from, end - from);
    }

    static MisfitException tooLong(int at) {
        return new MisfitException(
                ": a decimal of more than %d digits at byte %d".formatted(JsonScanner.MAX_NUMBER_LENGTH, at));
    }

    @Override
    public int skip(byte[] value, int at) {
        return BytesType.skip(value, at, size);
    }

    @Override
    public boolean isEmpty() {
        return size == 0;
    }

    @Override
    public int kinds() {
        return JsonKind.NUMBER;
    }

    @Override
    public String words() {
        return "a decimal of %d digits, %d of them after the point".formatted(precision, scale);
    }

    @Override
    public boolean put(JsonLiteral literal, Output out) throws MisfitException {
        BigDecimal number = literal.number();
        if (number == null || !takes(number)) {
            return false;
        }
        byte[] unscaled = number.setScale(scale).unscaledValue().toByteArray();
        if (size != BytesType.ANY && unscaled.length > size) {
            return false;
        }
        byte[] bytes = unscaled;
        if (size != BytesType.ANY) {
            bytes = new byte[size];
            Arrays.fill(bytes, (byte) number.signum() < 0 ? (byte) -1 : 0);
            System.arraycopy(unscaled, 0, bytes, size - unscaled.length, unscaled.length);
        }
        BytesType.put(bytes, size, out);
        return true;
    }

    /** Compares the digits before they are made, so that an exponent does not cost memory. */
    private boolean takes(BigDecimal number) {
        long whole = (long) number.precision() - number.scale();
        return number.signum() == 0
                || (whole <= (long) precision - scale
                        && whole + scale <= JsonScanner.MAX_NUMBER_LENGTH
                        && number.stripTrailingZeros().scale() <= scale);
    }

    @Override
    public void writeDefault(JsonNode value, DefaultValues.Target target) throws MisfitException {
        BytesType.writeDefault(value, size, target);
    }
}
