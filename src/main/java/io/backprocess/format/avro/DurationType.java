package io.backprocess.format.avro;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.format.JsonBuffer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Months, days and milliseconds, each a number of 32 bits without a sign. None of them is part of another. */
record DurationType() implements LeafType {
    private static final int SIZE = 12;
    private static final long MAX_PART = 0xFFFF_FFFFL;
    private static final Pattern TEXT = Pattern.compile("P(?=.)(?:(\\d{1,10})Y)?(?:(\\d{1,10})M)?(?:(\\d{1,10})W)?"
            + "(?:(\\d{1,10})D)?(?:T(?=.)(?:(\\d{1,10})H)?(?:(\\d{1,10})M)?(?:(\\d{1,10})(?:\\.(\\d{1,3})0*)?S)?)?");

    @Override
    public void read(ValueReader in) throws MisfitException {
        int at = in.bytes(SIZE, "a duration");
        long millis = part(in.value, at + 8);
        JsonBuffer json = in.json;
        json.put('"');
        json.put('P');
        json.number(part(in.value, at));
        json.put('M');
        json.number(part(in.value, at + 4));
        json.put('D');
        json.put('T');
        json.number(millis / 1000);
        json.put('.');
        json.digits(millis % 1000, 3);
        json.put('S');
        json.put('"');
    }

    private static long part(byte[] value, int at) {
        return (value[at] & 0xFFL)
                | ((value[at + 1] & 0xFFL) << 8)
                | ((value[at + 2] & 0xFFL) << 16)
                | ((value[at + 3] & 0xFFL) << 24);
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
        return "a duration such as P1M2DT3.004S";
    }

    @Override
    public boolean put(JsonLiteral literal, Output out) throws MisfitException {
        String text = literal.text();
        Matcher parts = TEXT.matcher(text == null ? "" : text);
        if (!parts.matches()) {
            return false;
        }
        long months = 12 * number(parts.group(1)) + number(parts.group(2));
        long days = 7 * number(parts.group(3)) + number(parts.group(4));
        long seconds = 3600 * number(parts.group(5)) + 60 * number(parts.group(6)) + number(parts.group(7));
        String fraction = parts.group(8);
        long millis = 1000 * seconds + (fraction == null ? 0 : number((fraction + "00").substring(0, 3)));
        if (months > MAX_PART || days > MAX_PART || millis > MAX_PART) {
            return false;
        }
        out.littleEndian(months, Integer.BYTES);
        out.littleEndian(days, Integer.BYTES);
        out.littleEndian(millis, Integer.BYTES);
        return true;
    }

    private static long number(@Nullable String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }

    @Override
    public void writeDefault(JsonNode value, DefaultValues.Target target) throws MisfitException {
        BytesType.writeDefault(value, SIZE, target);
    }
}
