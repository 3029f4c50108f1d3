package io.backprocess.upsert;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of {@code id, name, version, at}, folded by hand. */
class RowFoldTest {
    private static final KeyRange ALL = new KeyRange(0, KeyRange.HASHES);
    private static final String GUARDS = """
              version: {envelope: processVersion, type: numeric, guard: version}
              at: {envelope: eventTimestamp, type: timestamp, guard: time}
            """;
    private static final String NO_GUARDS = """
              version: {envelope: processVersion, type: numeric}
              at: {envelope: eventTimestamp, type: timestamp}
            """;

    private static TableLayout layout(String guards) {
        UpsertDefinition definition = UpsertDefinition.read(
                "users.yaml",
                "url: jdbc:postgresql://db/shop\nuser: u\ntable: users\ncolumns:\n  id: {path: /id, type: bigint, key: true}\n  name: {path: /name, type: text}\n"
                        + guards);
        List<StoredColumn> columns = definition.columns().stream()
                .map(column -> new StoredColumn(
                        column,
                        new DeclaredColumn(column.name(), Types.VARCHAR, "varchar", 0, 6, true, true),
                        Dialect.POSTGRESQL,
                        false))
                .toList();
        return new TableLayout(definition, columns);
    }

    private static Object[] row(int id, String name, int version, int second) {
        return new Object[] {BigDecimal.valueOf(id), name, BigDecimal.valueOf(version), Instant.ofEpochSecond(second)};
    }

    private static void add(RowFold fold, TableLayout layout, int lane, long offset, @Nullable Object[] row) {
        fold.add(layout.key(row), lane, lane, offset, row);
    }

    private static RowVerdict judge(
            RowFold fold, TableLayout layout, int id, @Nullable Object @Nullable [] stored, boolean settled) {
        RowFold.Candidate candidate = Objects.requireNonNull(fold.rows().get(layout.key(row(id, "", 0, 0))));
        return new RowJudge(layout, new RowJudge.Certainty(settled, true))
                .judge(candidate, stored)
                .verdict();
    }

    @Test
    void takesTheLastRowOfThoseWithTheHighestGuards() {
        TableLayout layout = layout(GUARDS);
        RowFold fold = new RowFold(layout, ALL, Long.MAX_VALUE);

        add(fold, layout, 0, 0, row(1, "later", 2, 9));
        add(fold, layout, 0, 1, row(1, "a tie", 2, 9));
        add(fold, layout, 1, 0, row(1, "older version", 1, 99));
        add(fold, layout, 1, 1, row(1, "older time", 2, 8));

        assertThat(judge(fold, layout, 1, row(1, "a tie", 2, 9), true)).isEqualTo(RowVerdict.RIGHT);
        assertThat(judge(fold, layout, 1, row(1, "later", 2, 9), true)).isEqualTo(RowVerdict.ALTERED);
        assertThat(judge(fold, layout, 1, row(1, "later", 2, 9), false)).isEqualTo(RowVerdict.AHEAD);
        assertThat(judge(fold, layout, 1, row(1, "older time", 2, 8), false)).isEqualTo(RowVerdict.OLDER);
        assertThat(judge(fold, layout, 1, row(1, "older version", 1, 99), true)).isEqualTo(RowVerdict.OLDER);
        assertThat(judge(fold, layout, 1, row(1, "x", 2, 10), true)).isEqualTo(RowVerdict.NEWER);
        assertThat(judge(fold, layout, 1, row(1, "x", 3, 0), true)).isEqualTo(RowVerdict.NEWER);
        assertThat(judge(fold, layout, 1, new Object[] {BigDecimal.ONE, null, null, null}, true))
                .isEqualTo(RowVerdict.OLDER);
        assertThat(judge(fold, layout, 1, null, false)).isEqualTo(RowVerdict.MISSING);
    }

    @Test
    void acceptsTheLastRowOfEachLaneWhereNoGuardDecides() {
        TableLayout layout = layout(NO_GUARDS);
        RowFold fold = new RowFold(layout, ALL, Long.MAX_VALUE);

        add(fold, layout, 0, 0, row(1, "first of lane 0", 1, 0));
        add(fold, layout, 0, 1, row(1, "last of lane 0", 1, 0));
        add(fold, layout, 1, 0, row(1, "last of lane 1", 1, 0));

        assertThat(judge(fold, layout, 1, row(1, "last of lane 0", 1, 0), true)).isEqualTo(RowVerdict.RIGHT);
        assertThat(judge(fold, layout, 1, row(1, "last of lane 1", 1, 0), true)).isEqualTo(RowVerdict.RIGHT);
        assertThat(judge(fold, layout, 1, row(1, "first of lane 0", 1, 0), true))
                .isEqualTo(RowVerdict.ALTERED);
    }

