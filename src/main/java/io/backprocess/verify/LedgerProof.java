package io.backprocess.verify;

import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.Figures;
import io.backprocess.batch.OffsetRange;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.PartitionLedger;
import io.backprocess.verify.Finding.Kind;
import java.util.List;

/** Holds the ledger against itself and against the recount. */
final class LedgerProof {
    private final BatchSpec spec;
    private final BatchLedger ledger;
    private final boolean gapsAside;
    private final Findings findings;

    /** @param gapsAside whether gaps are none of its business */
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
                        Kind.LEDGER_GAP,
                        gap,
                        "no ledger line counts the source offsets %d to %d, but lines after them are there"
                                .formatted(gap.start(), gap.end()));
            }
            for (OffsetRange overlap : partition.overlaps()) {
                add(
                        Kind.LEDGER_OVERLAP,
                        overlap,
                        "more than one ledger line counts the source offsets %d to %d"
                                .formatted(overlap.start(), overlap.end()));
            }
        }
        partitions.forEach(this::compare);
        compareChoice(partitions);
    }

    private void compare(PartitionResult counted) {
        Figures claimed = Figures.of(ledger.partition(counted.partition()).counts());
        Figures recounted = counted.recounted();
        boolean global = spec.dedupeScope() == DedupeScope.GLOBAL;
        if (global && !ledger.isComplete()) {
            // Its lines come from all subtasks, and those of the newest checkpoint may not all be there.
            return;
        }
        if (recounted == null) {
            compareTopics(claimed, counted, !global && counted.isExact());
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
     * What can be held against the topics alone.
     *
     * @param always results, which stand in one transaction with the line that counts them, also of a batch that is not done
     */
    private void compareTopics(Figures claimed, PartitionResult counted, boolean always) {
        if ((ledger.isComplete() || always) && claimed.results() != counted.results()) {
            mismatch(
                    counted.partition(),
                    "results are %d in the ledger, %d on the topic".formatted(claimed.results(), counted.results()));
        }
        if (ledger.isComplete() && claimed.deadLetters() != counted.deadLetters()) {
            mismatch(
                    counted.partition(),
                    "dead letters are %d in the ledger, %d on the topic"
                            .formatted(claimed.deadLetters(), counted.deadLetters()));
        }
    }

    /** Of some records nobody can tell whether they were taken or are dead; all else must fit. */
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
                    "the ledger has %s, recounted are %s and %d of which it cannot be told what has to come of them"
                            .formatted(claimed, recounted, counted.unknown()));
        }
    }

    /**
     * In global scope an event of which no result is made leaves nothing behind that says which copy of it was taken, so the
     * partitions' duplicates may differ; the batch's may not.
     */
    private void compareChoice(List<PartitionResult> partitions) {
        boolean recountable = !partitions.isEmpty()
                && partitions.stream().allMatch(counted -> counted.recounted() != null && counted.unknown() == 0);
        if (spec.dedupeScope() == DedupeScope.GLOBAL && ledger.isComplete() && recountable) {
            long recounted = Verifier.total(partitions).duplicates();
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
     * Results and the line that counts them stand in one transaction. Where the one is there without the other, and the ledger
     * has not moved since, the line is lost.
     */
    void checkAhead(List<PartitionResult> partitions, BatchLedger later) {
        for (PartitionResult counted : partitions) {
            PartitionLedger before = ledger.partition(counted.partition());
            boolean moved = later.partition(counted.partition()).next() > before.next();
            if (counted.resultsAhead() > 0 && !moved) {
                OffsetRange range = before.range();
                add(
                        Kind.LEDGER_GAP,
                        new OffsetRange(range.partition(), before.next(), range.end()),
                        "%d results of source offsets from %d on are on the topic, but no ledger line counts them"
                                .formatted(counted.resultsAhead(), before.next()));
            }
        }
    }

    private void mismatch(int partition, String message) {
        findings.add(new Finding(Kind.LEDGER_MISMATCH, spec.sourceTopic(), partition, null, message));
    }

    private void add(Kind kind, OffsetRange where, String message) {
        findings.add(new Finding(kind, spec.sourceTopic(), where.partition(), where.start(), message));
    }
}
