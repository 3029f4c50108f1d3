package io.backprocess.upsert;

import io.backprocess.batch.BatchException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** Selects rows by the first column of their key. Numbers, times and dates are compared as such, everything else as text. */
final class KeyBounds {
    private final int column;
    private final Comparable<Object> from;
    private final Comparable<Object> to;

    /**
     * @param from the first value, inclusive
     * @param to the last value, inclusive
     * @throws BatchException usage, when a value is not of the column's type
     */
    KeyBounds(UpsertDefinition definition, String from, String to) {
        Column key = definition.keys().get(0);
        this.column = definition.columns().indexOf(key);
        this.from = value(key, from);
        this.to = value(key, to);
        if (this.from.compareTo(this.to) > 0) {
            throw BatchException.usage("--table-keys: %s is after %s; give the smaller key first".formatted(from, to));
        }
    }

    @SuppressWarnings("unchecked") // Values of one column are of one type.
    private static Comparable<Object> value(Column key, String text) {
        try {
            Object value =
                    switch (key.type()) {
                        case BIGINT, NUMERIC -> new BigDecimal(text);
                        case DOUBLE -> Double.valueOf(text);
                        case TIMESTAMP -> Instant.parse(text);
                        case DATE -> LocalDate.parse(text);
                        case BOOLEAN -> Boolean.valueOf(text);
                        default -> text;
                    };
            return (Comparable<Object>) value;
        } catch (NumberFormatException | DateTimeException e) {
            throw BatchException.usage(
                    "--table-keys: '%s' is no %s, as column %s of the key is".formatted(text, key.type(), key.name()));
        }
    }

    boolean contain(@Nullable Object[] row) {
        Object value = row[column];
        return value != null && from.compareTo(value) <= 0 && to.compareTo(value) >= 0;
    }
}