    @Test
    void acceptsAnyRowOfUnknownOrderUpToALimit() {
        TableLayout layout = layout(NO_GUARDS);
        RowFold fold = new RowFold(layout, ALL, Long.MAX_VALUE);
        for (int i = 0; i < RowFold.MAX_CANDIDATES; i++) {
            add(fold, layout, RowFold.NO_LANE, i, row(1, "row " + i, 1, 0));
            add(fold, layout, RowFold.NO_LANE, i, row(1, "row " + i, 1, 0));
        }

        assertThat(judge(fold, layout, 1, row(1, "row 3", 1, 0), true)).isEqualTo(RowVerdict.RIGHT);
        assertThat(judge(fold, layout, 1, row(1, "another", 1, 0), true)).isEqualTo(RowVerdict.ALTERED);

        add(fold, layout, RowFold.NO_LANE, 99, row(1, "one too many", 1, 0));
        add(fold, layout, RowFold.NO_LANE, 99, row(1, "row 0", 1, 0));
        assertThat(judge(fold, layout, 1, row(1, "another", 1, 0), true)).isEqualTo(RowVerdict.UNSURE);
    }

    @Test
    void doesNotBlameARowForAValueThatASchemaAdds() {
        TableLayout layout = layout(NO_GUARDS);
        RowFold fold = new RowFold(layout, ALL, Long.MAX_VALUE);
        add(fold, layout, 0, 0, row(1, "a default", 1, 0));
        RowFold.Candidate candidate = fold.rows().values().iterator().next();
        @Nullable Object[] stored = row(1, "a default", 1, 0);
        stored[1] = null;

        RowJudge schemas = new RowJudge(layout, new RowJudge.Certainty(true, false));
        RowJudge json = new RowJudge(layout, new RowJudge.Certainty(true, true));

        assertThat(schemas.judge(candidate, stored).verdict()).isEqualTo(RowVerdict.UNSURE);
        assertThat(json.judge(candidate, stored).verdict()).isEqualTo(RowVerdict.ALTERED);
        assertThat(schemas.judge(candidate, row(1, "altered", 1, 0)).verdict()).isEqualTo(RowVerdict.ALTERED);
    }

    @Test
    void namesTheResultAndTheColumnsThatDiffer() {
        TableLayout layout = layout(GUARDS);
        RowFold fold = new RowFold(layout, ALL, Long.MAX_VALUE);
        add(fold, layout, 3, 77, row(1, "one", 2, 9));
        RowFold.Candidate candidate = fold.rows().values().iterator().next();

        JudgedRow judged =
                new RowJudge(layout, new RowJudge.Certainty(true, true)).judge(candidate, row(1, "two", 2, 9));

        assertThat(judged)
                .isEqualTo(new JudgedRow(
                        RowVerdict.ALTERED,
                        Map.of("id", "1"),
                        3,
                        77,
                        List.of(new JudgedRow.Difference("name", "one", "two"))));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void foldsEachKeyInOnePassOfBoundedMemory(long seed) {
        TableLayout layout = layout(GUARDS);
        Random random = new Random(seed);
        List<Object[]> results = new ArrayList<>();
        Map<Integer, Object[]> oracle = new HashMap<>();
        for (int i = 0; i < 5000; i++) {
            Object[] row = row(random.nextInt(1000), "n" + i, random.nextInt(3), random.nextInt(3));
            results.add(row);
            oracle.merge(
                    ((BigDecimal) row[0]).intValue(),
                    row,
                    (old, now) -> layout.compareGuards(now, old) >= 0 ? now : old);
        }

        Map<Integer, Object[]> folded = new HashMap<>();
        int passes = 0;
        KeyRange range = ALL;
        while (range.from() < KeyRange.HASHES) {
            RowFold fold = new RowFold(layout, range, 40_000);
            for (int i = 0; i < results.size(); i++) {
                add(fold, layout, 0, i, results.get(i));
            }
            passes++;
            fold.rows().values().forEach(candidate -> {
                Object[] row = PackedRow.unpack(candidate.row, 4);
                assertThat(folded.put(((BigDecimal) row[0]).intValue(), row))
                        .as("seed %s", seed)
                        .isNull();
            });
            assertThat(fold.rows().size()).as("seed %s", seed).isLessThan(300);
            range = fold.next(KeyRange.HASHES);
        }

        assertThat(passes).as("seed %s", seed).isBetween(4, 12);
        assertThat(folded.keySet()).as("seed %s", seed).isEqualTo(oracle.keySet());
        oracle.forEach(
                (id, row) -> assertThat(folded.get(id)).as("seed %s", seed).containsExactly(row));
    }

    @Test
    void endsEvenIfOneKeyIsMoreThanTheMemory() {
        TableLayout layout = layout(GUARDS);
        RowFold fold = new RowFold(layout, ALL, 1);

        add(fold, layout, 0, 0, row(1, "one", 1, 1));
        add(fold, layout, 0, 1, row(2, "two", 1, 1));
        add(fold, layout, 0, 2, row(3, "three", 1, 1));

        assertThat(fold.rows().size()).isLessThanOrEqualTo(1);
        assertThat(fold.next(KeyRange.HASHES).from()).isEqualTo(fold.range().to());
    }
}
