package io.backprocess.upsert;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A column of the definition as the database keeps it. It reads its values back, and tells whether a value is what the database
 * makes of the value of a result.
 *
 * <p>Values are compared in their plain form: numbers as {@link BigDecimal}, times as {@link Instant}, everything else as the
 * conversion of {@link ColumnType} gives it.
 */
final class StoredColumn {
    private static final int MAX_TEXT = 100;
    private static final Set<String> JSON_TYPES = Set.of("json", "jsonb");
    /** Types whose text the database writes in its own way: addresses, for instance. */
    private static final Set<String> OWN_SPELLING = Set.of("inet4", "inet6", "set");

    private static final Set<String> IGNORES_CASE = Set.of("uuid", "enum");

    private final Column column;
    private final DeclaredColumn declared;
    private final Dialect dialect;
    private final String type;
    private final PlainJson json;

    /** @param isMySql whether the server is MySQL, which keeps the numbers of JSON as doubles */
    StoredColumn(Column column, DeclaredColumn declared, Dialect dialect, boolean isMySql) {
        this.column = column;
        this.declared = declared;
        this.dialect = dialect;
        this.type = declared.typeName().toLowerCase(Locale.ROOT);
        this.json = new PlainJson(isMySql);
    }

    Column column() {
        return column;
    }

    /** Returns the plain form of a value in the form that the driver takes. */
    static Object plain(Object bound) {
        if (bound instanceof Long number) {
            return BigDecimal.valueOf(number);
        }
        if (bound instanceof OffsetDateTime time) {
            return time.toInstant();
        }
        return bound instanceof LocalDateTime time ? time.toInstant(ZoneOffset.UTC) : bound;
    }

    /** Reads the value of the current row in its plain form; as text if it is not of the column's type. */
    @Nullable
    Object read(ResultSet row, int index) throws SQLException {
        try {
            return readTyped(row, index);
        } catch (SQLException e) {
            if (String.valueOf(e.getSQLState()).startsWith("08")) {
                throw e;
            }
            return row.getString(index);
        } catch (DateTimeException e) {
            return row.getString(index);
        }
    }

    private @Nullable Object readTyped(ResultSet row, int index) throws SQLException {
        return switch (column.type()) {
            case BIGINT, NUMERIC -> row.getBigDecimal(index);
            case DOUBLE -> {
                double number = row.getDouble(index);
                yield row.wasNull() ? null : (Object) number;
            }
            case BOOLEAN -> readBoolean(row, index);
            case TIMESTAMP -> {
                Object time = type.equals("timestamptz")
                        ? row.getObject(index, OffsetDateTime.class)
                        : row.getObject(index, LocalDateTime.class);
                yield time == null ? null : plain(time);
            }
            case DATE -> row.getObject(index, LocalDate.class);
            default -> row.getString(index);
        };
    }

    /** Reads true or false. A number other than 0 and 1, which MariaDB takes for true, stays a number. */
    private @Nullable Object readBoolean(ResultSet row, int index) throws SQLException {
        if (dialect == Dialect.POSTGRESQL) {
            boolean value = row.getBoolean(index);
            return row.wasNull() ? null : (Object) value;
        }
        long number = row.getLong(index);
        if (row.wasNull()) {
            return null;
        }
        return number == 0 || number == 1 ? (Object) (number == 1) : BigDecimal.valueOf(number);
    }

    /** Returns the form of a key's value that is the same for all spellings that the database takes for one. */
    Object keyForm(Object plain) {
        if (plain instanceof BigDecimal number) {
            return number.stripTrailingZeros();
        }
        if (plain instanceof Instant time) {
            return dialect.kept(time);
        }
        if (plain instanceof Double number) {
            return number + 0.0;
        }
        if (plain instanceof String text) {
            return column.type() == ColumnType.JSON ? json(text) : isPadded() ? withoutPadding(text) : folded(text);
        }
        return plain;
    }

    private String folded(String text) {
        return IGNORES_CASE.contains(type) ? text.toLowerCase(Locale.ROOT) : text;
    }

    /** Tells whether the table's value is what the database keeps of the result's value. */
    boolean keeps(@Nullable Object expected, @Nullable Object stored) {
        if (expected == null || stored == null) {
            return expected == null && stored == null;
        }
        if (expected instanceof BigDecimal number) {
            return stored instanceof BigDecimal other && number.compareTo(other) == 0;
        }
        if (expected instanceof Double number) {
            return stored instanceof Double other && isSame(number, other);
        }
        if (expected instanceof Instant time) {
            return stored instanceof Instant other && isSame(dialect.kept(time), other);
        }
        if (expected instanceof String text) {
            return stored instanceof String other && isSame(text, other);
        }
        return expected.equals(stored);
    }

    private boolean isSame(double expected, double stored) {
        boolean isSingle = type.startsWith("float") && dialect == Dialect.MARIADB;
        return expected == stored || (isSingle && isClose(expected, stored));
    }

    /** MariaDB prints a float with six digits. */
    private static boolean isClose(double expected, double stored) {
        return Math.abs(expected - stored) <= Math.abs(expected) * 1e-5;
    }

    /** Compares times to the precision of the column. Some servers round, others cut. */
    private boolean isSame(Instant expected, Instant stored) {
        if (expected.equals(stored)) {
            return true;
        }
        int decimals = Math.min(declared.decimals(), 9);
        Duration unit = Duration.ofNanos(Math.round(Math.pow(10, 9 - decimals)));
        return decimals < 6 && Duration.between(expected, stored).abs().compareTo(unit) < 0;
    }

    private boolean isSame(String expected, String stored) {
        if (expected.equals(stored)) {
            return true;
        }
        if (column.type() == ColumnType.JSON || JSON_TYPES.contains(type)) {
            return json(expected).equals(json(stored));
        }
        if (IGNORES_CASE.contains(type)) {
            return expected.equalsIgnoreCase(stored);
        }
        // Servers cut spaces that are too many for the column, without an error.
        boolean isCut = stored.length() == declared.size() && expected.length() > stored.length();
        return (isPadded() || isCut) && withoutPadding(expected).equals(withoutPadding(stored));
    }

    /** Tells whether two different texts may be the same value, because the database spells it in its own way. */
    boolean spellsInItsOwnWay() {
        boolean isOther = declared.sqlType() == Types.OTHER && !JSON_TYPES.contains(type) && !type.equals("citext");
        return column.type() == ColumnType.TEXT
                && (isOther || OWN_SPELLING.contains(type))
                && !IGNORES_CASE.contains(type);
    }

    private boolean isPadded() {
        return declared.sqlType() == Types.CHAR || type.equals("bpchar");
    }

    private static String withoutPadding(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == ' ') {
            end--;
        }
        return text.substring(0, end);
    }

    private String json(String text) {
        try {
            return json.of(text);
        } catch (JsonProcessingException e) {
            return text;
        }
    }

    /** Returns the value for a message, cut if it is long. */
    static String text(@Nullable Object plain) {
        String text = plain instanceof BigDecimal number && Math.abs((long) number.scale()) < MAX_TEXT
                ? number.toPlainString()
                : String.valueOf(plain == null ? "NULL" : plain);
        if (text.length() <= MAX_TEXT) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(MAX_TEXT - 2)) ? MAX_TEXT - 2 : MAX_TEXT - 1;
        return text.substring(0, end) + "…";
    }
}
