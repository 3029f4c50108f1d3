package io.backprocess.event;

import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The version of the logic that made an event. {@code 1}, {@code 1.0} and {@code 1e0} are the same version.
 *
 * <p>A number whose exponent is too large to compute with is still a version, since JSON allows it. It equals only its own text.
 */
public final class ProcessVersion implements Serializable {
    private static final long serialVersionUID = 1;
    /**
     * The largest scale that is printed in plain notation. Beyond it a version is printed in scientific notation instead of with
     * a million zeros.
     */
    private static final int LONGEST_PLAIN_EXPONENT = 40;

    private static final Pattern JSON_NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

    private static final ProcessVersion[] DIGITS = IntStream.range(0, 10)
            .mapToObj(digit -> new ProcessVersion(String.valueOf(digit)))
            .toArray(ProcessVersion[]::new);

    private final String text;

    private ProcessVersion(String text) {
        this.text = text;
    }

    /**
     * Returns the version that a JSON number denotes.
     *
     * @param number a JSON number
     * @throws NumberFormatException when the text is not a JSON number
     */
    public static ProcessVersion of(String number) {
        if (!isNumber(number)) {
            throw new NumberFormatException("'" + number + "' is not a version: give a number such as 1 or 2.3");
        }
        return new ProcessVersion(canonical(number));
    }

    static boolean isNumber(String text) {
        return JSON_NUMBER.matcher(text).matches();
    }

    /** Returns the version that a value denotes, which must be a number. */
    static ProcessVersion of(JsonValue number) {
        // Most versions are one digit, and every event needs its version.
        int digit = number.digit();
        return digit < 0 ? new ProcessVersion(canonical(number.literal())) : DIGITS[digit];
    }

    private static String canonical(String number) {
        int e = Math.max(number.indexOf('e'), number.indexOf('E'));
        String mantissa = e < 0 ? number : number.substring(0, e);
        int point = mantissa.indexOf('.');
        int decimals = point < 0 ? 0 : mantissa.length() - point - 1;
        String digits = mantissa.replace(".", "");
        // BigDecimal.stripTrailingZeros would divide once for each of a thousand zeros.
        String significant = withoutTrailingZeros(digits);
        if (significant.isEmpty() || significant.equals("-")) {
            return "0";
        }
        try {
            long exponent = e < 0 ? 0 : Long.parseLong(number.substring(e + 1));
            int scale = Math.toIntExact(
                    Math.subtractExact((long) decimals - (digits.length() - significant.length()), exponent));
            BigDecimal value = new BigDecimal(new BigInteger(significant), scale);
            return Math.abs((long) scale) <= LONGEST_PLAIN_EXPONENT ? value.toPlainString() : value.toString();
        } catch (ArithmeticException | NumberFormatException tooLarge) {
            // The exponent does not fit, so the version keeps its own text.
            return number;
        }
    }

    private static String withoutTrailingZeros(String digits) {
        int end = digits.length();
        while (end > 0 && digits.charAt(end - 1) == '0') {
            end--;
        }
        return digits.substring(0, end);
    }

    /** Returns the canonical number as results contain it: {@code 2}, {@code 2.3}. */
    @Override
    public String toString() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ProcessVersion version && version.text.equals(text);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(text);
    }
}
