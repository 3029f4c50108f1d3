package io.backprocess.upsert;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The meaning of a database failure for the rows that should be written. */
enum SqlFailure {
    /** The database refuses these rows. */
    REFUSED,
    /** The database is unreachable, full or busy, or two writers blocked each other: the same rows may succeed later. */
    PASSING,
    /** The table does not match the definition, or the user may not write it: no row can succeed. */
    DEFINITION,
    UNKNOWN;

    /** Data exceptions, constraints, check options, and errors that triggers raise. */
    private static final Set<String> REFUSED_CLASSES = Set.of("21", "22", "23", "44", "45", "54", "P0");
    /** Connection, rollback, resources, operator intervention, the server's disk; MariaDB's killed queries. */
    private static final Set<String> PASSING_CLASSES = Set.of("08", "40", "53", "57", "58", "70");
    /** Access, a missing database, syntax and rights, features that the server does not have. */
    private static final Set<String> DEFINITION_CLASSES = Set.of("28", "3D", "3F", "42", "0A");
    /**
     * PostgreSQL: waiting for a lock took too long; the server is read-only, because another server has become the writer.
     */
    private static final Set<String> PASSING_STATES = Set.of("55P03", "25006");

    /** MariaDB's codes with the state HY000 or 42000: text outside of the column's character set, truncated data, a CHECK. */
    private static final Set<Integer> REFUSED_CODES = Set.of(1265, 1366, 4025);
    /** A full disk, a full table, lock waits, a read-only server, limits on a user's connections or queries. */
    private static final Set<Integer> PASSING_CODES = Set.of(1021, 1114, 1203, 1205, 1213, 1226, 1290, 1836);

    static SqlFailure of(SQLException failure) {
        SQLException said = said(failure);
        String state = said == null ? null : said.getSQLState();
        if (said == null || state == null || state.length() < 2) {
            // A driver that reports no state has usually lost its connection.
            return PASSING;
        }
        String group = state.substring(0, 2);
        if (PASSING_STATES.contains(state) || PASSING_CODES.contains(said.getErrorCode())) {
            return PASSING;
        }
        if (REFUSED_CLASSES.contains(group) || REFUSED_CODES.contains(said.getErrorCode())) {
            return REFUSED;
        }
        if (PASSING_CLASSES.contains(group)) {
            return PASSING;
        }
        return DEFINITION_CLASSES.contains(group) ? DEFINITION : UNKNOWN;
    }

    /** Returns the exception of the chain that has the server's state; for a JDBC batch only a cause may have it. */
    private static @Nullable SQLException said(SQLException failure) {
        for (Throwable each : failure) {
            if (each instanceof SQLException said && said.getSQLState() != null) {
                return said;
            }
        }
        return null;
    }

    /**
     * Returns the database's message without the count of the batch and the connection's number, so that it is always the
     * same.
     */
    static String words(SQLException failure) {
        SQLException said = said(failure);
        Throwable told = said == null ? failure : said;
        while (told instanceof java.sql.BatchUpdateException && told.getCause() instanceof SQLException cause) {
            told = cause;
        }
        return String.valueOf(told.getMessage()).replaceAll("\\(conn=\\d+\\) ", "");
    }
}
