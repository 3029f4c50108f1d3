package io.backprocess.format.protobuf;

import io.backprocess.format.JsonBuffer;
import io.backprocess.format.UnfitException;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;

/** Writes well-known types in the form that JSON gives them. */
final class WellKnownJson {
    static final long FIRST_SECOND = Instant.parse("0001-01-01T00:00:00Z").getEpochSecond();
    static final long LAST_SECOND = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
    static final int NANOS = 1_000_000_000;
    static final long MAX_DURATION = 315_576_000_000L;
    /** A decimal with its point further away, or with more bytes, is shown as a plain message: JSON's numbers end somewhere. */
    static final int MAX_DIGITS = 400;

    static final int MAX_UNSCALED = 160;

    private final Occurrences message;
    private final MessageJson json;
    private final JsonBuffer out;

    private WellKnownJson(Occurrences message, MessageJson json) {
        this.message = message;
        this.json = json;
        this.out = json.out();
    }

    /** Writes the message; returns false, and writes nothing, where the form has no text for it. */
    static boolean write(WellKnown known, Occurrences message, MessageJson json) throws UnfitException {
        return new WellKnownJson(message, json).write(known);
    }

    private boolean write(WellKnown known) throws UnfitException {
        if (known.isWrapper()) {
            field(0);
            return true;
        }
        return switch (known) {
            case TIMESTAMP -> timestamp();
            case DURATION -> duration();
            case FIELD_MASK -> fieldMask();
            case DECIMAL -> decimal();
            case ANY -> any();
            case VALUE -> value();
            default -> {
                field(0);
                yield true;
            }
        };
    }

    private void field(int index) throws UnfitException {
        FieldType field = message.type().field(index);
        int from = message.first(field);
        json.field(field, message, from, message.afterLast(from, field));
    }

    /** Returns the value of a field of numbers. */
    private long number(int index) throws UnfitException {
        return number(json.in(), message, index);
    }

    static long number(WireInput in, Occurrences message, int index) throws UnfitException {
        FieldType field = message.type().field(index);
        int[] spans = message.spans(field);
        if (spans.length == 0) {
            return field.defaultNumber();
        }
        in.seek(spans[spans.length - 2], spans[spans.length - 1]);
        return field.kind().value(in.bits(field.kind().wire()));
    }

    private boolean timestamp() throws UnfitException {
        long seconds = number(0);
        long nanos = number(1);
        if (seconds < FIRST_SECOND || seconds > LAST_SECOND || nanos < 0 || nanos >= NANOS) {
            return false;
        }
        out.put('"');
        out.ascii(Instant.ofEpochSecond(seconds, nanos).toString());
        out.put('"');
        return true;
    }

    private boolean duration() throws UnfitException {
        long seconds = number(0);
        long nanos = number(1);
        boolean mixed = (seconds < 0 && nanos > 0) || (seconds > 0 && nanos < 0);
        if (Math.abs(nanos) >= NANOS || seconds < -MAX_DURATION || seconds > MAX_DURATION || mixed) {
            return false;
        }
        String fraction = "%09d".formatted(Math.abs(nanos));
        while (fraction.endsWith("000")) {
            fraction = fraction.substring(0, fraction.length() - 3);
        }
        String sign = seconds < 0 || nanos < 0 ? "-" : "";
        out.ascii("\"%s%d%s%ss\"".formatted(sign, Math.abs(seconds), fraction.isEmpty() ? "" : ".", fraction));
        return true;
    }

    private boolean fieldMask() throws UnfitException {
        int[] paths = message.spans(message.type().field(0));
        byte[] bytes = json.in().bytes();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int i = 0; i < paths.length; i += 2) {
            if (paths[i] == paths[i + 1]) {
                return false;
            }
            for (int at = paths[i]; at < paths[i + 1]; at++) {
                if (bytes[at] == ',') {
                    return false;
                }
            }
            if (i > 0) {
                text.write(',');
            }
            text.write(bytes, paths[i], paths[i + 1] - paths[i]);
        }
        byte[] utf8 = text.toByteArray();
        int mark = out.length();
        if (out.text(utf8, 0, utf8.length) >= 0) {
            out.truncate(mark);
            return false;
        }
        return true;
    }

    private boolean decimal() throws UnfitException {
        long scale = number(2);
        int[] spans = message.spans(message.type().field(0));
        int length = spans.length == 0 ? 0 : spans[spans.length - 1] - spans[spans.length - 2];
        if (Math.abs(scale) > MAX_DIGITS || length > MAX_UNSCALED) {
            return false;
        }
        BigInteger unscaled = length == 0
                ? BigInteger.ZERO
                : new BigInteger(
                        Arrays.copyOfRange(json.in().bytes(), spans[spans.length - 2], spans[spans.length - 1]));
        BigDecimal number = new BigDecimal(unscaled, (int) scale);
        out.ascii(scale < 0 ? number.toString() : number.toPlainString());
        return true;
    }

    private boolean any() throws UnfitException {
        out.ascii("{\"@type\":");
        field(0);
        out.ascii(",\"value\":");
        field(1);
        out.put('}');
        return true;
    }

    private boolean value() throws UnfitException {
        int[] order = message.order();
        if (order.length == 0 || message.field(order[0]) == 0) {
            out.ascii("null");
        } else {
            field(message.field(order[0]));
        }
        return true;
    }
}
