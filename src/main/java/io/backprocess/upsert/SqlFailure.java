package io.backprocess.upsert;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a failure of the database means for the rows that were to be written. */
enum SqlFailure {
    /** Something is wrong with these very rows. */
    REFUSED,
    /** The database is away, full or busy, or two writers were in each other's way: the same rows may do later. */
    PASSING,
    /** The table is not what the definition says, or the user may not write it: no row will do. */
    DEFINITION,
    UNKNOWN;

    /** Data exceptions, constraints, check options, and what triggers raise. */
    private static final Set<String> REFUSED_CLASSES = Set.of("21", "22", "23", "44", "45", "54", "P0");
    /** Connection, rollback, resources, operator intervention, the server's disk; MariaDB's killed queries. */
    private static final Set<String> PASSING_CLASSES = Set.of("08", "40", "53", "57", "58", "70");
    /** Access, no such database, syntax and rights, what the server cannot do at all. */
    private static final Set<String> DEFINITION_CLASSES = Set.of("28", "3D", "3F", "42", "0A");
    /** PostgreSQL: a lock was waited for too long; the server only reads, since another one has become the writer. */
    private static final Set<String> PASSING_STATES = Set.of("55P03", "25006");

    /** MariaDB gives many failures the state HY000 or 42000: text that the column's character set has not, data cut, a CHECK. */
    private static final Set<Integer> REFUSED_CODES = Set.of(1265, 1366, 4025);
    /** Disk full, table full, lock wait, read only, connections or queries of a user. */
    private static final Set<Integer> PASSING_CODES = Set.of(1021, 1114, 1203, 1205, 1213, 1226, 1290, 1836);

    static SqlFailure of(SQLException failure) {
        SQLException said = said(failure);
        String state = said == null ? null : said.getSQLState();
        if (said == null || state == null || state.length() < 2) {
            // A driver that says nothing at all has mostly lost its connection.
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

    /** The one of the chain that the server's state is in: a batch's failure may say it only in what caused it. */
    private static @Nullable SQLException said(SQLException failure) {
        for (Throwable each : failure) {
            if (each instanceof SQLException said && said.getSQLState() != null) {
                return said;
            }
        }
        return null;
    }

    /** The database's words: without the count of the batch and, so that they are the same each time, the connection's number. */
    static String words(SQLException failure) {
        SQLException said = said(failure);
        Throwable told = said == null ? failure : said;
        while (told instanceof java.sql.BatchUpdateException && told.getCause() instanceof SQLException cause) {
            told = cause;
        }
        return String.valueOf(told.getMessage()).replaceAll("\\(conn=\\d+\\) ", "");
    }
}
