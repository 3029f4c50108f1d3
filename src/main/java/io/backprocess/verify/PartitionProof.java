package io.backprocess.verify;

import io.backprocess.dedupe.SeenIds;
import io.backprocess.dedupe.SeenIds.Copy;
import io.backprocess.dedupe.SeenIds.Identity;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.Outside;
import io.backprocess.event.Reason;
import io.backprocess.event.Skipped;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.Taken;
import io.backprocess.replay.Replay;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Proves one partition of a batch of dedupe scope {@code partition}. It gets the records of the source and reads results and dead
 * letters beside them, in order. Memory: the eventIds of the partition, and the records that are out of order.
 *
 * <p>Another object can go on with what {@link #write} has written between two records, and comes to the same result. The eventIds
 * are kept apart.
 */
final class PartitionProof implements AutoCloseable {
    private static final int RECORDS_A_REPORT = 5_000;

    private final Evidence evidence;
    private final int partition;
    private final Replay replay;
    private final SeenIds seen;
    private final long from;
    private final Recount recount = new Recount();
    private final SourceGaps gaps;
    private final RecordedDeadLetters recorded;
    private final RedriveChanges redriveChanges;
    private final LossFinder lost;
    private final Matcher results;
    private final Matcher deadLetters;
    private final RevisionReplay revising;
    private long reported;
    private int unreported;

    private PartitionProof(Evidence evidence, int partition, SeenIds seen, long from) {
        this.evidence = evidence;
        this.partition = partition;
        this.replay = evidence.replay();
        this.seen = seen;
        this.from = from;
        this.gaps = evidence.gaps(partition, from);
        this.recorded = evidence.recorded(partition, gaps);
        this.redriveChanges = evidence.redriven(partition);
        this.lost = evidence.lost(partition);
        this.results = evidence.results(partition, gaps);
        this.deadLetters = evidence.deadLetters(partition, gaps);
        this.revising = new RevisionReplay(evidence, replay, recorded, results);
        this.reported = evidence.ledgerRange(partition).start();
    }

    /**
     * Begins the proof.
     *
     * @param seen takes the eventIds of the partition
     */
    static PartitionProof begin(Evidence evidence, int partition, SeenIds seen) {
        return new PartitionProof(
                evidence, partition, seen, evidence.ledgerRange(partition).start());
    }

    /**
     * Goes on where another proof was.
     *
     * @param seen the eventIds that the other proof has taken
     * @param later the offset of the source's next record if the other proof was an earlier one, which has ended; null if it was one
     *     of the same evidence
     * @param in what {@link #write} has written
     */
    static PartitionProof resume(Evidence evidence, int partition, SeenIds seen, @Nullable Long later, DataInput in)
            throws IOException {
        StateBytes.expectFormat(in);
        long began = in.readLong();
        PartitionProof proof = new PartitionProof(evidence, partition, seen, later == null ? began : later);
        proof.reported = in.readLong();
        proof.recount.resume(in);
        proof.gaps.resume(in);
        proof.results.resume(in);
        proof.deadLetters.resume(in);
        return proof;
    }

    /** Writes the proof as it is after the records so far. */
    void write(DataOutput out) throws IOException {
        out.writeInt(StateBytes.FORMAT);
        out.writeLong(from);
        out.writeLong(reported);
        recount.write(out);
        gaps.write(out);
        results.write(out);
        deadLetters.write(out);
    }

    /** Takes the partition's next record. */
    void expect(SourceRecord record) {
        compare(record);
        if (++unreported == RECORDS_A_REPORT) {
            report(record.offset());
        }
    }

    private void report(long upTo) {
        evidence.passed(upTo - reported);
        reported = upTo;
        unreported = 0;
    }

    /** Tells whether a later proof can go on from here. It cannot take again what the ledger did not count at this time. */
    boolean canGoOn() {
        return results.ahead() == 0 && deadLetters.ahead() == 0;
    }

    /** Ends the proof after the partition's last record. */
    PartitionResult finish() {
        report(evidence.ledgerRange(partition).next());
        results.finish();
        deadLetters.finish();
        boolean lacks = lacksSource();
        gaps.decide(lacks, evidence.findings, evidence.unknowns);
        return new PartitionResult(
                partition,
                lacks ? null : recount.figures().plus(redriveChanges.figures()),
                recount.unknown() + redriveChanges.unknown(),
                lacks ? Breakdown.UNKNOWN : recount.breakdown(redriveChanges.byReason()),
                Math.min(results.awaited(), deadLetters.awaited()),
                new PartitionResult.OnTopics(
                        results.counted() + redriveChanges.results(),
                        deadLetters.counted() + redriveChanges.deadLetters(),
                        true,
                        results.ahead()),
                lost.isLookedFor() ? lost.found(evidence.ledgerRange(partition).start()) : null);
    }

    /** Tells whether the source has lost records that the batch has read, or whose results were in a lost transaction. */
    private boolean lacksSource() {
        return gaps.mayLack()
                && (evidence.claimedRead(partition) > recount.counter.read() || lost.beginsBefore(gaps.beginning()));
    }

    private void compare(SourceRecord record) {
        gaps.pass(record.offset());
        boolean isLost = lost.covers(record.offset());
        Recount count = isLost ? lost.recount() : recount;
        count.counter.read(1, record.key() == null ? 1 : 0);
        Outcome outcome = outcome(record);
        if (outcome == null) {
            count.cannotTell();
            gaps.unasked(record.offset());
            evidence.cannotTell(partition, record.offset(), evidence.asking.why());
        } else if (redriveChanges.isOf(record.offset(), outcome)) {
            count.deadLetter(recorded.reasonOf(record.offset()));
            deadLetters.expect(record.offset(), List.of(replay.bareLetter(record)));
        } else if (outcome instanceof Taken taken) {
            Reason refused = evidence.tableLetters.reason(record.offset(), taken, recorded, replay, results::comesNext);
            if (refused != null) {
                count.deadLetter(refused);
                deadLetters.expect(record.offset(), List.of(evidence.tableLetters.required(taken, refused, replay)));
                return;
            }
            count.counter.take(taken.results().size());
            if (!isLost) {
                results.expect(record.offset(), replay.results(taken));
            }
        } else if (outcome instanceof DeadLetter letter) {
            count.deadLetter(letter.reason());
            if (lost.mustBeThere(record.offset())) {
                deadLetters.expect(record.offset(), List.of(replay.deadLetter(letter)));
            }
        } else if (outcome instanceof Skipped skipped) {
            count.counter.skip(skipped.kind());
        } else if (outcome instanceof Outside) {
            count.counter.leaveOut();
        } else {
            count.counter.duplicate();
        }
    }

    /** Returns the outcome of a source record; null if it is not known now. */
    private @Nullable Outcome outcome(SourceRecord record) {
        Outcome outcome = replay.decode(record);
        if (outcome instanceof Event event) {
            outcome = deduped(event, record.offset());
        }
        return outcome instanceof Event event && !redriveChanges.isOf(record.offset(), event)
                ? revising.revise(event, record.offset())
                : outcome;
    }

    /**
     * Applies the dedupe step to an event. Behind a gap an earlier copy may be deleted, and then only a dead letter shows that
     * there was a copy with another payload.
     */
    private Outcome deduped(Event event, long offset) {
        Identity identity = seen.identify(event);
        Copy copy = seen.take(identity);
        if (copy == Copy.FIRST) {
            evidence.first(identity, partition, offset);
        }
        if (gaps.isBehindAGap()) {
            gaps.uncertain(offset);
            if (recorded.isConflict(offset)) {
                copy = Copy.CONFLICTING;
            }
        }
        return SeenIds.outcome(event, copy);
    }

    @Override
    public void close() {
        try (results) {
            deadLetters.close();
        }
    }
}
