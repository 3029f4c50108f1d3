package io.backprocess.cli;

import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.Figures;
import io.backprocess.render.Printable;
import io.backprocess.render.Table;
import io.backprocess.render.Words;
import io.backprocess.status.MissingText;
import io.backprocess.verify.Finding;
import io.backprocess.verify.FindingKind;
import io.backprocess.verify.Unknown;
import io.backprocess.verify.Verification;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Describes a verification for people: the recounted figures, and those of the ledger or the topic if they differ. */
final class VerificationText {
    private static final int FINDINGS_SHOWN = 20;
    private static final int PARTITIONS_SHOWN = 10;
    private static final int EXAMPLES_SHOWN = 5;

    private VerificationText() {}

    static String of(Verification verification) {
        Table table =
                new Table("partition", "read", "skipped", "outside", "duplicates", "dead letters", "taken", "results");
        for (Verification.VerifiedPartition partition : verification.partitions()) {
            row(
                    table,
                    String.valueOf(partition.partition()),
                    partition.outcomes().recounted(),
                    partition.outcomes().ledger(),
                    partition.outcomes().resultsOnTopic(),
                    partition.outcomes().deadLettersOnTopic());
        }
        row(
                table,
                "total",
                isRecounted(verification) ? verification.recounted() : null,
                verification.outcomes().ledger(),
                verification.outcomes().resultsOnTopic(),
                verification.outcomes().deadLettersOnTopic());
        StringBuilder text = new StringBuilder(table.unlessZero("outside").toString()).append(System.lineSeparator());
        verification.remarks().findings().stream()
                // Findings of the ledger come first, since one lost line explains all results that are missing with it.
                .sorted(Comparator.comparing(
                        (Finding finding) -> !finding.kind().isOfTheLedger()))
                .limit(FINDINGS_SHOWN)
                .map(Finding::toString)
                .map(Printable::line)
                .forEach(finding -> text.append(finding).append(System.lineSeparator()));
        if (verification.remarks().findingsTotal() > FINDINGS_SHOWN) {
            text.append("… and %s more"
                            .formatted(Words.count(verification.remarks().findingsTotal() - FINDINGS_SHOWN)))
                    .append(System.lineSeparator());
        }
        verification.remarks().unknown().stream()
                .limit(FINDINGS_SHOWN)
                .map(unknown -> "cannot tell at " + unknown)
                .map(Printable::line)
                .forEach(unknown -> text.append(unknown).append(System.lineSeparator()));
        if (verification.remarks().unknown().size() > FINDINGS_SHOWN) {
            text.append("… and %s more ranges"
                            .formatted(
                                    Words.count(verification.remarks().unknown().size() - FINDINGS_SHOWN)))
                    .append(System.lineSeparator());
        }
        if (verification.remarks().findings().stream().anyMatch(VerificationText::mayBeALostTransaction)) {
            text.append("If a transaction was lost, %s."
                            .formatted(MissingText.remedy(
                                    verification.batchId(),
                                    verification.remarks().dedupeScope())))
                    .append(System.lineSeparator());
        }
        verification.remarks().notes().forEach(note -> text.append("note: " + Printable.line(note))
                .append(System.lineSeparator()));
        if (verification.remarks().acrossPartitions() != null) {
            across(text, verification.remarks().acrossPartitions());
        }
        if (verification.table() != null) {
            text.append(TableText.of(verification.table()));
        }
        return text.append(verdict(verification)).append(System.lineSeparator()).toString();
    }

    private static void across(StringBuilder text, Verification.CrossPartitionCopies across) {
        text.append(
                        across.eventIds() == 0
                                ? "no eventId was taken in more than one partition"
                                : ("%s eventIds were taken in more than one partition, with %s further"
                                                + " copies; --dedupe-scope partition does not find them")
                                        .formatted(Words.count(across.eventIds()), Words.count(across.copies())))
                .append(System.lineSeparator());
        across.examples().stream()
                .limit(EXAMPLES_SHOWN)
                .map(places -> "  the same eventId: " + Printable.line(String.join(", ", places)))
                .forEach(line -> text.append(line).append(System.lineSeparator()));
    }

    private static boolean mayBeALostTransaction(Finding finding) {
        return finding.kind() == FindingKind.LEDGER_GAP || finding.kind() == FindingKind.MISSING_DEAD_LETTER;
    }

