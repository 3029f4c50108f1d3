package io.backprocess.verify;

import io.backprocess.dedupe.SeenIds;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.Outside;
import io.backprocess.event.Skipped;
import io.backprocess.event.Taken;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Proves one partition of a batch of dedupe scope {@code partition}: source, results and dead letters are read side by side,
 * in order. Memory: the eventIds of the partition, and what is out of order.
 */
final class PartitionProof {
    private static final int RECORDS_A_REPORT = 5_000;

    private final Evidence evidence;
    private final int partition;
    private final Replay replay;
    private final SeenIds seen;
    private final Recount recount = new Recount();
    private Redone redone = Redone.NOTHING;
    private Lost lost;

    PartitionProof(Evidence evidence, int partition) {
        this.evidence = evidence;
        this.partition = partition;
        this.replay = evidence.replay();
        this.seen = new SeenIds(evidence.seed());
        this.lost = Lost.notLookedFor(partition);
    }

    Counted prove() {
        redone = new RedriveProof(evidence, partition).prove().and(evidence.refused(partition));
        lost = evidence.lost(partition);
        Track resultTrack = evidence.track(Output.RESULTS, partition);
        Track deadLetterTrack = evidence.track(Output.DEAD_LETTERS, partition);
        try (PartitionReader source = evidence.source(partition);
                Lane results = evidence.lane(resultTrack);
                Lane deadLetters = evidence.lane(deadLetterTrack)) {
            long reported = evidence.extent(partition).start();
            for (ConsumerRecord<byte[], byte[]> record = source.next(); record != null; record = source.next()) {
                expect(record, results, deadLetters);
                if (source.taken() % RECORDS_A_REPORT == 0) {
                    evidence.passed(record.offset() - reported);
                    reported = record.offset();
                }
            }
            evidence.passed(evidence.extent(partition).next() - reported);
            results.finish();
            deadLetters.finish();
            return new Counted(
                    partition,
                    recount.figures().plus(redone.figures()),
                    results.counted() + redone.results(),
                    deadLetters.counted() + redone.deadLetters(),
                    resultTrack.ahead(),
                    lost.isLookedFor() ? lost.found(evidence.extent(partition).start()) : null);
        }
    }

    private void expect(ConsumerRecord<byte[], byte[]> record, Lane results, Lane deadLetters) {
        boolean isLost = lost.covers(record.offset());
        Recount count = isLost ? lost.recount() : recount;
        count.read();
        Outcome outcome = outcome(record);
        if (redone.isOf(record.offset(), outcome) || redone.isRefused(record.offset(), outcome)) {
            count.bury();
            deadLetters.expect(record.offset(), List.of(replay.bareLetter(record)));
        } else if (outcome instanceof Taken taken) {
            count.take(taken.results().size());
            if (!isLost) {
                results.expect(record.offset(), replay.results(taken));
            }
        } else if (outcome instanceof DeadLetter letter) {
            count.bury();
            if (lost.mustBeThere(record.offset())) {
                deadLetters.expect(record.offset(), List.of(replay.deadLetter(letter)));
            }
        } else if (outcome instanceof Skipped) {
            count.skip();
        } else if (outcome instanceof Outside) {
            count.leaveOut();
        } else {
            count.duplicate();
        }
    }

    private Outcome outcome(ConsumerRecord<byte[], byte[]> record) {
        Outcome outcome = replay.decode(record);
        if (outcome instanceof Event event) {
            outcome = SeenIds.outcome(event, seen.take(seen.identify(event)));
        }
        return outcome instanceof Event event && !redone.isOf(record.offset(), event) ? replay.revise(event) : outcome;
    }
}
