package io.backprocess.upsert;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The columns of the definition as the database keeps them. Rows are arrays of plain values in the definition's order. */
final class TableLayout {
    private final List<StoredColumn> columns;
    private final List<Integer> keys = new ArrayList<>();
    /** The places of the guards, the version before the time, as the upsert compares them. */
    private final List<Integer> guards = new ArrayList<>();

    TableLayout(UpsertDefinition definition, List<StoredColumn> columns) {
        this.columns = columns;
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).column().key()) {
                keys.add(i);
            }
        }
        for (Column.Guard guard : List.of(Column.Guard.VERSION, Column.Guard.TIME)) {
            Column column = definition.guard(guard);
            if (column != null) {
                guards.add(definition.columns().indexOf(column));
            }
        }
    }

    List<StoredColumn> columns() {
        return columns;
    }

    /** Returns the places of the key's columns. */
    List<Integer> keys() {
        return keys;
    }

    boolean hasGuards() {
        return !guards.isEmpty();
    }

    /** Returns the plain values of a row in the form that the driver takes. */
    static @Nullable Object[] plain(@Nullable Object[] bound) {
        @Nullable Object[] plain = new Object[bound.length];
        for (int i = 0; i < bound.length; i++) {
            Object value = bound[i];
            plain[i] = value == null ? null : StoredColumn.plain(value);
        }
        return plain;
    }

    RowKey key(@Nullable Object[] row) {
        @Nullable Object[] values = new Object[keys.size()];
        for (int i = 0; i < values.length; i++) {
            Object value = row[keys.get(i)];
            values[i] = value == null ? null : columns.get(keys.get(i)).keyForm(value);
        }
        return new RowKey(PackedRow.pack(values));
    }

    /** Compares two rows by their guards; 0 when there are none. A NULL is older than anything. */
    int compareGuards(@Nullable Object[] one, @Nullable Object[] other) {
        for (int guard : guards) {
            int order = compare(columns.get(guard), one[guard], other[guard]);
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static int compare(StoredColumn column, @Nullable Object one, @Nullable Object other) {
        if (one instanceof BigDecimal number && other instanceof BigDecimal than) {
            return number.compareTo(than);
        }
        if (one instanceof Instant time && other instanceof Instant than) {
            return ((Instant) column.keyForm(time)).compareTo((Instant) column.keyForm(than));
        }
        return Boolean.compare(one != null, other != null);
    }

    /** Returns the places of the columns in which the table's row is not what the result gives. */
    List<Integer> differing(@Nullable Object[] expected, @Nullable Object[] stored) {
        List<Integer> differing = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            if (!columns.get(i).keeps(expected[i], stored[i])) {
                differing.add(i);
            }
        }
        return differing;
    }

    boolean hasSameKey(@Nullable Object[] one, @Nullable Object[] other) {
        return keys.stream().allMatch(key -> columns.get(key).keeps(one[key], other[key]));
    }

    /** Returns the key's columns and values for a message. */
    Map<String, String> keyText(@Nullable Object[] row) {
        Map<String, String> text = new LinkedHashMap<>();
        keys.forEach(key -> text.put(columns.get(key).column().name(), StoredColumn.text(row[key])));
        return text;
    }
}
