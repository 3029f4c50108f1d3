package io.backprocess.format.avro;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.format.JsonBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * Dates and times, as ISO 8601 text. The number of digits after the second is always that of the unit, so that a value has one
 * text, and texts of a field have one length and sort by time.
 */
enum TimeType implements LeafType {
    DATE("a date", "int", false),
    TIME_MILLIS("a time in milliseconds", "int", false, 3),
    TIME_MICROS("a time in microseconds", "long", true, 6),
    TIMESTAMP_MILLIS("a timestamp in milliseconds", "long", true, 3),
    TIMESTAMP_MICROS("a timestamp in microseconds", "long", true, 6),
    TIMESTAMP_NANOS("a timestamp in nanoseconds", "long", true, 9),
    LOCAL_TIMESTAMP_MILLIS("a local timestamp in milliseconds", "long", true, 3),
    LOCAL_TIMESTAMP_MICROS("a local timestamp in microseconds", "long", true, 6),
    LOCAL_TIMESTAMP_NANOS("a local timestamp in nanoseconds", "long", true, 9);

    private static final long SECONDS_PER_DAY = 86_400;
    private static final int NANO_DIGITS = 9;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final String words;
    private final String base;
    private final boolean wide;
    /** The digits after the second. */
    private final int digits;
    /** The number of units in a second. */
    private final long perSecond;

    TimeType(String words, String base, boolean wide) {
        this(words, base, wide, 0);
    }

    TimeType(String words, String base, boolean wide, int digits) {
        this.words = words;
        this.base = base;
        this.wide = wide;
        this.digits = digits;
        this.perSecond = power(digits);
    }

    private static long power(int exponent) {
        long power = 1;
        for (int i = 0; i < exponent; i++) {
            power *= 10;
        }
        return power;
    }

    @Override
    public void read(ValueReader in) throws MisfitException {
        long value = wide ? in.int64("a long") : in.int32("an int");
        JsonBuffer json = in.json;
        switch (this) {
            case DATE -> {
                json.put('"');
                date(value, json);
                json.put('"');
            }
            case TIME_MILLIS, TIME_MICROS -> {
                if (isNoTime(value)) {
                    json.number(value);
                } else {
                    json.put('"');
                    time(value / perSecond, value % perSecond, json);
                    json.put('"');
                }
            }
            default -> {
                long seconds = Math.floorDiv(value, perSecond);
                json.put('"');
                date(Math.floorDiv(seconds, SECONDS_PER_DAY), json);
                json.put('T');
                time(Math.floorMod(seconds, SECONDS_PER_DAY), Math.floorMod(value, perSecond), json);
                if (!isLocal()) {
                    json.put('Z');
                }
                json.put('"');
            }
        }
    }

    /** Tells whether there is no such time of day, so that the number stands for itself. */
    private boolean isNoTime(long value) {
        return (this == TIME_MILLIS || this == TIME_MICROS) && (value < 0 || value >= SECONDS_PER_DAY * perSecond);
    }

    private boolean isLocal() {
        return this == LOCAL_TIMESTAMP_MILLIS || this == LOCAL_TIMESTAMP_MICROS || this == LOCAL_TIMESTAMP_NANOS;
    }

    private void time(long seconds, long fraction, JsonBuffer json) {
        json.digits(seconds / 3600, 2);
        json.put(':');
        json.digits(seconds / 60 % 60, 2);
        json.put(':');
        json.digits(seconds % 60, 2);
        json.put('.');
        json.digits(fraction, digits);
    }

    /** Puts the date of a day since 1970, by the Gregorian calendar in eras of 400 years that begin on 1 March. */
    private static void date(long epochDay, JsonBuffer json) {
        long day = epochDay + 719_468;
        long era = Math.floorDiv(day, 146_097L);
        long dayOfEra = Math.floorMod(day, 146_097L);
        long yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        long marchMonth = (5 * dayOfYear + 2) / 153;
        long month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
        year(yearOfEra + era * 400 + (month <= 2 ? 1 : 0), json);
        json.put('-');
        json.digits(month, 2);
        json.put('-');
        json.digits(dayOfYear - (153 * marchMonth + 2) / 5 + 1, 2);
    }

    private static void year(long year, JsonBuffer json) {
        if (year > 9999) {
            json.put('+');
            json.number(year);
        } else {
            if (year < 0) {
                json.put('-');
            }
            if (year < -9999) {
                json.number(-year);
            } else {
                json.digits(Math.abs(year), 4);
            }
        }
    }

    @Override
    public int skip(byte[] value, int at) {
        return Varint.end(value, at);
    }

    @Override
    public int kinds() {
        return JsonKind.TEXT | JsonKind.NUMBER;
    }

    @Override
    public String words() {
        return "%s (%s)".formatted(words, base);
    }

    @Override
    public boolean put(JsonLiteral literal, Output out) throws MisfitException {
        String text = literal.text();
        Long value = text == null ? literal.whole() : parse(text);
        if (value == null || !IntegerType.fits(value, wide) || (text == null && literal.exact() && !isNoTime(value))) {
            return false;
        }
        out.varint(value);
        return true;
    }

    private @Nullable Long parse(String text) {
        try {
            return switch (this) {
                case DATE -> LocalDate.parse(text).toEpochDay();
                case TIME_MILLIS, TIME_MICROS -> {
                    long nanos = LocalTime.parse(text).toNanoOfDay();
                    yield value(nanos / NANOS_PER_SECOND, (int) (nanos % NANOS_PER_SECOND));
                }
                case TIMESTAMP_MILLIS, TIMESTAMP_MICROS, TIMESTAMP_NANOS -> {
                    OffsetDateTime time = OffsetDateTime.parse(text);
                    yield value(time.toEpochSecond(), time.getNano());
                }
                case LOCAL_TIMESTAMP_MILLIS, LOCAL_TIMESTAMP_MICROS, LOCAL_TIMESTAMP_NANOS -> {
                    Instant time = LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
                    yield value(time.getEpochSecond(), time.getNano());
                }
            };
        } catch (DateTimeException | ArithmeticException e) {
            return null;
        }
    }

    private @Nullable Long value(long seconds, int nanos) {
        long nanosPerUnit = power(NANO_DIGITS - digits);
        if (nanos % nanosPerUnit != 0) {
            return null;
        }
        long fraction = nanos / nanosPerUnit;
        // The first second of the lowest long is not a long in units, but its last unit is.
        return seconds < 0
                ? Math.addExact(Math.multiplyExact(seconds + 1, perSecond), fraction - perSecond)
                : Math.addExact(Math.multiplyExact(seconds, perSecond), fraction);
    }

    @Override
    public void writeDefault(JsonNode value, DefaultValues.Target target) throws MisfitException {
        IntegerType.writeDefault(value, wide, target);
    }
}
