package io.backprocess.ledger;

import io.backprocess.batch.OffsetRange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** One batch's lines in a partition of the ledger, summed up as they come. */
final class LedgerAccumulator {
    private final String batchId;
    private final byte[] linePrefix;
    private final byte[] summaryKey;
    private final List<OffsetRange> ranges;
    private final long start;
    private final long upTo;
    private final Consumer<BatchLedger.Commit> shown;
    /** Where all lines are read: what a summary must say, by the number of lines. */
    private final @Nullable Map<Long, String> digests;

    private final List<Long> wrongSummaries = new ArrayList<>();
    private BatchLedger batch;
    private long lines;
    private long from;
    private @Nullable LedgerSummary newest;

    /**
     * @param start no line of the batch stands before this offset
     * @param upTo lines of younger checkpoints are left out
     * @param shown each line
     * @param evidence whether all lines are read, and summaries held against them
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

    /** The lines before this offset are summed up already. */
    long from() {
        return from;
    }

    boolean isEvidence() {
        return digests != null;
    }

    /** The sum of the most lines so far of which there is to be a summary. */
    @Nullable
    LedgerSummary newest() {
        return newest;
    }

    /** Where summaries stand that are not the sum of the lines before them. */
    List<Long> wrongSummaries() {
        return wrongSummaries;
    }

    boolean isSummary(ConsumerRecord<byte[], byte[]> record) {
        return record.key() != null && Arrays.equals(record.key(), summaryKey);
    }

    /** @throws IOException or IllegalArgumentException when a line is none */
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
                newest = digests == null ? summary : null;
                if (digests != null) {
                    digests.put(lines, digest(summary));
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
            if (!digest(summary).equals(digests.get(summary.lines()))) {
                wrongSummaries.add(record.offset());
            }
        } catch (IOException | IllegalArgumentException e) {
            wrongSummaries.add(record.offset());
        }
    }

    /** Of what this version knows of it: one that an earlier version has written has fewer fields. */
    private static String digest(LedgerSummary summary) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(summary.write()), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether it went on from this summary: it is one of this batch, and of nothing that is not to be seen. */
    boolean goOnFrom(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return false;
        }
        try {
            LedgerSummary summary = LedgerSummary.read(record.value());
            boolean fits = summary.batchId().equals(batchId)
                    && summary.start() == start
                    && summary.next() > start
                    && summary.next() <= record.offset()
                    && summary.lines() > 0
                    && summary.lines() % LedgerSummary.EVERY == 0
                    && summary.checkpoint() <= upTo;
            if (!fits) {
                return false;
            }
            BatchLedger restored = new BatchLedger(ranges, upTo, shown);
            restored.restore(summary);
            batch = restored;
            lines = summary.lines();
            from = summary.next();
            return true;
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }
}
