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
 * @param sqlType of {@link java.sql.Types}
 * @param size digits, of a number; 0 where it has no limit
 * @param decimals of them behind the point; of a time, those of a second
 * @param filled whether a row that does not name it gets something there, be it a NULL
 */
record DeclaredColumn(
        String name, int sqlType, String typeName, int size, int decimals, boolean nullable, boolean filled) {
    private static final int LENGTH_TO_THE_POINT = 20;

    /** Of the definition's table, in their order; empty where there is no such table. */
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

    /** MariaDB's driver counts those of a time into its length: {@code 2025-01-01 12:00:00.123456} has 26 characters. */
    private static int decimals(ResultSet column, Dialect dialect) throws SQLException {
        boolean isTime = column.getInt("DATA_TYPE") == Types.TIMESTAMP;
        return dialect == Dialect.MARIADB && isTime
                ? Math.max(0, column.getInt("COLUMN_SIZE") - LENGTH_TO_THE_POINT)
                : column.getInt("DECIMAL_DIGITS");
    }

    /** The table where the driver looks for it. */
    record TableName(@Nullable String catalog, @Nullable String schema, String name) {
        static TableName of(UpsertDefinition definition, Connection connection) throws SQLException {
            int dot = definition.table().indexOf('.');
            String qualifier = dot < 0 ? null : definition.table().substring(0, dot);
            String name = definition.table().substring(dot + 1);
            return definition.dialect() == Dialect.POSTGRESQL
                    ? new TableName(null, qualifier == null ? connection.getSchema() : qualifier, name)
                    : new TableName(qualifier == null ? connection.getCatalog() : qualifier, null, name);
        }

        /** Where a pattern is taken, an underscore is any character. */
        String escaped(DatabaseMetaData metadata) throws SQLException {
            return name.replace("_", metadata.getSearchStringEscape() + "_");
        }
    }
}
