package io.backprocess.event;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How a number counts the time since 1970. */
public enum TimeUnit {
    SECONDS(0),
    MILLIS(3),
    MICROS(6),
    NANOS(9);

    /** The digits before the point of the last second of an {@link Instant}. */
    private static final int MAX_DIGITS = 17;

    private static final int MAX_LENGTH = 48;

    private final int decimals;

    TimeUnit(int decimals) {
        this.decimals = decimals;
    }

    /** Returns the number of units from 1970 to a time, without a fraction. */
    public long count(Instant time) {
        return BigDecimal.valueOf(time.getEpochSecond())
                .movePointRight(9)
                .add(BigDecimal.valueOf(time.getNano()))
                .movePointLeft(9 - decimals)
                .longValue();
    }

    /** Returns the time that a number in decimal digits means; null where the text is no such number. */
    @Nullable
    Instant parse(String number) {
        if (number.length() > MAX_LENGTH) {
            return null;
        }
        try {
            BigDecimal count = new BigDecimal(number);
            // The digits are counted first, because writing 1e999999999 out would take gigabytes.
            if ((long) count.precision() - count.scale() - decimals > MAX_DIGITS || count.scale() > MAX_LENGTH) {
                return null;
            }
            BigDecimal nanos = count.movePointRight(9 - decimals).setScale(0, java.math.RoundingMode.FLOOR);
            BigDecimal[] parts = nanos.divideAndRemainder(BigDecimal.TEN.pow(9));
            return Instant.ofEpochSecond(parts[0].longValueExact(), parts[1].longValueExact());
        } catch (ArithmeticException | DateTimeException | NumberFormatException e) {
            return null;
        }
    }

    /** Returns the time that a header's eight bytes mean, the highest first, as Java writes a long. */
    @Nullable
    Instant parse(byte[] bytes) {
        return bytes.length == Long.BYTES
                ? parse(String.valueOf(ByteBuffer.wrap(bytes).getLong()))
                : null;
    }
}
