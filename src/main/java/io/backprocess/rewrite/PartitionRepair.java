package io.backprocess.rewrite;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.OffsetRange;
import io.backprocess.dedupe.SeenIds;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.Outside;
import io.backprocess.event.Reason;
import io.backprocess.event.Skipped;
import io.backprocess.event.Taken;
import io.backprocess.kafka.PartitionReader;
import io.backprocess.replay.Replay;
import io.backprocess.verify.Loss;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Replays one partition from its start and makes chunks of what it lacks. From its start: the job remembers the eventIds of a
 * lost stretch, since its state was saved, and has counted their later copies as duplicates; so which copy is the first has to be
 * decided as it did.
 */
final class PartitionRepair {
    private final Loss.Partition loss;
    private final Replay replay;
    private final SeenIds seen;
    private final RowWriter table;
    private final int chunkRecords;
    private final Consumer<Chunk> chunks;
    private final ArrayDeque<OffsetRange> spans;
    private Chunk chunk;
    /** What stands before it is in earlier chunks. */
    private long reached;

    /** @param chunkRecords so many records a chunk, about */
    PartitionRepair(
            Loss.Partition loss, Replay replay, long seed, RowWriter table, int chunkRecords, Consumer<Chunk> chunks) {
        this.loss = loss;
        this.replay = replay;
        this.seen = new SeenIds(seed);
        this.table = table;
        this.chunkRecords = chunkRecords;
        this.chunks = chunks;
        this.spans = new ArrayDeque<>(loss.spans());
        this.chunk = new Chunk(loss.partition());
        this.reached = loss.start();
    }

    /** @param meanwhile called at every record */
    void run(PartitionReader source, Runnable meanwhile) {
        for (ConsumerRecord<byte[], byte[]> record = source.next(); record != null; record = source.next()) {
            meanwhile.run();
            long offset = record.offset();
            finishStretchesBefore(offset);
            OffsetRange span = spans.peek();
            boolean isLost = span != null && offset >= span.start();
            Outcome outcome = replay.decode(record);
            if (outcome instanceof Event event) {
                outcome = SeenIds.outcome(event, seen.take(seen.identify(event)));
            }
            if (isLost) {
                begin(span);
                chunk.counter.read(1, record.key() == null ? 1 : 0);
                count(outcome, loss.deadLettersThere().get(offset));
            } else if (loss.missingDeadLetters().contains(offset)) {
                write(outcome);
            }
            if (chunk.isFull(chunkRecords)) {
                flush(isLost ? offset + 1 : null);
            }
        }
        finishStretchesBefore(Long.MAX_VALUE);
        flush(null);
    }

    private void begin(@Nullable OffsetRange span) {
        if (span != null && !chunk.isBegun()) {
            chunk.begin(Math.max(span.start(), reached));
        }
    }

    /** Also where no record of them is left: compacted away, or markers of transactions. */
    private void finishStretchesBefore(long offset) {
        for (OffsetRange span = spans.peek(); span != null && span.end() <= offset; span = spans.peek()) {
            spans.remove();
            if (reached < span.end()) {
                begin(span);
                flush(span.end());
            }
        }
    }

    private void flush(@Nullable Long end) {
        if (end != null) {
            chunk.end(end);
            reached = end;
        }
        if (!chunk.isEmpty()) {
            chunks.accept(chunk);
        }
        chunk = new Chunk(loss.partition());
    }

    /** @param there what it died of where its dead letter survived */
    private void count(Outcome outcome, @Nullable Reason there) {
        if (there != null) {
            chunk.counter.deadLetter(there);
            return;
        }
        Outcome end = revise(outcome);
        if (end instanceof Taken taken) {
            chunk.take(taken, replay);
        } else if (end instanceof DeadLetter letter) {
            chunk.counter.deadLetter(letter.reason());
            chunk.write(letter, replay);
        } else if (end instanceof Skipped skipped) {
            chunk.counter.skip(skipped.version());
        } else if (end instanceof Outside) {
            chunk.counter.leaveOut();
        } else {
            chunk.counter.duplicate();
        }
    }

    /** The line that counts it is there. */
    private void write(Outcome outcome) {
        Outcome end = outcome instanceof Event event ? answered(replay.revise(event)) : outcome;
        if (end instanceof DeadLetter letter) {
            chunk.write(letter, replay);
        }
    }

    /** What could not be asked now may well have been answered when the batch ran, and must not become a dead letter for it. */
    private Outcome answered(Outcome outcome) {
        if (outcome instanceof DeadLetter letter && letter.reason() == Reason.RETRIES_EXHAUSTED) {
            throw BatchException.refused(
                    "partition %d, source offset %d: the revision gave up for a reason that should pass (%s), and nobody can tell what has to come of it; what was committed stays. The same command goes on from there when it has passed"
                            .formatted(loss.partition(), letter.record().offset(), letter.message()));
        }
        return outcome;
    }

    private Outcome revise(Outcome outcome) {
        if (!(outcome instanceof Event event)) {
            return outcome;
        }
        try {
            return table.write(answered(replay.revise(event)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
