package io.backprocess.upsert;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A column as the database declares it.
 *
 * @param sqlType the type of {@link java.sql.Types}
 * @param size the number of digits of a number; 0 when it has no limit
 * @param decimals the number of digits after the point; for a time, the digits of a fraction of a second
 * @param filled whether the database fills the column of a row that does not name it, even with a NULL
 */
record DeclaredColumn(
        String name, int sqlType, String typeName, int size, int decimals, boolean nullable, boolean filled) {
    private static final int LENGTH_TO_THE_POINT = 20;

    /** Returns the columns of the definition's table, in their order; empty when the table does not exist. */
    static Map<String, DeclaredColumn> of(UpsertDefinition definition, Connection connection) throws SQLException {
        Map<String, DeclaredColumn> columns = new LinkedHashMap<>();
        TableName table = TableName.of(definition, connection);
        DatabaseMetaData metadata = connection.getMetaData();
        try (ResultSet row = metadata.getColumns(table.catalog(), table.schema(), table.escaped(metadata), null)) {
            while (row.next()) {
                boolean nullable = row.getInt("NULLABLE") != DatabaseMetaData.columnNoNulls;
                boolean filled = nullable
                        || row.getString("COLUMN_DEF") != null
                        || "YES".equals(row.getString("IS_AUTOINCREMENT"))
                        || "YES".equals(row.getString("IS_GENERATEDCOLUMN"));
                String name = row.getString("COLUMN_NAME");
                columns.put(
                        name,
                        new DeclaredColumn(
                                name,
                                row.getInt("DATA_TYPE"),
                                row.getString("TYPE_NAME"),
                                row.getInt("COLUMN_SIZE"),
                                decimals(row, definition.dialect()),
                                nullable,
                                filled));
            }
        }
        return columns;
    }

    /**
     * Returns the decimals. MariaDB's driver counts those of a time in its length: {@code 2025-01-01 12:00:00.123456} has 26.
     */
    private static int decimals(ResultSet column, Dialect dialect) throws SQLException {
        boolean isTime = column.getInt("DATA_TYPE") == Types.TIMESTAMP;
        return dialect == Dialect.MARIADB && isTime
                ? Math.max(0, column.getInt("COLUMN_SIZE") - LENGTH_TO_THE_POINT)
                : column.getInt("DECIMAL_DIGITS");
    }

    /** The table in the terms of the driver's metadata. */
    record TableName(@Nullable String catalog, @Nullable String schema, String name) {
        static TableName of(UpsertDefinition definition, Connection connection) throws SQLException {
            int dot = definition.table().indexOf('.');
            String qualifier = dot < 0 ? null : definition.table().substring(0, dot);
            String name = definition.table().substring(dot + 1);
            return definition.dialect() == Dialect.POSTGRESQL
                    ? new TableName(null, qualifier == null ? connection.getSchema() : qualifier, name)
                    : new TableName(qualifier == null ? connection.getCatalog() : qualifier, null, name);
        }

        /** Returns the name as a search pattern. An underscore is escaped, because it would match any character. */
        String escaped(DatabaseMetaData metadata) throws SQLException {
            return name.replace("_", metadata.getSearchStringEscape() + "_");
        }
    }
}
