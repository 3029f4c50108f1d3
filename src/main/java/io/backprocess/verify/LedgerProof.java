package io.backprocess.verify;

import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.Figures;
import io.backprocess.batch.OffsetRange;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.PartitionLedger;
import java.util.List;

/** Checks the ledger for consistency and compares it with the recount. */
final class LedgerProof {
    private final BatchSpec spec;
    private final BatchLedger ledger;
    private final boolean gapsAside;
    private final Findings findings;

    /** @param gapsAside true to leave out gaps, because they are handled separately */
    LedgerProof(BatchSpec spec, BatchLedger ledger, boolean gapsAside, Findings findings) {
        this.spec = spec;
        this.ledger = ledger;
        this.gapsAside = gapsAside;
        this.findings = findings;
    }

    void check(List<PartitionResult> partitions) {
        for (PartitionLedger partition : ledger.partitions()) {
            for (OffsetRange gap : gapsAside ? List.<OffsetRange>of() : partition.gaps()) {
                add(
                        FindingKind.LEDGER_GAP,
                        gap,
                        "no ledger line counts the source offsets %d to %d, but lines after them are there"
                                .formatted(gap.start(), gap.end()));
            }
            for (OffsetRange overlap : partition.overlaps()) {
                add(
                        FindingKind.LEDGER_OVERLAP,
                        overlap,
                        "more than one ledger line counts the source offsets %d to %d"
                                .formatted(overlap.start(), overlap.end()));
            }
        }
        partitions.forEach(this::compare);
        compareChoice(partitions);
    }

    private void compare(PartitionResult counted) {
        Figures claimed = ledger.partition(counted.partition()).counts().figures();
        Figures recounted = counted.recounted();
        boolean global = spec.dedupeScope() == DedupeScope.GLOBAL;
        if (global && !ledger.isComplete()) {
            // In global scope the lines of a partition come from all subtasks, and some lines of the newest checkpoint
            // may be missing.
            return;
        }
        if (recounted == null) {
            compareTopics(claimed, counted, !global && counted.onTopics().isExact());
        } else if (counted.unknown() > 0) {
            compareTopics(claimed, counted, !global);
            comparePart(claimed, recounted, counted);
        } else if (global ? !claimed.withoutChoice().equals(recounted.withoutChoice()) : !claimed.equals(recounted)) {
            mismatch(counted.partition(), "the ledger has %s, recounted are %s".formatted(claimed, recounted));
        } else {
            counted.breakdown()
                    .differences(ledger.partition(counted.partition()).counts())
                    .forEach(difference -> mismatch(counted.partition(), difference));
        }
    }

    /**
     * Compares the ledger with the topics alone.
     *
     * @param always true to compare results even if the batch is not complete, because results are in one transaction with the
     *     line that counts them
     */
    private void compareTopics(Figures claimed, PartitionResult counted, boolean always) {
        if ((ledger.isComplete() || always)
                && claimed.results() != counted.onTopics().results()) {
            mismatch(
                    counted.partition(),
                    "results are %d in the ledger, %d on the topic"
                            .formatted(claimed.results(), counted.onTopics().results()));
        }
        if (ledger.isComplete() && claimed.deadLetters() != counted.onTopics().deadLetters()) {
            mismatch(
                    counted.partition(),
                    "dead letters are %d in the ledger, %d on the topic"
                            .formatted(claimed.deadLetters(), counted.onTopics().deadLetters()));
        }
    }

    /** Compares the figures if it is not known for some records whether they were taken or are dead. All others must match. */
    private void comparePart(Figures claimed, Figures recounted, PartitionResult counted) {
        long rest = recounted.taken() + recounted.deadLetters() + recounted.duplicates();
        long claimedRest = claimed.taken() + claimed.deadLetters() + claimed.duplicates();
        boolean fits = claimed.read() == recounted.read()
                && claimed.skipped() == recounted.skipped()
                && claimed.outside() == recounted.outside()
                && claimedRest >= rest
                && claimedRest <= rest + counted.unknown();
        if (!fits) {
            mismatch(
                    counted.partition(),
                    "the ledger has %s, recounted are %s and %d records whose outcome is not known"
                            .formatted(claimed, recounted, counted.unknown()));
        } else if (spec.dedupeScope() == DedupeScope.PARTITION) {
            counted.breakdown()
                    .differences(ledger.partition(counted.partition()).counts(), counted.unknown())
                    .forEach(difference -> mismatch(counted.partition(), difference));
        }
    }

    /**
     * Compares the duplicates of the whole batch in global scope. An event without results leaves no record that says which of
     * its copies was taken. So the duplicates of single partitions may differ, but their sum may not.
     */
    private void compareChoice(List<PartitionResult> partitions) {
        boolean recountable = !partitions.isEmpty()
                && partitions.stream().allMatch(counted -> counted.recounted() != null && counted.unknown() == 0);
        if (spec.dedupeScope() == DedupeScope.GLOBAL && ledger.isComplete() && recountable) {
            long recounted = PartitionResult.total(partitions).duplicates();
            long claimed = ledger.total().duplicates();
            if (recounted != claimed) {
                mismatch(
                        0,
                        "over all partitions the ledger has %d duplicates, recounted are %d"
                                .formatted(claimed, recounted));
            }
        }
    }

    /**
     * Finds lost ledger lines. Results and the line that counts them are in one transaction. If results are there without their
     * line, and the ledger has not advanced since, the line is lost.
     */
    void checkAhead(List<PartitionResult> partitions, BatchLedger later) {
        for (PartitionResult counted : partitions) {
            PartitionLedger before = ledger.partition(counted.partition());
            boolean moved = later.partition(counted.partition()).next() > before.next();
            if (counted.onTopics().resultsAhead() > 0 && !moved) {
                OffsetRange range = before.range();
                add(
                        FindingKind.LEDGER_GAP,
                        new OffsetRange(range.partition(), before.next(), range.end()),
                        "%d results of source offsets from %d on are on the topic, but no ledger line counts them"
                                .formatted(counted.onTopics().resultsAhead(), before.next()));
            }
        }
    }

    private void mismatch(int partition, String message) {
        findings.add(new Finding(FindingKind.LEDGER_MISMATCH, spec.sourceTopic(), partition, null, message));
    }

    private void add(FindingKind kind, OffsetRange where, String message) {
        findings.add(new Finding(kind, spec.sourceTopic(), where.partition(), where.start(), message));
    }
}