    /** Returns the uncommitted offsets of the first few partitions. */
    private static String rest(Verification verification) {
        List<String> rest = verification.partitions().stream()
                .filter(partition -> partition.next() < partition.end())
                .map(partition ->
                        "%d from %d to %d".formatted(partition.partition(), partition.next(), partition.end()))
                .toList();
        return String.join(", ", rest.subList(0, Math.min(rest.size(), PARTITIONS_SHOWN)))
                + (rest.size() > PARTITIONS_SHOWN ? ", …" : "");
    }

    private static void row(
            Table table, String name, @Nullable Figures recounted, Figures ledger, long results, long deadLetters) {
        table.row(
                name,
                cell(recounted, ledger, Figures::read, null),
                cell(recounted, ledger, Figures::skipped, null),
                cell(recounted, ledger, Figures::outside, null),
                cell(recounted, ledger, Figures::duplicates, null),
                cell(recounted, ledger, Figures::deadLetters, deadLetters),
                cell(recounted, ledger, Figures::taken, null),
                cell(recounted, ledger, Figures::results, results));
    }

    /** Tells whether all partitions could be recounted. Otherwise the sum over them is not a total. */
    private static boolean isRecounted(Verification verification) {
        return verification.partitions().stream()
                .allMatch(partition -> partition.outcomes().recounted() != null);
    }

    private static String cell(
            @Nullable Figures recounted, Figures ledger, ToLongFunction<Figures> figure, @Nullable Long onTopic) {
        Long counted = recounted == null ? null : (Long) figure.applyAsLong(recounted);
        Long claimed = figure.applyAsLong(ledger);
        String text = counted == null ? "?" : Words.count(counted);
        if (!claimed.equals(counted)) {
            text += " (ledger " + Words.count(claimed) + ")";
        }
        if (onTopic != null && !onTopic.equals(counted)) {
            text += " (topic " + Words.count(onTopic) + ")";
        }
        return text;
    }

    /** Returns the scope of the proof that no copy exists. It is where the batch looks for copies. */
    private static String scope(DedupeScope scope) {
        return scope == DedupeScope.PARTITION ? " within a partition" : "";
    }

    private static String many(long number, String one) {
        return many(number, one, one + "s");
    }

    private static String many(long number, String one, String several) {
        return Words.count(number) + " " + (number == 1 ? one : several);
    }

    private static String unknown(List<Unknown> unknown) {
        long offsets =
                unknown.stream().mapToLong(span -> span.to() - span.from()).sum();
        return "nothing is known about %s (%s)"
                .formatted(many(offsets, "offset"), many(unknown.size(), "range", "ranges"));
    }

    /** Says that the batch goes on, and how far it is behind. */
    private static String following(Verification verification) {
        return verification.remaining() == 0
                ? "; it follows its topic, and has reached the end"
                : "; it follows its topic, of which %s offsets are not committed yet (partition %s)"
                        .formatted(Words.count(verification.remaining()), rest(verification));
    }

    private static String verdict(Verification verification) {
        Figures recounted = verification.recounted();
        return switch (verification.verdict()) {
            case COMPLETE ->
                "%s is complete%s: each of %s records is accounted for, nothing is missing, nothing is doubled%s%s"
                        .formatted(
                                verification.batchId(),
                                verification.follows() == null ? "" : " as far as it has come",
                                Words.count(recounted.read()),
                                scope(verification.remarks().dedupeScope()),
                                verification.follows() == null ? "" : following(verification));
            case INCOMPLETE ->
                verification.follows() == null
                        ? "%s is incomplete: %s offsets are not committed yet (partition %s); the committed part is right"
                                .formatted(
                                        verification.batchId(),
                                        Words.count(verification.remaining()),
                                        rest(verification))
                        : "%s is incomplete: some of the newest dead letters or results are not there yet; everything before them is right. Run verify again"
                                .formatted(verification.batchId());
            case WRONG ->
                "%s is wrong: %s findings"
                        .formatted(
                                verification.batchId(),
                                Words.count(verification.remarks().findingsTotal()));
            case CANNOT_TELL ->
                verification.remarks().unknown().isEmpty() && verification.table() != null
                        ? "cannot tell whether %s is right: the recount finds no error, and of the table %s"
                                .formatted(verification.batchId(), TableText.unknown(verification.table()))
                        : cannotTell(verification);
        };
    }

    private static String cannotTell(Verification verification) {
        return ("cannot tell whether %s is right: %s; the recounted part is right. If a service does not"
                        + " answer or a transaction is open, verify again later; if history was deleted, only a new"
                        + " batch id can be proven")
                .formatted(
                        verification.batchId(), unknown(verification.remarks().unknown()));
    }
}
