package io.backprocess.upsert;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Checks whether a table can take a definition's rows, before a batch is started. It writes nothing. */
public final class TableCheck {
    /** The decimals of a second that both servers keep at most: microseconds. */
    private static final int FINEST_FRACTION = 6;

    private final UpsertDefinition definition;
    private final Database database;
    private final List<String> problems = new ArrayList<>();

    private TableCheck(UpsertDefinition definition, Database database) {
        this.definition = definition;
        this.database = database;
    }

    /** The database does not answer. */
    public static final class UnreachableException extends Exception {
        private static final long serialVersionUID = 1;

        UnreachableException(String message, SQLException cause) {
            super(message, cause);
        }
    }

    /**
     * Returns everything that prevents writing, each with what to do.
     *
     * @param password the user's password; empty for none
     * @param drivers the class loader that finds JDBC drivers
     * @throws UpsertException when there is no driver
     * @throws UnreachableException when the database does not answer
     */
    public static List<String> problems(UpsertDefinition definition, String password, ClassLoader drivers)
            throws UnreachableException {
        TableCheck check = new TableCheck(definition, new Database(definition, password, drivers));
        try (Connection connection = check.database.connect()) {
            check.look(connection);
        } catch (SQLException e) {
            if (SqlFailure.of(e) == SqlFailure.PASSING) {
                throw new UnreachableException(
                        "%s does not answer: %s".formatted(definition.database(), SqlFailure.words(e)), e);
            }
            check.problems.add(
                    "%s: %s; fix it, or the definition".formatted(definition.database(), SqlFailure.words(e)));
        }
        return check.problems;
    }

    private void look(Connection connection) throws SQLException {
        Map<String, DeclaredColumn> declared = DeclaredColumn.of(definition, connection);
        if (declared.isEmpty()) {
            problems.add(
                    "table %s: it does not exist, or the user %s cannot see it (upper and lower case differ); create it, or grant access to it"
                            .formatted(definition.describe(), definition.login().user()));
            return;
        }
        for (Column column : definition.columns()) {
            look(column, declared.get(column.name()));
        }
        Set<String> named = new HashSet<>();
        definition.columns().forEach(column -> named.add(column.name()));
        for (DeclaredColumn column : declared.values()) {
            if (!column.filled() && !named.contains(column.name())) {
                problems.add(
                        "column %s of %s takes no NULL, has no default and is not in the definition; add it there, or give it a default"
                                .formatted(column.name(), definition.table()));
            }
        }
        Set<String> keys = new HashSet<>();
        definition.keys().forEach(key -> keys.add(key.name()));
        if (declared.keySet().containsAll(keys) && !uniqueIndexes(connection).contains(keys)) {
            problems.add("table %s has no primary key or unique index over just %s; create one, or choose other keys"
                    .formatted(definition.table(), String.join(", ", keys)));
        }
        if (definition.dialect() == Dialect.MARIADB) {
            lookAtTheEngine(connection);
        } else {
            lookAtTheKeys(connection);
        }
        if (problems.isEmpty()) {
            tryStatement(connection);
        }
    }

    /** Rejects an engine without transactions: it would keep a part of a refused batch of rows. */
    private void lookAtTheEngine(Connection connection) throws SQLException {
        DeclaredColumn.TableName table = DeclaredColumn.TableName.of(definition, connection);
        try (PreparedStatement engine = connection.prepareStatement(
                "SELECT t.engine FROM information_schema.tables t JOIN information_schema.engines e ON e.engine = t.engine"
                        + " WHERE e.transactions <> 'YES' AND t.table_schema = ? AND t.table_name = ?")) {
            engine.setString(1, table.catalog());
            engine.setString(2, table.name());
            try (ResultSet row = engine.executeQuery()) {
                while (row.next()) {
                    problems.add("table %s has the engine %s, which does not support transactions; change it to InnoDB"
                            .formatted(definition.table(), row.getString(1)));
                }
            }
        }
    }

