package io.backprocess.upsert;

import io.backprocess.event.JsonValue;
import java.math.BigDecimal;
import java.sql.Types;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The type of a column's values. A JSON value is converted to it without loss, or not at all. */
@SuppressWarnings("ImmutableEnumChecker") // Set.of
enum ColumnType {
    /** Text; numbers and true or false keep their spelling. */
    TEXT(
            Types.VARCHAR,
            Types.CHAR,
            Types.VARCHAR,
            Types.LONGVARCHAR,
            Types.NCHAR,
            Types.NVARCHAR,
            Types.LONGNVARCHAR,
            Types.CLOB,
            Types.OTHER) {
        @Override
        @Nullable
        Object of(JsonValue value) {
            return value.isNumber() || value.isBoolean() ? value.literal() : value.text();
        }
    },
    BIGINT(Types.BIGINT, Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT, Types.NUMERIC, Types.DECIMAL) {
        @Override
        @Nullable
        Object of(JsonValue value) {
            BigDecimal number = value.number();
            return number == null ? null : number.longValueExact();
        }
    },
    NUMERIC(Types.NUMERIC, Types.NUMERIC, Types.DECIMAL) {
        @Override
        @Nullable
        Object of(JsonValue value) {
            return value.number();
        }
    },
    DOUBLE(Types.DOUBLE, Types.DOUBLE, Types.FLOAT) {
        @Override
        @Nullable
        Object of(JsonValue value) {
            if (!value.isNumber()) {
                return null;
            }
            double number = Double.parseDouble(value.literal());
            if (Double.isInfinite(number)) {
                throw new ArithmeticException("too large");
            }
            return number;
        }
    },
    BOOLEAN(Types.BOOLEAN, Types.BOOLEAN, Types.BIT, Types.TINYINT) {
        @Override
        @Nullable
        Object of(JsonValue value) {
            return value.bool();
        }
    },
    /** An instant, in the form of ISO 8601 with an offset. */
    TIMESTAMP(Types.TIMESTAMP_WITH_TIMEZONE, Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE) {
        @Override
        @Nullable
        Object of(JsonValue value) {
            return value.instant();
        }
    },
    /** {@code 2025-11-15}. */
    DATE(Types.DATE, Types.DATE) {
        @Override
        @Nullable
        Object of(JsonValue value) {
            String text = value.text();
            try {
                return text == null ? null : LocalDate.parse(text);
            } catch (DateTimeParseException e) {
                return null;
            }
        }
    },
    /** Any JSON value, with its spelling. */
    JSON(Types.VARCHAR, Types.OTHER, Types.VARCHAR, Types.LONGVARCHAR, Types.CLOB) {
        @Override
        Object of(JsonValue value) {
            return value.literal();
        }
    },
    UUID(Types.VARCHAR, Types.OTHER, Types.CHAR, Types.VARCHAR) {
        @Override
        @Nullable
        Object of(JsonValue value) {
            String text = value.text();
            return text != null && CANONICAL_UUID.matcher(text).matches() ? text : null;
        }
    };

    private static final Pattern CANONICAL_UUID =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
    /**
     * The limit of PostgreSQL's numeric, which is more than MariaDB's. Without a limit 1e2000000000 would be written out in
     * full.
     */
    private static final int MAX_DIGITS = 131_072;

    private static final int MAX_DECIMALS = 16_383;

    private final int sqlType;
    private final Set<Integer> kept;

    /**
     * @param sqlType the type of {@link Types} for a NULL
     * @param kept the types of {@link Types} in which a database may store such values
     */
    ColumnType(int sqlType, Integer... kept) {
        this.sqlType = sqlType;
        this.kept = Set.of(kept);
    }

    /**
     * Converts the value to a Java object; null when the value is of another kind.
     *
     * @throws ArithmeticException when the value does not fit
     * @throws NumberFormatException when the value does not fit
     */
    abstract @Nullable Object of(JsonValue value);

    /** @throws UnfitException when the value cannot be converted without loss */
    Object convert(JsonValue value, Column column) throws UnfitException {
        Object converted;
        try {
            converted = of(value);
        } catch (ArithmeticException | NumberFormatException e) {
            throw column.unfit("is a number that %s does not hold".formatted(this));
        }
        if (converted == null) {
            throw column.unfit("is %s and no %s".formatted(kind(value), this));
        }
        if (converted instanceof BigDecimal number
                && ((long) number.precision() - number.scale() > MAX_DIGITS || number.scale() > MAX_DECIMALS)) {
            throw column.unfit("is a number that %s does not hold".formatted(this));
        }
        return converted;
    }

    private static String kind(JsonValue value) {
        if (value.isText()) {
            return "text";
        }
        return value.isNumber()
                ? "a number"
                : value.isBoolean() ? "true or false" : value.isArray() ? "an array" : "an object";
    }

    /** Returns the type of {@link Types} for a NULL. */
    int sqlType() {
        return sqlType;
    }

    /** Tells whether a column that the database declares as this type of {@link Types} can hold such values. */
    boolean isKeptIn(int declared) {
        return kept.contains(declared);
    }

    /** Returns the word in the file. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
