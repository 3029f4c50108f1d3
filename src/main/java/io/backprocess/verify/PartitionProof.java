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
import io.backprocess.event.Taken;
import io.backprocess.kafka.PartitionReader;
import io.backprocess.replay.Replay;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Proves one partition of a batch of dedupe scope {@code partition}. It reads source, results and dead letters side by side, in
 * order. Memory: the eventIds of the partition, and the records that are out of order.
 */
final class PartitionProof {
    private static final int RECORDS_A_REPORT = 5_000;

    private final Evidence evidence;
    private final int partition;
    private final Replay replay;
    private final SeenIds seen;
    private final Recount recount = new Recount();
    private final SourceGaps gaps;
    private RedriveChanges redriveChanges = RedriveChanges.NOTHING;
    private RecordedDeadLetters recorded = RecordedDeadLetters.NOTHING;
    private LossFinder lost;
    private @Nullable RevisionReplay revising;

    PartitionProof(Evidence evidence, int partition) {
        this.evidence = evidence;
        this.partition = partition;
        this.replay = evidence.replay();
        this.seen = new SeenIds(evidence.seed());
        this.lost = LossFinder.notLookedFor(partition);
        this.gaps = evidence.gaps(partition);
    }

    PartitionResult prove() {
        recorded = evidence.recorded(partition, gaps);
        redriveChanges = new RedriveProof(evidence, partition).prove();
        lost = evidence.lost(partition);
        try (PartitionReader source = evidence.source(partition);
                Matcher results = evidence.results(partition, gaps);
                Matcher deadLetters = evidence.deadLetters(partition, gaps)) {
            revising = new RevisionReplay(evidence, replay, recorded, results);
            long reported = evidence.ledgerRange(partition).start();
            for (ConsumerRecord<byte[], byte[]> record = source.next(); record != null; record = source.next()) {
                expect(record, results, deadLetters);
                if (source.taken() % RECORDS_A_REPORT == 0) {
                    evidence.passed(record.offset() - reported);
                    reported = record.offset();
                }
            }
            evidence.passed(evidence.ledgerRange(partition).next() - reported);
            results.finish();
            deadLetters.finish();
            boolean lacks = lacksSource();
            gaps.decide(lacks, evidence.findings, evidence.unknowns);
            return new PartitionResult(
                    partition,
                    lacks ? null : recount.figures().plus(redriveChanges.figures()),
                    recount.unknown() + redriveChanges.unknown(),
                    lacks ? Breakdown.UNKNOWN : recount.breakdown(redriveChanges.byReason()),
                    new PartitionResult.OnTopics(
                            results.counted() + redriveChanges.results(),
                            deadLetters.counted() + redriveChanges.deadLetters(),
                            true,
                            results.ahead()),
                    lost.isLookedFor()
                            ? lost.found(evidence.ledgerRange(partition).start())
                            : null);
        }
    }

    /** Tells whether the source has lost records that the batch has read, or whose results were in a lost transaction. */
    private boolean lacksSource() {
        return gaps.mayLack()
                && (evidence.claimedRead(partition) > recount.counter.read() || lost.beginsBefore(gaps.beginning()));
    }

    private void expect(ConsumerRecord<byte[], byte[]> record, Matcher results, Matcher deadLetters) {
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
    private @Nullable Outcome outcome(ConsumerRecord<byte[], byte[]> record) {
        Outcome outcome = replay.decode(record);
        if (outcome instanceof Event event) {
            outcome = deduped(event, record.offset());
        }
        return outcome instanceof Event event && revising != null && !redriveChanges.isOf(record.offset(), event)
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
}
