package io.backprocess.verify.table;

import io.backprocess.upsert.JudgedRow;
import io.backprocess.upsert.RowVerdict;
import io.backprocess.upsert.TableAudit;
import io.backprocess.upsert.UpsertDefinition;
import io.backprocess.verify.Finding;
import io.backprocess.verify.FindingKind;
import io.backprocess.verify.VerifiedTable;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Counts the rows of all passes. The first {@value #MAX_KEPT} of each kind that are not right are kept. */
final class ComparedRows {
    static final int MAX_KEPT = 1000;

    private final String resultTopic;
    private final UpsertDefinition definition;
    private final Map<RowVerdict, Long> counts = new EnumMap<>(RowVerdict.class);
    private final List<Finding> findings = new ArrayList<>();
    private final List<VerifiedTable.UnknownRow> unknown = new ArrayList<>();
    private List<Map<String, String>> others = List.of();
    private @Nullable Long withoutResult;
    private int passes;
    private long unreadable;
    private long keys;
    private long rows;

    ComparedRows(String resultTopic, UpsertDefinition definition) {
        this.resultTopic = resultTopic;
        this.definition = definition;
    }

    /** @param unreadableResults the results that are no rows, which every pass meets again */
    void pass(long unreadableResults) {
        passes++;
        unreadable = unreadableResults;
    }

    void add(TableAudit.Compared compared) {
        keys += compared.keys();
        rows += compared.rows();
        counts.merge(RowVerdict.RIGHT, compared.right(), Long::sum);
    }

    /** Takes a row that is not right. */
    void add(JudgedRow row) {
        counts.merge(row.verdict(), 1L, Long::sum);
        if (row.verdict().isWrong()) {
            if (findings.size() < MAX_KEPT) {
                findings.add(finding(row));
            }
        } else if (unknown.size() < MAX_KEPT) {
            unknown.add(new VerifiedTable.UnknownRow(row.key(), row.partition(), row.offset(), sentence(row)));
        }
    }

    /** @param examples the keys of some of them */
    void others(long count, List<Map<String, String>> examples) {
        withoutResult = count;
        others = examples;
    }

    /** Returns the number of rows that were found by a key. */
    long rows() {
        return rows;
    }

    List<Finding> findings() {
        return findings;
    }

    private Finding finding(JudgedRow row) {
        FindingKind kind =
                switch (row.verdict()) {
                    case MISSING -> FindingKind.MISSING_ROW;
                    case OLDER -> FindingKind.OLDER_ROW;
                    default -> FindingKind.ALTERED_ROW;
                };
        return new Finding(
                kind,
                resultTopic,
                row.partition(),
                row.offset(),
                sentence(row),
                new Finding.Row(
                        row.key(),
                        row.differences().stream()
                                .map(each -> new Finding.DifferingColumn(each.column(), each.result(), each.table()))
                                .toList()));
    }

    private String sentence(JudgedRow row) {
        String differences = row.differences().stream()
                .map(each -> "%s is %s and not %s".formatted(each.column(), each.table(), each.result()))
                .collect(Collectors.joining(", "));
        return "row %s of %s %s%s"
                .formatted(
                        key(row.key()),
                        definition.table(),
                        row.verdict().words(),
                        differences.isEmpty() ? "" : ": " + differences);
    }

    private static String key(Map<String, String> key) {
        return key.entrySet().stream()
                .map(each -> each.getKey() + " " + each.getValue())
                .collect(Collectors.joining(", "));
    }

    VerifiedTable table(Selection selection, @Nullable String problem) {
        return new VerifiedTable(
                definition.table(),
                definition.database(),
                selection.words(),
                passes,
                new VerifiedTable.RowCounts(
                        keys,
                        count(RowVerdict.RIGHT),
                        count(RowVerdict.MISSING),
                        count(RowVerdict.ALTERED),
                        count(RowVerdict.OLDER),
                        count(RowVerdict.NEWER),
                        count(RowVerdict.AHEAD),
                        count(RowVerdict.UNSURE),
                        withoutResult,
                        unreadable),
                unknown,
                others,
                problem);
    }

    private long count(RowVerdict verdict) {
        return counts.getOrDefault(verdict, 0L);
    }
}
