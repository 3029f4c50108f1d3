package io.backprocess.upsert;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The statements that read the table. They need the right to SELECT, and nothing else. */
final class RowLookup {
    /** The number of keys in one statement. */
    static final int KEYS = 500;

    private static final int FETCHED = 1000;

    private final UpsertDefinition definition;
    private final TableLayout layout;
    private final List<Column> keys;

    RowLookup(UpsertDefinition definition, TableLayout layout) {
        this.definition = definition;
        this.layout = layout;
        this.keys = definition.keys();
    }

    /** Reads no row, so that a missing right is known at once. */
    void check(Connection connection) throws SQLException {
        String sql = "SELECT %s FROM %s WHERE 1 = 0".formatted(names(definition.columns()), definition.quotedTable());
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.executeQuery().close();
        }
    }

    /** Returns the rows of at most {@value #KEYS} keys, each row as plain values, in no order. */
    List<@Nullable Object[]> rows(Connection connection, List<@Nullable Object[]> wanted) throws SQLException {
        String names = names(keys);
        String one = keys.size() == 1 ? "?" : "(" + String.join(", ", Collections.nCopies(keys.size(), "?")) + ")";
        String sql = "SELECT %s FROM %s WHERE %s IN (%s)"
                .formatted(
                        names(definition.columns()),
                        definition.quotedTable(),
                        keys.size() == 1 ? names : "(" + names + ")",
                        String.join(", ", Collections.nCopies(wanted.size(), one)));
        List<@Nullable Object[]> rows = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int index = 0;
            for (@Nullable Object[] row : wanted) {
                for (int key : layout.keys()) {
                    statement.setObject(++index, bound(key, row[key]));
                }
            }
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(read(result, 0, layout.columns()));
                }
            }
        }
        return rows;
    }

    private @Nullable Object bound(int column, @Nullable Object plain) {
        if (plain instanceof Instant time) {
            return definition.dialect().bound(time);
        }
        // A whole number is sent as one, since an index over whole numbers does not serve a decimal.
        return layout.columns().get(column).column().type() == ColumnType.BIGINT
                        && plain instanceof java.math.BigDecimal number
                ? (Object) number.longValueExact()
                : plain;
    }

    private static @Nullable Object[] read(ResultSet result, int before, List<StoredColumn> columns)
            throws SQLException {
        @Nullable Object[] row = new Object[columns.size()];
        for (int i = 0; i < row.length; i++) {
            row[i] = columns.get(i).read(result, before + i + 1);
        }
        return row;
    }

    long count(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                        connection.prepareStatement("SELECT count(*) FROM " + definition.quotedTable());
                ResultSet result = statement.executeQuery()) {
            result.next();
            return result.getLong(1);
        }
    }

    interface KeyTaker {
        /** @return whether to go on */
        boolean take(@Nullable Object[] row);
    }

    /** Reads the keys of the whole table, a few at a time. The other columns of these rows are null. */
    void keys(Connection connection, KeyTaker taker) throws SQLException {
        String sql = "SELECT %s FROM %s".formatted(names(keys), definition.quotedTable());
        try (PreparedStatement statement =
                connection.prepareStatement(sql, ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY)) {
            // MySQL's own driver fetches rows one by one, or all of them at once.
            boolean isMySqls = connection.getMetaData().getDriverName().startsWith("MySQL");
            statement.setFetchSize(isMySqls ? Integer.MIN_VALUE : FETCHED);
            try (ResultSet result = statement.executeQuery()) {
                boolean more = true;
                while (more && result.next()) {
                    @Nullable Object[] row = new Object[layout.columns().size()];
                    int index = 0;
                    for (int key : layout.keys()) {
                        row[key] = layout.columns().get(key).read(result, ++index);
                    }
                    more = taker.take(row);
                }
                if (!more) {
                    statement.cancel();
                }
            }
        }
    }

    private String names(List<Column> columns) {
        return columns.stream()
                .map(column -> definition.dialect().quoted(column.name()))
                .collect(Collectors.joining(", "));
    }
}
