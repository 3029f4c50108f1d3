package io.backprocess.verify;

import io.backprocess.ledger.Offsets;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The records that the source of one partition has lost since the batch read it, by retention or compaction. Two things are then
 * not known: the results of a lost record, and whether a lost earlier copy of an event was taken.
 *
 * <p>While the source is read, it is not known whether a gap between two offsets was already there when the batch read it. So
 * mismatches are kept separately and decided at the end. If the source still has all records that the ledger counts, nothing was
 * lost, and all mismatches are findings. Memory: one bit per source record, and only if the source may have lost records.
 */
final class SourceGaps {
    private final String topic;
    private final LedgerRange ledgerRange;
    private final long from;
    private final long beginning;
    private final boolean mayLack;
    private Offsets present = new Offsets();
    /** The source offsets of events behind a gap. */
    private Offsets uncertain = new Offsets();
    /** The source offsets whose outcome is not known, and which were already reported. */
    private Offsets unasked = new Offsets();

    private final Findings findings = new Findings();
    private final Unknowns unknowns = new Unknowns();
    private long reached;
    private boolean gap;

    /**
     * @param from the offset from which the source is read; what is before it is proven already
     * @param beginning the first offset that the source still has
     * @param isCompacted true if the source may also have lost records in the middle
     */
    SourceGaps(String topic, LedgerRange ledgerRange, long from, long beginning, boolean isCompacted) {
        this.topic = topic;
        this.ledgerRange = ledgerRange;
        this.from = from;
        this.beginning = Math.min(beginning, ledgerRange.next());
        this.mayLack = isCompacted || this.beginning > from;
        this.reached = from;
        noteBeginning();
    }

    static SourceGaps none(LedgerRange ledgerRange) {
        return new SourceGaps("", ledgerRange, ledgerRange.start(), ledgerRange.start(), false);
    }

    private void noteBeginning() {
        if (beginning > from) {
            unknowns.add(
                    topic,
                    ledgerRange.partition(),
                    from,
                    beginning,
                    "the batch reads from offset %d, but the records before offset %d have been deleted"
                            .formatted(ledgerRange.start(), beginning));
        }
    }

    boolean mayLack() {
        return mayLack;
    }

    /** Returns the first offset that the source still has. */
    long beginning() {
        return beginning;
    }

    /** Tells whether this partition may have records that the recount cannot derive from the source. */
    boolean areAny() {
        return mayLack || !unasked.isEmpty();
    }

    /** Notes the next record of the source. */
    void pass(long sourceOffset) {
        if (mayLack) {
            gap |= sourceOffset > reached;
            present.add(sourceOffset);
            reached = sourceOffset + 1;
        }
    }

    /** Tells whether an earlier copy of an event at the current offset may be deleted. */
    boolean isBehindAGap() {
        return gap;
    }

    /** Notes an event behind a gap, for which it is not known whether it was the first copy. */
    void uncertain(long sourceOffset) {
        uncertain.add(sourceOffset);
    }

    /** Notes a source offset whose outcome is not known, and which was already reported. */
    void unasked(long sourceOffset) {
        unasked.add(sourceOffset);
    }

    boolean isUnasked(long sourceOffset) {
        return unasked.contains(sourceOffset);
    }

    boolean isUncertain(long sourceOffset) {
        return uncertain.contains(sourceOffset);
    }

    /** Tells whether the record at this offset may be deleted. The answer is valid only for offsets that are already read. */
    boolean isGone(long sourceOffset) {
        return mayLack && sourceOffset >= from && sourceOffset < ledgerRange.next() && !present.contains(sourceOffset);
    }

    /** Writes what is noted of the records so far. */
    void write(DataOutput out) throws IOException {
        present.write(out);
        uncertain.write(out);
        unasked.write(out);
        findings.write(out);
        unknowns.write(out);
        out.writeLong(reached);
        out.writeBoolean(gap);
    }

    /** Goes on with what {@link #write} has written, perhaps for an earlier {@code from}, before any record is noted here. */
    void resume(DataInput in) throws IOException {
        present = Offsets.read(in);
        uncertain = Offsets.read(in);
        unasked = Offsets.read(in);
        findings.resume(in);
        unknowns.resume(in);
        noteBeginning();
        reached = Math.max(from, in.readLong());
        gap = in.readBoolean();
    }

    /** Notes a mismatch. It is a finding if nothing was lost, and unknown otherwise. */
    void either(Finding finding, long sourceOffset, String why) {
        findings.add(finding);
        if (sourceOffset >= beginning) {
            unknowns.add(topic, ledgerRange.partition(), sourceOffset, why);
        }
    }

    /** Notes a mismatch of a record that does not state its origin. */
    void either(Finding finding, String outputTopic, long offset, String why) {
        findings.add(finding);
        unknowns.add(outputTopic, ledgerRange.partition(), offset, why);
    }

    /**
     * Decides whether the noted mismatches are findings or unknown.
     *
     * @param lost true if the ledger counts more records than the source still has
     */
    void decide(boolean lost, Findings wrong, Unknowns unknown) {
        if (lost) {
            unknown.addAll(unknowns);
        } else {
            wrong.addAll(findings);
        }
    }
}