    private void look(Column column, @Nullable DeclaredColumn declared) {
        if (declared == null) {
            problems.add("table %s has no column %s (upper and lower case differ)"
                    .formatted(definition.table(), column.name()));
            return;
        }
        if (!column.type().isKeptIn(declared.sqlType())) {
            problems.add("column %s of %s is a %s and cannot hold values of type %s; choose another type"
                    .formatted(column.name(), definition.table(), declared.typeName(), column.type()));
        }
        if ((column.key() || column.isGuard()) && column.type() == ColumnType.TIMESTAMP) {
            lookAtTheFraction(column, declared);
        }
        if (column.key() && declared.nullable()) {
            problems.add("column %s of %s is a key but takes NULL; make it NOT NULL"
                    .formatted(column.name(), definition.table()));
        }
    }

    /** Rejects a coarser column: two different times would be equal in it, so an older event could overwrite a newer one. */
    private void lookAtTheFraction(Column column, DeclaredColumn declared) {
        if (declared.decimals() < FINEST_FRACTION) {
            problems.add(
                    "column %s of %s is a %s(%s), which is coarser than the times of events: as a %s it treats an older row as one of the same time; make it %s"
                            .formatted(
                                    column.name(),
                                    definition.table(),
                                    declared.typeName(),
                                    declared.decimals(),
                                    column.key() ? "key" : "guard",
                                    definition.dialect().finest(declared.typeName())));
        }
    }

    /**
     * Rejects keys in which two different texts are equal, because one row would overwrite the row of another key. MariaDB
     * checks this row by row: {@link Upserts}.
     */
    private void lookAtTheKeys(Connection connection) throws SQLException {
        try (PreparedStatement loose = connection.prepareStatement(
                "SELECT a.attname, t.typname, c.collname FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid"
                        + " LEFT JOIN pg_collation c ON c.oid = a.attcollation"
                        + " WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped"
                        + " AND (t.typname = 'citext' OR NOT c.collisdeterministic)")) {
            loose.setString(1, definition.quotedTable());
            try (ResultSet row = loose.executeQuery()) {
                while (row.next()) {
                    String name = row.getString(1);
                    if (definition.keys().stream().anyMatch(key -> key.name().equals(name))) {
                        problems.add(
                                "column %s of %s is a key that treats different texts as equal (%s, collation %s), so one row would overwrite another; make it text with a deterministic collation"
                                        .formatted(name, definition.table(), row.getString(2), row.getString(3)));
                    }
                }
            }
        }
    }

    /** Returns the columns of each unique index. */
    private Set<Set<String>> uniqueIndexes(Connection connection) throws SQLException {
        DeclaredColumn.TableName table = DeclaredColumn.TableName.of(definition, connection);
        Map<String, Set<String>> indexes = new TreeMap<>();
        DatabaseMetaData metadata = connection.getMetaData();
        try (ResultSet row = metadata.getIndexInfo(table.catalog(), table.schema(), table.name(), true, true)) {
            while (row.next()) {
                String column = row.getString("COLUMN_NAME");
                // An index over only a part of the rows does not make a key unique.
                if (column != null && row.getString("FILTER_CONDITION") == null) {
                    indexes.computeIfAbsent(row.getString("INDEX_NAME"), name -> new HashSet<>())
                            .add(column.replace("\"", ""));
                }
            }
        }
        return new HashSet<>(indexes.values());
    }

    /** Explains the statement without running it: the server checks all its names, types and rights. */
    private void tryStatement(Connection connection) throws SQLException {
        try (PreparedStatement explain =
                connection.prepareStatement("EXPLAIN " + definition.dialect().upsert(definition))) {
            int index = 0;
            for (Column column : definition.columns()) {
                explain.setNull(++index, column.type().sqlType());
            }
            explain.execute();
        } catch (SQLException e) {
            problems.add("table %s cannot be written: %s; fix the table, or the user's rights"
                    .formatted(definition.describe(), SqlFailure.words(e)));
        } finally {
            connection.rollback();
        }
    }
}
