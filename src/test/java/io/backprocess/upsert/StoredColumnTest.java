package io.backprocess.upsert;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoredColumnTest {
    private static StoredColumn column(Dialect dialect, ColumnType type, String declared, int sqlType, int decimals) {
        return new StoredColumn(
                new Column("c", false, "/c", type, true, Column.Guard.NONE),
                new DeclaredColumn("c", sqlType, declared, 5, decimals, true, true),
                dialect,
                false);
    }

    private static StoredColumn text(String declared, int sqlType) {
        return column(Dialect.POSTGRESQL, ColumnType.TEXT, declared, sqlType, 0);
    }

    @ParameterizedTest
    @CsvSource({"1, 1.000, true", "100, 1E+2, true", "-0.0, 0, true", "1.00, 1.001, false", "1, -1, false"})
    void comparesNumbersByTheirValue(String expected, String stored, boolean same) {
        StoredColumn column = column(Dialect.POSTGRESQL, ColumnType.NUMERIC, "numeric", Types.NUMERIC, 3);

        assertThat(column.keeps(new BigDecimal(expected), new BigDecimal(stored)))
                .isEqualTo(same);
        assertThat(column.keyForm(new BigDecimal(expected)).equals(column.keyForm(new BigDecimal(stored))))
                .isEqualTo(same);
    }

    @ParameterizedTest
    @CsvSource({
        "varchar, 12, 'abc', 'abc ', false",
        "varchar, 12, 'ABC', 'abc', false",
        "varchar, 12, 'abcde  ', 'abcde', true",
        "varchar, 12, 'abcdef', 'abcde', false",
        "bpchar, 1, 'abc', 'abc  ', true",
        "bpchar, 1, 'abc', 'abd  ', false",
        "enum, 1, 'Abc', 'aBC', true",
        "jsonb, 1111, '{\"b\":1.0,\"a\":[1]}', '{\"a\": [1], \"b\": 1}', true",
        "jsonb, 1111, '{\"a\":1}', '{\"a\":\"1\"}', false"
    })
    void comparesTextAsTheTypeKeepsIt(String declared, int sqlType, String expected, String stored, boolean same) {
        assertThat(text(declared, sqlType).keeps(expected, stored)).isEqualTo(same);
    }

    @ParameterizedTest
    @CsvSource({
        "POSTGRESQL, 6, 12:00:00.123456789Z, 12:00:00.123457Z, true",
        "MARIADB, 6, 12:00:00.123456789Z, 12:00:00.123456Z, true",
        "POSTGRESQL, 6, 12:00:00.123456Z, 12:00:00.123457Z, false",
        "POSTGRESQL, 3, 12:00:00.1235Z, 12:00:00.124Z, true",
        "MARIADB, 3, 12:00:00.1235Z, 12:00:00.123Z, true",
        "MARIADB, 3, 12:00:00.1235Z, 12:00:00.125Z, false",
        "MARIADB, 0, 12:00:00.9Z, 12:00:01Z, true",
        "MARIADB, 0, 12:00:00Z, 12:00:01Z, false"
    })
    void comparesTimesToThePrecisionOfTheColumn(
            Dialect dialect, int decimals, String expected, String stored, boolean same) {
        StoredColumn column = column(dialect, ColumnType.TIMESTAMP, "timestamp", Types.TIMESTAMP, decimals);

        assertThat(column.keeps(Instant.parse("2025-01-01T" + expected), Instant.parse("2025-01-01T" + stored)))
                .isEqualTo(same);
    }

    @Test
    void takesANullForNoValueAndAnotherTypeForNoneOfItsOwn() {
        StoredColumn column = column(Dialect.POSTGRESQL, ColumnType.NUMERIC, "numeric", Types.NUMERIC, 0);

        assertThat(column.keeps(null, null)).isTrue();
        assertThat(column.keeps(BigDecimal.ONE, null)).isFalse();
        assertThat(column.keeps(null, BigDecimal.ONE)).isFalse();
        assertThat(column.keeps(BigDecimal.ONE, "NaN")).isFalse();
    }

    @Test
    void comparesAFloatOfMariaDbToItsSixDigits() {
        StoredColumn single = column(Dialect.MARIADB, ColumnType.DOUBLE, "FLOAT", Types.FLOAT, 0);
        StoredColumn whole = column(Dialect.MARIADB, ColumnType.DOUBLE, "DOUBLE", Types.DOUBLE, 0);

        assertThat(single.keeps(0.123456789, 0.123457)).isTrue();
        assertThat(single.keeps(0.123456789, 0.1235)).isFalse();
        assertThat(whole.keeps(0.123456789, 0.123457)).isFalse();
        assertThat(whole.keeps(-0.0, 0.0)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"inet, 1111, true", "citext, 1111, false", "jsonb, 1111, false", "varchar, 12, false"})
    void knowsTypesThatSpellTextInTheirOwnWay(String declared, int sqlType, boolean own) {
        assertThat(text(declared, sqlType).spellsInItsOwnWay()).isEqualTo(own);
    }

    @Test
    void cutsLongValuesInMessages() {
        assertThat(StoredColumn.text("x".repeat(1000))).hasSize(100).endsWith("…");
        assertThat(StoredColumn.text("x".repeat(98) + "\ud83d\ude00" + "y")).isEqualTo("x".repeat(98) + "…");
        assertThat(StoredColumn.text(new BigDecimal("1e100000"))).hasSizeLessThan(101);
        assertThat(StoredColumn.text(new BigDecimal("1.10"))).isEqualTo("1.10");
        assertThat(StoredColumn.text(null)).isEqualTo("NULL");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void unpacksWhatItPacks(long seed) {
        Random random = new Random(seed);
        Object[] row = {
            "Ünï 😀" + random.nextInt(),
            null,
            BigDecimal.valueOf(random.nextLong()),
            new BigDecimal("12345678901234567890.0123456789").movePointLeft(random.nextInt(20)),
            random.nextDouble(),
            true,
            false,
            Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000)),
            LocalDate.ofEpochDay(random.nextInt(100_000))
        };

        assertThat(PackedRow.unpack(PackedRow.pack(row), row.length))
                .as("seed %s", seed)
                .containsExactly(row);
    }
}
