package io.backprocess.verify;

import io.backprocess.ledger.Offsets;

/**
 * What the source of one partition has lost since the batch read it, by retention or compaction, and what therefore cannot be told:
 * the results of a record that is gone, and whether an earlier copy of an event was taken that is gone.
 *
 * <p>As long as the source is read nobody knows whether a gap between two offsets was there when the batch read it. So what
 * does not fit is kept apart, and decided at the end: where as many records are left as the ledger has counted, nothing was lost,
 * and all of it is wrong. Memory: a bit a source record, and only where the source may have lost any.
 */
final class SourceGaps {
    private final String topic;
    private final LedgerRange ledgerRange;
    private final long beginning;
    private final boolean mayLack;
    private final Offsets present = new Offsets();
    /** Events behind a gap. */
    private final Offsets uncertain = new Offsets();
    /** Of which nobody can tell what comes of them, as was reported. */
    private final Offsets unasked = new Offsets();

    private final Findings findings = new Findings();
    private final Unknowns unknowns = new Unknowns();
    private long reached;
    private boolean gap;

    /**
     * @param beginning from where on the source is left
     * @param isCompacted whether it may have lost records in the middle too
     */
    SourceGaps(String topic, LedgerRange ledgerRange, long beginning, boolean isCompacted) {
        this.topic = topic;
        this.ledgerRange = ledgerRange;
        this.beginning = Math.min(beginning, ledgerRange.next());
        this.mayLack = isCompacted || this.beginning > ledgerRange.start();
        this.reached = ledgerRange.start();
        if (this.beginning > ledgerRange.start()) {
            unknowns.add(
                    topic,
                    ledgerRange.partition(),
                    ledgerRange.start(),
                    this.beginning,
                    "the batch reads from offset %d, but what stands before offset %d has been deleted"
                            .formatted(ledgerRange.start(), beginning));
        }
    }

    static SourceGaps none(LedgerRange ledgerRange) {
        return new SourceGaps("", ledgerRange, ledgerRange.start(), false);
    }

    boolean mayLack() {
        return mayLack;
    }

    /** From where on the source is left. */
    long beginning() {
        return beginning;
    }

    /** Whether something in this partition may be there that cannot be expected. */
    boolean areAny() {
        return mayLack || !unasked.isEmpty();
    }

    /** The next record of the source. */
    void pass(long sourceOffset) {
        if (mayLack) {
            gap |= sourceOffset > reached;
            present.add(sourceOffset);
            reached = sourceOffset + 1;
        }
    }

    /** Whether an earlier copy of an event that stands here may be gone. */
    boolean isBehindAGap() {
        return gap;
    }

    /** An event behind a gap: whether it was the first copy cannot be told. */
    void uncertain(long sourceOffset) {
        uncertain.add(sourceOffset);
    }

    /** What must come of it cannot be told, and has been reported. */
    void unasked(long sourceOffset) {
        unasked.add(sourceOffset);
    }

    boolean isUnasked(long sourceOffset) {
        return unasked.contains(sourceOffset);
    }

    boolean isUncertain(long sourceOffset) {
        return uncertain.contains(sourceOffset);
    }

    /** Whether the record at this offset may have been there and be gone. To be asked of what lies behind the reader only. */
    boolean isGone(long sourceOffset) {
        return mayLack
                && sourceOffset >= ledgerRange.start()
                && sourceOffset < ledgerRange.next()
                && !present.contains(sourceOffset);
    }

    /** It is wrong where nothing was lost, and cannot be told otherwise. */
    void either(Finding finding, long sourceOffset, String why) {
        findings.add(finding);
        if (sourceOffset >= beginning) {
            unknowns.add(topic, ledgerRange.partition(), sourceOffset, why);
        }
    }

    /** The same of a record that does not say where it came from. */
    void either(Finding finding, String outputTopic, long offset, String why) {
        findings.add(finding);
        unknowns.add(outputTopic, ledgerRange.partition(), offset, why);
    }

    /**
     * Decides.
     *
     * @param lost whether the ledger counts more records than the source still has
     */
    void decide(boolean lost, Findings wrong, Unknowns unknown) {
        if (lost) {
            unknown.addAll(unknowns);
        } else {
            wrong.addAll(findings);
        }
    }
}
