package io.backprocess.rewrite;

import io.backprocess.batch.OutcomeCounter;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Taken;
import io.backprocess.ledger.LedgerLine;
import io.backprocess.ledger.Offsets;
import io.backprocess.replay.Replay;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** The output of one transaction of a repair: records of one partition, and the ledger line that counts them. */
final class Chunk {
    private static final long NO_CHECKPOINT = -1;
    private static final long MAX_BYTES = 16 * 1024 * 1024;

    final int partition;
    final List<ProducerRecord<byte[], byte[]>> results = new ArrayList<>();
    final List<ProducerRecord<byte[], byte[]>> deadLetters = new ArrayList<>();
    /** The source offsets of the dead letters. */
    final Offsets origins = new Offsets();

    final OutcomeCounter counter = new OutcomeCounter(OutcomeCounter.VERSIONS_OF_A_LINE);
    private @Nullable Long from;
    private @Nullable Long next;
    private long bytes;

    Chunk(int partition) {
        this.partition = partition;
    }

    /** Sets the first source offset that this chunk covers. */
    void begin(long sourceOffset) {
        from = sourceOffset;
    }

    /** Sets the source offset at which this chunk ends (exclusive). */
    void end(long sourceOffset) {
        next = sourceOffset;
    }

    boolean isBegun() {
        return from != null;
    }

    boolean isEmpty() {
        return from == null && deadLetters.isEmpty();
    }

    boolean isFull(int records) {
        return Math.max(counter.read(), results.size() + deadLetters.size()) >= records || bytes >= MAX_BYTES;
    }

    void take(Taken event, Replay replay) {
        List<ProducerRecord<byte[], byte[]>> taken = replay.results(event);
        counter.take(taken.size());
        for (ProducerRecord<byte[], byte[]> result : taken) {
            results.add(result);
            bytes += size(result);
        }
    }

    void write(DeadLetter letter, Replay replay) {
        ProducerRecord<byte[], byte[]> record = replay.deadLetter(letter);
        deadLetters.add(record);
        origins.add(letter.record().offset());
        bytes += size(record);
    }

    private static long size(ProducerRecord<byte[], byte[]> record) {
        return (record.key() == null ? 0L : record.key().length)
                + (record.value() == null ? 0L : record.value().length);
    }

    LedgerLine line(String batchId) {
        return LedgerLine.of(batchId, partition, NO_CHECKPOINT, 0, from, next, counter.counts());
    }
}
