package io.backprocess.ledger;

import io.backprocess.batch.OffsetRange;
import io.backprocess.batch.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Sums up the lines of one batch in a partition of the ledger, in the order in which they are read. */
final class LedgerAccumulator {
    private static final int DIGEST_DIGITS = 32;

    private final String batchId;
    private final byte[] linePrefix;
    private final byte[] summaryKey;
    private final List<OffsetRange> ranges;
    private final long start;
    private final long upTo;
    private final Consumer<BatchLedger.Commit> shown;
    /** The digest that a summary must have, by its number of lines; null unless all lines are read. */
    private final @Nullable Map<Long, String> digests;

    private final List<Long> wrongSummaries = new ArrayList<>();
    private BatchLedger batch;
    private long lines;
    private long from;
    private @Nullable LedgerSummary newest;
    /** True once the sum of the lines is too large for a summary that can be read. */
    private boolean isTooLarge;

    /**
     * @param start the ledger offset before which the batch has no lines
     * @param upTo the newest checkpoint to include; lines of newer checkpoints are left out
     * @param shown the consumer that gets each line
     * @param evidence true to read all lines and to check the summaries against them
     */
    LedgerAccumulator(
            String batchId,
            List<OffsetRange> ranges,
            long start,
            long upTo,
            Consumer<BatchLedger.Commit> shown,
            boolean evidence) {
        this.batchId = batchId;
        this.linePrefix = (batchId + "/").getBytes(StandardCharsets.UTF_8);
        this.summaryKey = LedgerSummary.key(batchId).getBytes(StandardCharsets.UTF_8);
        this.ranges = ranges;
        this.start = start;
        this.from = start;
        this.upTo = upTo;
        this.shown = shown;
        this.digests = evidence ? new HashMap<>() : null;
        this.batch = new BatchLedger(ranges, upTo, shown);
    }

    BatchLedger batch() {
        return batch;
    }

    long start() {
        return start;
    }

    /** Returns the ledger offset before which all lines are summed up. */
    long from() {
        return from;
    }

    boolean isEvidence() {
        return digests != null;
    }

    /**
     * Returns the newest summary that is due; null if there is none, or if all lines are read as evidence. If the sum becomes too
     * large to be read as a summary, this stays the last one that can be read, and readers read the lines after it.
     */
    @Nullable
    LedgerSummary newest() {
        return newest;
    }

    /** Returns the ledger offsets of summaries that are not the sum of the lines before them. */
    List<Long> wrongSummaries() {
        return wrongSummaries;
    }

    /** Returns the key under which summaries of the batch are stored. */
    String summaryKey() {
        return LedgerSummary.key(batchId);
    }

    private boolean isSummary(ConsumerRecord<byte[], byte[]> record) {
        return record.key() != null && Arrays.equals(record.key(), summaryKey);
    }

    /** @throws IOException or IllegalArgumentException if a record under the batch's key is not a ledger line */
    void take(ConsumerRecord<byte[], byte[]> record) throws IOException {
        if (record.key() == null || record.value() == null || record.offset() < from) {
            return;
        }
        if (isSummary(record)) {
            check(record);
        } else if (startsWith(record.key(), linePrefix)) {
            batch.add(record);
            from = record.offset() + 1;
            lines++;
            if (lines % LedgerSummary.EVERY == 0) {
                LedgerSummary summary = batch.summary(batchId, start, lines, from);
                isTooLarge = !summary.fitsOneRecord();
                if (digests != null) {
                    digests.put(lines, digest(summary));
                } else if (!isTooLarge) {
                    newest = summary;
                }
            }
        }
    }

    private static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    private void check(ConsumerRecord<byte[], byte[]> record) {
        if (digests == null) {
            return;
        }
        try {
            LedgerSummary summary = LedgerSummary.read(record.value());
            if (!digest(summary).equals(digests.get(summary.extent().lines()))) {
                wrongSummaries.add(record.offset());
            }
        } catch (IOException | IllegalArgumentException e) {
            // An earlier version wrote a summary although it was too large. No reader uses it, so it is not wrong.
            if (!isTooLarge) {
                wrongSummaries.add(record.offset());
            }
        }
    }

    /** Computes the digest of the fields that this version knows. A summary of an earlier version has fewer fields. */
    private static String digest(LedgerSummary summary) {
        byte[] written = summary.write();
        return Sha256.of(written, 0, written.length).substring(0, DIGEST_DIGITS);
    }

    /**
     * Continues from this summary if it belongs to this batch and includes no line that must be left out.
     *
     * @return false if the summary does not fit or cannot be read; then nothing has changed
     */
    boolean goOnFrom(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return false;
        }
        try {
            LedgerSummary summary = LedgerSummary.read(record.value());
            boolean fits = summary.batchId().equals(batchId)
                    && summary.extent().start() == start
                    && summary.extent().next() > start
                    && summary.extent().next() <= record.offset()
                    && summary.extent().lines() > 0
                    && summary.extent().lines() % LedgerSummary.EVERY == 0
                    && summary.newest().checkpoint() <= upTo;
            if (!fits) {
                return false;
            }
            BatchLedger restored = new BatchLedger(ranges, upTo, shown);
            restored.restore(summary);
            batch = restored;
            lines = summary.extent().lines();
            from = summary.extent().next();
            return true;
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }
}
