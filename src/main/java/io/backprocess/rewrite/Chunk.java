package io.backprocess.rewrite;

import io.backprocess.event.DeadLetter;
import io.backprocess.event.Reason;
import io.backprocess.event.Skipped;
import io.backprocess.event.Taken;
import io.backprocess.ledger.LedgerLine;
import io.backprocess.ledger.Offsets;
import io.backprocess.replay.Replay;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** What a repair writes in one transaction: records of one partition, and the ledger line that counts them. */
final class Chunk {
    private static final long NO_CHECKPOINT = -1;
    private static final long MAX_BYTES = 16 * 1024 * 1024;

    final int partition;
    final List<ProducerRecord<byte[], byte[]>> results = new ArrayList<>();
    final List<ProducerRecord<byte[], byte[]>> deadLetters = new ArrayList<>();
    /** Of the dead letters, in the source. */
    final Offsets origins = new Offsets();

    private final Map<String, Long> skipped = new TreeMap<>();
    private final Map<String, Long> byReason = new TreeMap<>();
    private @Nullable Long from;
    private @Nullable Long next;
    private long read;
    private long outside;
    private long keyless;
    private long duplicates;
    private long taken;
    private long bytes;

    Chunk(int partition) {
        this.partition = partition;
    }

    /** It stands for the source offsets from here on. */
    void begin(long sourceOffset) {
        from = sourceOffset;
    }

    /** Up to here. */
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
        return Math.max(read, results.size() + deadLetters.size()) >= records || bytes >= MAX_BYTES;
    }

    /** @param hasKey which most records have */
    void read(boolean hasKey) {
        read++;
        keyless += hasKey ? 0 : 1;
    }

    void skip(Skipped event) {
        skipped.merge(event.version().toString(), 1L, Long::sum);
    }

    void leaveOut() {
        outside++;
    }

    void duplicate() {
        duplicates++;
    }

    void take(Taken event, Replay replay) {
        taken++;
        for (ProducerRecord<byte[], byte[]> result : replay.results(event)) {
            results.add(result);
            bytes += size(result);
        }
    }

    void bury(Reason reason) {
        byReason.merge(reason.toString(), 1L, Long::sum);
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
        return new LedgerLine(
                batchId,
                partition,
                NO_CHECKPOINT,
                0,
                from,
                next,
                read,
                skipped,
                duplicates,
                byReason,
                taken,
                from == null ? 0 : results.size(),
                LedgerLine.unlessNone(outside),
                LedgerLine.unlessNone(keyless));
    }
}
