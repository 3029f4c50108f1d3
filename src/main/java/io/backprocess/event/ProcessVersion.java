package io.backprocess.event;

import java.io.Serializable;
import java.math.BigDecimal;
import java.util.Objects;

/**
 * The version of the logic that an event was made by. {@code 1}, {@code 1.0} and {@code 1e0} are the same version.
 *
 * <p>A number whose exponent no machine can hold is still a version (JSON allows it): it equals only its own text.
 */
public final class ProcessVersion implements Serializable {
    private static final long serialVersionUID = 1;
    /** Longer than this, a version is printed in scientific notation rather than with a million zeros. */
    private static final int LONGEST_PLAIN_EXPONENT = 40;

    private final String text;

    private ProcessVersion(String text) {
        this.text = text;
    }

    /**
     * @param number a JSON number
     * @throws NumberFormatException when it is not one
     */
    public static ProcessVersion of(String number) {
        // Most versions are one digit and already canonical.
        if (number.length() == 1 && Character.isDigit(number.charAt(0))) {
            return new ProcessVersion(number);
        }
        BigDecimal value;
        try {
            value = new BigDecimal(number);
        } catch (NumberFormatException e) {
            if (number.matches("-?[0-9]+(\\.[0-9]+)?[eE][+-]?[0-9]+")) {
                return new ProcessVersion(number);
            }
            throw new NumberFormatException("'" + number + "' is not a version: give a number such as 1 or 2.3");
        }
        if (value.signum() == 0) {
            return new ProcessVersion("0");
        }
        BigDecimal canonical = value.stripTrailingZeros();
        boolean plain = Math.abs((long) canonical.scale()) <= LONGEST_PLAIN_EXPONENT;
        return new ProcessVersion(plain ? canonical.toPlainString() : canonical.toString());
    }

    /** The canonical number, as it is written into results: {@code 2}, {@code 2.3}. */
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
