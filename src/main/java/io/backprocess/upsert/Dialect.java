package io.backprocess.upsert;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The differences between kinds of databases. */
@SuppressWarnings("ImmutableEnumChecker") // Map.of, List.of
enum Dialect {
    POSTGRESQL(
            '"',
            63,
            // The driver sends strings without a type, so that json, uuid and enum columns accept them. Error details
            // are off, because they would repeat the row.
            Map.of(
                    "stringtype", "unspecified",
                    "logServerErrorDetail", "false",
                    "ApplicationName", "backprocess",
                    "tcpKeepAlive", "true",
                    "connectTimeout", "10",
                    "socketTimeout", "60"),
            List.of("SET TIME ZONE 'UTC'", "SET lock_timeout = '30s'"),
            List.of()) {
        @Override
        String upsert(UpsertDefinition definition) {
            return Upserts.onConflict(definition);
        }

        @Override
        Object bound(Object value) {
            return value instanceof Instant instant ? instant.atOffset(ZoneOffset.UTC) : value;
        }

        @Override
        Instant kept(Instant time) {
            return time.plusNanos(HALF_A_MICROSECOND).truncatedTo(ChronoUnit.MICROS);
        }

        @Override
        @Nullable
        String unfit(Object value) {
            return value instanceof String text && text.indexOf('\0') >= 0
                    ? "has a NUL character, which PostgreSQL does not take"
                    : null;
        }

        @Override
        String finest(String type) {
            return type;
        }
    },
    /** MariaDB, and MySQL, which accepts the same statements. */
    MARIADB(
            '`',
            64,
            Map.of("connectTimeout", "10000", "socketTimeout", "60000"),
            List.of(
                    // A value that does not fit is an error and is not truncated. A key of 0 is 0, not the next
                    // number.
                    "SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO')",
                    "SET SESSION time_zone = '+00:00'"),
            // MariaDB's driver does not tell its server that a connection only reads.
            List.of("SET SESSION TRANSACTION READ ONLY")) {
        @Override
        String upsert(UpsertDefinition definition) {
            return Upserts.onDuplicateKey(definition);
        }

        @Override
        Object bound(Object value) {
            return value instanceof Instant instant ? LocalDateTime.ofInstant(instant, ZoneOffset.UTC) : value;
        }

        @Override
        Instant kept(Instant time) {
            return time.truncatedTo(ChronoUnit.MICROS);
        }

        @Override
        @Nullable
        String unfit(Object value) {
            return (value instanceof Instant instant && isOutside(LocalDate.ofInstant(instant, ZoneOffset.UTC)))
                            || (value instanceof LocalDate date && isOutside(date))
                    ? "is not between the years 1000 and 9999, as MariaDB needs it"
                    : null;
        }

        @Override
        String finest(String type) {
            return type.toLowerCase(Locale.ROOT) + "(6)";
        }

        private boolean isOutside(LocalDate date) {
            return date.getYear() < 1000 || date.getYear() > 9999;
        }
    };

    private static final int HALF_A_MICROSECOND = 500;

    private final char quote;
    private final int longestName;
    private final Map<String, String> properties;
    private final List<String> session;
    private final List<String> readOnly;

    Dialect(char quote, int longestName, Map<String, String> properties, List<String> session, List<String> readOnly) {
        this.quote = quote;
        this.longestName = longestName;
        this.properties = properties;
        this.session = session;
        this.readOnly = readOnly;
    }

    /** Returns the dialect for a URL; null when it is none of these. */
    static @Nullable Dialect of(String url) {
        if (url.startsWith("jdbc:postgresql:")) {
            return POSTGRESQL;
        }
        return url.startsWith("jdbc:mariadb:") || url.startsWith("jdbc:mysql:") ? MARIADB : null;
    }

    abstract String upsert(UpsertDefinition definition);

    /** Returns the value in the form that the driver takes. */
    abstract Object bound(Object value);

    /** Returns the time as the driver sends it: to the microsecond. */
    abstract Instant kept(Instant time);

    /** Says what is wrong with a value for this kind of database; null when nothing is. */
    abstract @Nullable String unfit(Object value);

    /** Returns the type of times with which a table keeps microseconds, as its declaration spells it. */
    abstract String finest(String type);

    /** Returns the quoted name. The name must have been checked before. */
    String quoted(String name) {
        return quote + name + quote;
    }

    int longestName() {
        return longestName;
    }

    /** Returns the properties of a connection that apply unless the URL sets them. */
    Map<String, String> properties() {
        return properties;
    }

    /** Returns the statements that every new connection runs. */
    List<String> session() {
        return session;
    }

    /** Returns the further statements of a connection that only reads. */
    List<String> readOnly() {
        return readOnly;
    }
}
