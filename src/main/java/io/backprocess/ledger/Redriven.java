package io.backprocess.ledger;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The part of a redrive's ledger line beside its counts: the dead letters that were redriven, and their outcome. All offsets
 * but those of results elsewhere are in the same partition number. The new records are in the topics in the order of the dead letters that they come from.
 *
 * <p>The counts of such a line are differences. If four of five dead letters became results and one failed again, they are
 * {@code read 0, deadLetters {"rejected": -5, "unexpected": 1}, taken 4}.
 *
 * @param revisions the names of the revisions, in the order of the chain
 * @param options the options of the revisions
 * @param deadLetters the offsets of the redriven dead letters in the dead-letter topic
 * @param results the offsets of their results in the same partition of the result topic
 * @param failed the offsets in the dead-letter topic of the new dead letters of those that failed again
 * @param maxResultBytes the largest result in bytes that the result topic accepted at that time, which may be more than when the
 *     batch ran; null if the line does not state it
 * @param envelope the text of the file that says where records keep the parts of an envelope; null for the batch's own
 * @param resultsElsewhere the offsets of their results in other partitions, if the plan lets keys choose the partition
 */
public record Redriven(
        List<String> revisions,
        Map<String, String> options,
        Offsets deadLetters,
        Offsets results,
        Offsets failed,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer maxResultBytes,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String envelope,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) SortedMap<Integer, Offsets> resultsElsewhere) {
    static final String FIELD = "redrive";

    private static final ObjectMapper JSON = new ObjectMapper();

    public Redriven {
        revisions = new ArrayList<>(revisions);
        options = new TreeMap<>(options);
        resultsElsewhere = resultsElsewhere == null ? new TreeMap<>() : new TreeMap<>(resultsElsewhere);
        if (deadLetters == null || results == null || failed == null) {
            throw new IllegalArgumentException("deadLetters, results or failed is missing");
        }
    }

    /**
     * The revisions with which a redrive made its results.
     *
     * @param revisions the names of the revisions, in the order of the chain
     * @param options the options of the revisions
     * @param envelope the redrive's own mapping file; null for the batch's
     */
    public record Logic(
            List<String> revisions,
            Map<String, String> options,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String envelope) {}

    Logic logic() {
        return new Logic(revisions, options, envelope);
    }

    /** Returns a copy with all offsets and without revisions. The ledger keeps adding to the original. */
    Redriven copy() {
        Redriven copy = none();
        copy.addAll(this);
        return copy;
    }

    void addAll(Redriven other) {
        deadLetters.addAll(other.deadLetters);
        results.addAll(other.results);
        Offsets.addAll(resultsElsewhere, other.resultsElsewhere);
        failed.addAll(other.failed);
    }

    /** Tells whether the JSON of this object can be read again, see {@link Offsets#fitsOneList}. */
    boolean fitsOneRecord() {
        return deadLetters.fitsOneList()
                && results.fitsOneList()
                && failed.fitsOneList()
                && resultsElsewhere.values().stream().allMatch(Offsets::fitsOneList);
    }

    /**
     * Returns the offsets of the results in each partition of the result topic.
     *
     * @param source the partition of the source that they come from
     */
    public SortedMap<Integer, Offsets> resultsFrom(int source) {
        SortedMap<Integer, Offsets> all = new TreeMap<>(resultsElsewhere);
        all.put(source, results);
        return all;
    }

    /** Creates the part as earlier versions wrote it, with the three lists of offsets only. */
    public Redriven(
            List<String> revisions, Map<String, String> options, Offsets deadLetters, Offsets results, Offsets failed) {
        this(revisions, options, deadLetters, results, failed, null, null, new TreeMap<>());
    }

    /** Returns an empty object, for a batch without redrives. */
    static Redriven none() {
        return new Redriven(List.of(), Map.of(), new Offsets(), new Offsets(), new Offsets());
    }

    /** Returns the JSON that goes to the ledger: the counts of the line, and this object beside them. */
    public byte[] write(LedgerLine line) {
        ObjectNode json = JSON.valueToTree(line);
        json.set(FIELD, JSON.valueToTree(this));
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }
}
