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
 * Replays one partition from its start and makes chunks of the records that it lacks. It starts there because the job's saved
 * state contains the eventIds of a lost range, so the job has counted their later copies as duplicates. The replay must choose
 * the first copy in the same way.
 */
final class PartitionRepair {
    private final Loss.PartitionLoss loss;
    private final Replay replay;
    private final SeenIds seen;
    private final RowWriter table;
    private final int chunkRecords;
    private final Consumer<Chunk> chunks;
    private final ArrayDeque<OffsetRange> spans;
    private Chunk chunk;
    /** The source offset up to which earlier chunks reach. */
    private long reached;

    /** @param chunkRecords the approximate number of records of a chunk */
    PartitionRepair(
            Loss.PartitionLoss loss,
            Replay replay,
            long seed,
            RowWriter table,
            int chunkRecords,
            Consumer<Chunk> chunks) {
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

    /**
     * Replays the partition and passes on its chunks.
     *
     * @param meanwhile an action that is run at every record
     */
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
                count(outcome, loss.deadLettersThere().of(offset));
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

    /**
     * Finishes the lost ranges that end at or before the offset. A range may have no records left, because they were compacted
     * away or are transaction markers.
     */
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

    /**
     * Counts one record, and writes its results or its dead letter.
     *
     * @param there the reason of the record's dead letter, where that survived; null where it did not
     */
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
            chunk.counter.skip(skipped.kind());
        } else if (end instanceof Outside) {
            chunk.counter.leaveOut();
        } else {
            chunk.counter.duplicate();
        }
    }

    /** Writes a missing dead letter. The ledger line that counts it already exists. */
    private void write(Outcome outcome) {
        Outcome end = outcome instanceof Event event ? answered(replay.revise(event)) : outcome;
        if (end instanceof DeadLetter letter) {
            chunk.write(letter, replay);
        }
    }

    /**
     * Refuses an outcome for which the service gave no answer. The service may have answered when the batch ran, so the outcome
     * must not become a dead letter.
     */
    private Outcome answered(Outcome outcome) {
        if (outcome instanceof DeadLetter letter && letter.reason() == Reason.RETRIES_EXHAUSTED) {
            throw BatchException.refused(
                    ("partition %d, source offset %d: the revision failed for a temporary reason (%s), so the right"
                                    + " outcome is unknown; committed work stays. Run the same command again when the"
                                    + " reason has passed: it goes on from there")
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
