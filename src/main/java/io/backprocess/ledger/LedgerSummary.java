package io.backprocess.ledger;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.backprocess.batch.Counts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sum of a batch's first lines, as it stands in the ledger itself, so that who starts to read need not read them. It is a shortcut and
 * never evidence: {@code verify} reads the lines and holds each summary against their sum.
 *
 * <p>It says something of what stands before it and can no longer change, so it is right whoever writes it, and however often. Its key
 * is none of a line's: who does not know summaries does not see them.
 *
 * @param format of the summary; others are not read
 * @param start where the batch's part of the ledger begins
 * @param lines how many there are in it, a multiple of {@link #EVERY}
 * @param next the offset in the ledger behind the last of them
 * @param checkpoint the newest of them
 * @param lastCommit when the batch's job wrote the last of them, in milliseconds
 * @param laterLines how many of them are of redrives and repairs
 * @param readByTime records of the last minute, by the millisecond of their lines
 * @param partitions those that have lines
 */
record LedgerSummary(
        int format,
        String batchId,
        long start,
        long lines,
        long next,
        long checkpoint,
        @Nullable Long lastCommit,
        long laterLines,
        List<Redriven.Logic> logics,
        Map<Long, Long> readByTime,
        List<Read> checkpoints,
        List<Partition> partitions) {
    static final int FORMAT = 1;
    static final int EVERY = 5_000;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    /** What one checkpoint has committed. */
    record Read(long checkpoint, long at, long read) {}

    /** The sum over the lines of one source partition, ranges as {@code [from, to)}. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Partition(
            int partition,
            Counts counts,
            long committed,
            long newestStretch,
            long lastCommit,
            List<List<Long>> covered,
            List<List<Long>> twice,
            @Nullable Redriven redriven,
            @Nullable Repaired repaired,
            @Nullable List<List<Long>> repairedStretches) {}

    static String key(String batchId) {
        return batchId + "#summary";
    }

    /** @throws IOException when it is no summary that this version knows */
    static LedgerSummary read(byte[] value) throws IOException {
        LedgerSummary summary = JSON.readValue(value, LedgerSummary.class);
        if (summary == null
                || summary.format != FORMAT
                || summary.batchId == null
                || summary.logics == null
                || summary.readByTime == null
                || summary.checkpoints == null
                || summary.partitions == null) {
            throw new IOException("it is no summary of format " + FORMAT);
        }
        return summary;
    }

    byte[] write() {
        return JSON.valueToTree(this).toString().getBytes(StandardCharsets.UTF_8);
    }
}
