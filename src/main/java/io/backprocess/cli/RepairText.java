package io.backprocess.cli;

import io.backprocess.render.Table;
import io.backprocess.rewrite.RepairSummary;
import java.util.stream.Collectors;

/** Describes a repair for people. */
final class RepairText {
    private RepairText() {}

    static String of(RepairSummary summary) {
        String end = System.lineSeparator();
        if (summary.isEmpty()) {
            return "%s lacks no records of a lost transaction; there is nothing to repair%s"
                    .formatted(summary.batchId(), end);
        }
        Table table = new Table(
                "partition",
                "missing offsets",
                "read",
                "skipped",
                "outside",
                "duplicates",
                "dead letters",
                "taken",
                "results",
                summary.executed() ? "dead letters written" : "dead letters to write");
        for (RepairSummary.RepairedPartition partition : summary.partitions()) {
            table.row(
                    String.valueOf(partition.partition()),
                    partition.missing().stream()
                            .map(range -> range.get(0) + " to " + range.get(1))
                            .collect(Collectors.joining(", ")),
                    partition.figures().read(),
                    partition.figures().skipped(),
                    partition.figures().outside(),
                    partition.figures().duplicates(),
                    partition.figures().deadLetters(),
                    partition.figures().taken(),
                    partition.figures().results(),
                    partition.deadLetters());
        }
        StringBuilder text = new StringBuilder(table.unlessZero("outside").toString()).append(end);
        if (!summary.openTransactions().isEmpty()) {
            text.append("%d open transactions, which will never be committed, %s aborted%s"
                    .formatted(summary.openTransactions().size(), summary.executed() ? "were" : "would be", end));
        }
        return text.append(
                        summary.executed()
                                ? "%s is repaired: the records of its lost transactions follow the others. The recount says:"
                                        .formatted(summary.batchId())
                                : "Everything else is right. Nothing is written. To do it, add --execute.")
                .append(end)
                .toString();
    }
}
