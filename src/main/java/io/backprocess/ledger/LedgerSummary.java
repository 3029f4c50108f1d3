package io.backprocess.ledger;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.backprocess.batch.Counts;
import io.backprocess.json.ForeignJson;
import io.backprocess.json.GroupedRecordReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sum of a batch's first lines, stored in the ledger itself, so that a reader need not read those lines. It is a shortcut and
 * never evidence: {@code verify} reads the lines and compares each summary with their sum.
 *
 * <p>A summary covers lines that come before it and can no longer change. So it is correct no matter which process writes it, and
 * how often. Its key differs from the keys of lines, so readers that do not know summaries ignore them.
 *
 * @param format the version of the summary's layout; summaries of other versions are not read
 * @param partitions the partitions that have lines
 */
@JsonDeserialize(using = GroupedRecordReader.class)
record LedgerSummary(
        int format,
        String batchId,
        @JsonUnwrapped Extent extent,
        @JsonUnwrapped Newest newest,
        @JsonUnwrapped Later later,
        @JsonUnwrapped Recent recent,
        List<PartitionSummary> partitions) {
    static final int FORMAT = 1;
    static final int EVERY = 5_000;

    private static final ObjectMapper JSON = JsonMapper.builder(
                    ForeignJson.factory().build())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    /**
     * The lines that are summed up.
     *
     * @param start the ledger offset at which the batch's part of the ledger begins
     * @param lines the number of lines, a multiple of {@link #EVERY}
     * @param next the offset in the ledger behind the last of them
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Extent(long start, long lines, long next) {}

    /**
     * The newest commits of the job.
     *
     * @param checkpoint the newest checkpoint among the lines; -1 for none
     * @param lastCommit the time at which the batch's job wrote the last of its lines, in milliseconds; null if there is none
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Newest(long checkpoint, @Nullable Long lastCommit) {}

    /**
     * The work of redrives and repairs.
     *
     * @param laterLines the number of lines that they wrote
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Later(long laterLines, List<Redriven.Logic> logics) {}

    /**
     * The pace of the job at the end of these lines.
     *
     * @param readByTime the number of records read in the last minute, by the millisecond of their lines
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Recent(Map<Long, Long> readByTime, List<Read> checkpoints) {}

    /** The records that one checkpoint has committed, with the time of its last line in milliseconds. */
    record Read(long checkpoint, long at, long read) {}

    /** The sum over the lines of one source partition. Its ranges are pairs {@code [from, to)}. */
    @JsonDeserialize(using = GroupedRecordReader.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record PartitionSummary(
            int partition,
            Counts counts,
            @JsonUnwrapped Commits commits,
            @JsonUnwrapped CoveredOffsets coverage,
            @JsonUnwrapped LaterChanges later) {}

    /** The newest commits of the job in a partition. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Commits(long committed, long newestStretch, long lastCommit) {}

    /** The source offsets that the lines of a partition cover once, and those that they cover more than once. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record CoveredOffsets(List<List<Long>> covered, List<List<Long>> twice) {}

    /** The changes that redrives and repairs made in a partition; null where they changed nothing. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record LaterChanges(
            @Nullable Redriven redriven,
            @Nullable Repaired repaired,
            @Nullable List<List<Long>> repairedStretches) {

        String text() {
            return JSON.valueToTree(this).toString();
        }

        private boolean fitsOneRecord() {
            return (redriven == null || redriven.fitsOneRecord()) && (repaired == null || repaired.fitsOneRecord());
        }
    }

    /**
     * Tells whether a reader can read this summary. It cannot if redrives or repairs have processed more offsets of a partition
     * than {@link Offsets} reads in one list.
     */
    boolean fitsOneRecord() {
        return partitions.stream().allMatch(partition -> partition.later().fitsOneRecord());
    }

    static String key(String batchId) {
        return batchId + "#summary";
    }

    /** @throws IOException if the value is not a summary in a format that this version knows */
    static LedgerSummary read(byte[] value) throws IOException {
        LedgerSummary summary = JSON.readValue(value, LedgerSummary.class);
        if (summary == null
                || summary.format != FORMAT
                || summary.batchId == null
                || summary.later.logics == null
                || summary.recent.readByTime == null
                || summary.recent.checkpoints == null
                || summary.partitions == null) {
            throw new IOException("it is not a summary of format " + FORMAT);
        }
        return summary;
    }

    byte[] write() {
        return JSON.valueToTree(this).toString().getBytes(StandardCharsets.UTF_8);
    }
}
