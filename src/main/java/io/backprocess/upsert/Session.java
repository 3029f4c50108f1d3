package io.backprocess.upsert;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One connection to the database. It is opened when there is something to write, and again after it was lost. */
final class Session implements AutoCloseable {
    private static final String NUMERIC_OUT_OF_RANGE = "22003";
    private static final int MARIADB_NULL_IN_A_KEY = 1048;

    private final UpsertDefinition definition;
    private final Database database;
    private @Nullable Connection connection;
    private @Nullable PreparedStatement upsert;
    private Map<String, DeclaredColumn> declared = Map.of();

    Session(UpsertDefinition definition, Database database) {
        this.definition = definition;
        this.database = database;
    }

    /** Writes all rows in one transaction. When this throws, either none of them is in the table, or it is unknown. */
    void commit(List<PendingOutcome> entries) throws SQLException {
        try {
            Connection open = open();
            PreparedStatement statement = statement(open);
            for (PendingOutcome entry : entries) {
                for (@Nullable Object[] row : entry.rows()) {
                    bind(statement, row);
                    statement.addBatch();
                }
            }
            statement.executeBatch();
            open.commit();
        } catch (SQLException e) {
            if (SqlFailure.of(e) != SqlFailure.REFUSED || !isRolledBack()) {
                close();
            }
            throw e;
        }
    }

    private Connection open() throws SQLException {
        if (connection == null) {
            connection = database.connect();
        }
        return connection;
    }

    private PreparedStatement statement(Connection open) throws SQLException {
        if (upsert == null) {
            declared = DeclaredColumn.of(definition, open);
            upsert = open.prepareStatement(definition.dialect().upsert(definition));
        }
        return upsert;
    }

    private void bind(PreparedStatement statement, @Nullable Object[] row) throws SQLException {
        for (int i = 0; i < row.length; i++) {
            Column column = definition.columns().get(i);
            Object value = row[i];
            if (value == null) {
                statement.setNull(i + 1, column.type().sqlType());
                continue;
            }
            if (value instanceof BigDecimal number) {
                checkDecimals(number, column);
            }
            statement.setObject(i + 1, value);
        }
    }

    /** Rejects a number with more decimals than its column has: the database would round it silently. */
    private void checkDecimals(BigDecimal number, Column column) throws SQLException {
        DeclaredColumn kept = declared.get(column.name());
        if (kept != null
                && kept.size() > 0
                && number.scale() > kept.decimals()
                && number.stripTrailingZeros().scale() > kept.decimals()) {
            throw new SQLDataException(
                    "column %s: %s has more than the %s decimals that the column keeps"
                            .formatted(column.name(), column.source(), kept.decimals()),
                    NUMERIC_OUT_OF_RANGE);
        }
    }

    private boolean isRolledBack() {
        try {
            if (upsert != null) {
                upsert.clearBatch();
            }
            if (connection != null) {
                connection.rollback();
            }
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    /** Returns the database's reason for refusing a row, or a better one when the database's is misleading. */
    String explain(SQLException refusal) {
        String words = SqlFailure.words(refusal);
        // Upserts.onDuplicateKey writes a NULL key in this case only, so that the server refuses the row.
        boolean asWanted = definition.dialect() == Dialect.MARIADB
                && refusal.getErrorCode() == MARIADB_NULL_IN_A_KEY
                && definition.keys().stream().anyMatch(key -> words.contains("'" + key.name() + "'"));
        return asWanted
                ? "another row has the same value in another unique index, or a key that the column's collation takes for this one ("
                        + words + ")"
                : words;
    }

    @Override
    public void close() {
        try (AutoCloseable first = connection) {
            connection = null;
            upsert = null;
        } catch (Exception e) {
            // The connection is closed either way, and what it had not committed is rolled back.
        }
    }
}
