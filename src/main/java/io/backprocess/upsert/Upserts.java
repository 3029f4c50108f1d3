package io.backprocess.upsert;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The statements in each dialect. Names are quoted, and all data is a parameter. */
final class Upserts {
    private Upserts() {}

    /**
     * Returns PostgreSQL's statement. Only a conflict of the key updates a row. A row that conflicts in another unique index
     * is refused.
     *
     * <pre>{@code
     * INSERT INTO "users" AS "row" ("id", "email", "version") VALUES (?, ?, ?) ON CONFLICT ("id")
     *     DO UPDATE SET "email" = EXCLUDED."email", "version" = EXCLUDED."version"
     *     WHERE ("row"."version" IS NULL OR "row"."version" <= EXCLUDED."version")
     * }</pre>
     */
    static String onConflict(UpsertDefinition definition) {
        Dialect dialect = definition.dialect();
        String keys = names(definition, definition.keys());
        List<String> updates = new ArrayList<>();
        for (Column column : values(definition)) {
            String name = dialect.quoted(column.name());
            updates.add(name + " = EXCLUDED." + name);
        }
        String update = updates.isEmpty() ? "NOTHING" : "UPDATE SET " + String.join(", ", updates);
        String condition = newer(definition, "\"row\".", name -> "EXCLUDED." + name);
        return "INSERT INTO %s AS \"row\" (%s) VALUES (%s) ON CONFLICT (%s) DO %s%s"
                .formatted(
                        definition.quotedTable(),
                        names(definition, definition.columns()),
                        marks(definition),
                        keys,
                        update,
                        updates.isEmpty() || condition.isEmpty() ? "" : " WHERE " + condition);
    }

    /**
     * Returns the statement for MariaDB and MySQL. There a conflict in any unique index updates a row. A row that only
     * shares, for instance, an email with another row must not overwrite it. So such a row gets a NULL as its key, which the
     * server refuses. The same happens when the keys differ only in what the column's collation ignores: upper and lower
     * case, accents, spaces at the end.
     *
     * <p>Assignments see the results of those before them. So the guards come last, and the version comes after the time.
     */
    static String onDuplicateKey(UpsertDefinition definition) {
        Dialect dialect = definition.dialect();
        List<String> updates = new ArrayList<>();
        for (Column column : definition.keys()) {
            String name = dialect.quoted(column.name());
            String exactly = column.type() == ColumnType.TEXT ? "BINARY " : "";
            updates.add("%s = IF(%s%s <=> %sVALUES(%s), %s, NULL)".formatted(name, exactly, name, exactly, name, name));
        }
        String condition = newer(definition, "", "VALUES(%s)"::formatted);
        for (Column column : values(definition)) {
            String name = dialect.quoted(column.name());
            updates.add(
                    condition.isEmpty()
                            ? "%s = VALUES(%s)".formatted(name, name)
                            : "%s = IF(%s, VALUES(%s), %s)".formatted(name, condition, name, name));
        }
        return "INSERT INTO %s (%s) VALUES (%s) ON DUPLICATE KEY UPDATE %s"
                .formatted(
                        definition.quotedTable(),
                        names(definition, definition.columns()),
                        marks(definition),
                        String.join(", ", updates));
    }

    private interface New {
        String value(String column);
    }

    /** Returns the condition under which a row may be overwritten; empty for always. A NULL is older than anything. */
    private static String newer(UpsertDefinition definition, String old, New given) {
        String condition = "";
        for (Column.Guard guard : List.of(Column.Guard.TIME, Column.Guard.VERSION)) {
            Column column = definition.guard(guard);
            if (column == null) {
                continue;
            }
            String name = definition.dialect().quoted(column.name());
            String was = old + name;
            String is = given.value(name);
            condition = condition.isEmpty()
                    ? "(%s IS NULL OR %s <= %s)".formatted(was, was, is)
                    : "(%s IS NULL OR %s < %s OR (%s = %s AND %s))".formatted(was, was, is, was, is, condition);
        }
        return condition;
    }

    /** Returns all columns except the keys. The guards come last, and the version comes after the time. */
    private static List<Column> values(UpsertDefinition definition) {
        List<Column> values = new ArrayList<>();
        for (Column.Guard guard : List.of(Column.Guard.NONE, Column.Guard.TIME, Column.Guard.VERSION)) {
            definition.columns().stream()
                    .filter(column -> !column.key() && column.guard() == guard)
                    .forEach(values::add);
        }
        return values;
    }

    private static String names(UpsertDefinition definition, List<Column> columns) {
        return columns.stream()
                .map(column -> definition.dialect().quoted(column.name()))
                .collect(Collectors.joining(", "));
    }

    private static String marks(UpsertDefinition definition) {
        return definition.columns().stream().map(column -> "?").collect(Collectors.joining(", "));
    }
}
