package io.backprocess.revise.rules;

import io.backprocess.event.JsonValue;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A number of an event as rules see it. It is decimal, since an author of rules expects {@code 19.99 * 100} to be 1999.
 * Arithmetic rounds to 34 digits (IEEE 754 decimal128), so that {@code 1e1000000000 + 1} costs no more than {@code 1 + 1}. A
 * number that is only copied keeps its text.
 */
final class Decimal implements Comparable<Decimal>, RuleValues.DocumentView {
    static final MathContext PRECISION = MathContext.DECIMAL128;
    private static final Pattern ZERO = Pattern.compile("-?[0.]+([eE].*)?");

    private final @Nullable JsonValue source;
    private @Nullable BigDecimal value;

    /** Creates a number of a document, which is parsed only when a rule computes with it. */
    Decimal(JsonValue source) {
        this.source = source;
    }

    Decimal(BigDecimal value) {
        this.source = null;
        this.value = value;
    }

    /**
     * Converts a literal of a rule or the result of a CEL function. It returns null where the value is not a number, or is not
     * finite.
     */
    static @Nullable Decimal of(Object number) {
        if (number instanceof Decimal decimal) {
            return decimal;
        }
        if (number instanceof Double real) {
            return Double.isFinite(real) ? new Decimal(BigDecimal.valueOf(real)) : null;
        }
        return number instanceof Number whole ? new Decimal(new BigDecimal(whole.toString())) : null;
    }

    /**
     * Returns the numeric value.
     *
     * @throws NumberFormatException when the exponent does not fit a BigDecimal ({@code 1e99999999999})
     */
    BigDecimal value() {
        BigDecimal known = value;
        if (known == null) {
            known = new BigDecimal(String.valueOf(source));
            value = known;
        }
        return known;
    }

    @Override
    public @Nullable JsonValue source() {
        return source;
    }

    /** Returns the number's text in its document, or the text that it would have there. */
    String text() {
        return source == null ? value().toString() : source.literal();
    }

    /**
     * Returns the sign. Most numbers are only compared with zero, so the sign is read without parsing. The number need not fit a
     * BigDecimal.
     */
    private int signum() {
        if (source == null || value != null) {
            return value().signum();
        }
        return source.isNegative() ? -1 : ZERO.matcher(source.literal()).matches() ? 0 : 1;
    }

    @Override
    public int compareTo(Decimal other) {
        int signum = signum();
        int bySign = Integer.compare(signum, other.signum());
        return bySign != 0 || signum == 0 ? bySign : value().compareTo(other.value());
    }

    /** Compares by value: {@code 1.0} equals 1. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Decimal decimal && compareTo(decimal) == 0;
    }

    @Override
    public int hashCode() {
        return signum() == 0 ? 0 : value().stripTrailingZeros().hashCode();
    }

    @Override
    public String toString() {
        return text();
    }
}
