package io.backprocess.revise.rules;

import io.backprocess.event.JsonValue;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A number of an event, as rules see it: decimal, since {@code 19.99 * 100} is 1999 to whoever writes a rule. Arithmetic rounds
 * to 34 digits (IEEE 754 decimal128), so that {@code 1e1000000000 + 1} costs no more than {@code 1 + 1}. A number that is only
 * passed on keeps its text.
 */
final class Decimal implements Comparable<Decimal>, RuleValues.View {
    static final MathContext PRECISION = MathContext.DECIMAL128;
    private static final Pattern ZERO = Pattern.compile("-?[0.]+([eE].*)?");

    private final @Nullable JsonValue source;
    private @Nullable BigDecimal value;

    /** A number of a document; it is parsed when it is counted with. */
    Decimal(JsonValue source) {
        this.source = source;
    }

    Decimal(BigDecimal value) {
        this.source = null;
        this.value = value;
    }

    /** A literal of a rule, or what a function of CEL gives; null where it is no number, or not a finite one. */
    static @Nullable Decimal of(Object number) {
        if (number instanceof Decimal decimal) {
            return decimal;
        }
        if (number instanceof Double real) {
            return Double.isFinite(real) ? new Decimal(BigDecimal.valueOf(real)) : null;
        }
        return number instanceof Number whole ? new Decimal(new BigDecimal(whole.toString())) : null;
    }

    /** @throws NumberFormatException when its exponent does not fit a BigDecimal ({@code 1e99999999999}) */
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

    /** The text that it has in its document, or would have. */
    String text() {
        return source == null ? value().toString() : source.literal();
    }

    /** Most numbers are compared with zero, for which they need not be parsed, nor fit a BigDecimal. */
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

    /** By value: {@code 1.0} is 1. */
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
