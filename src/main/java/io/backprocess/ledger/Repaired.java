package io.backprocess.ledger;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The part of a repair's ledger line beside its counts: the records that were written for the source offsets of a lost
 * transaction. The line has {@code from}, {@code next} and counts like any other line. A reader that does not know repairs
 * therefore reads it as the line that was lost. Only the offsets of the records differ: they come after the rest.
 *
 * <p>A line without {@code from} counts nothing. It belongs to dead letters that are written again because their own transaction
 * was lost, while the line that counts them was not.
 *
 * @param results the offsets of the records in the same partition of the result topic
 * @param deadLetters the offsets of the records in the dead-letter topic
 * @param origins the source offsets of those dead letters
 * @param resultsElsewhere the offsets of results in other partitions, if the plan lets keys choose the partition
 */
public record Repaired(
        Offsets results,
        Offsets deadLetters,
        Offsets origins,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) SortedMap<Integer, Offsets> resultsElsewhere) {
    static final String FIELD = "repair";

    private static final ObjectMapper JSON = new ObjectMapper();

    public Repaired {
        resultsElsewhere = resultsElsewhere == null ? new TreeMap<>() : new TreeMap<>(resultsElsewhere);
    }

    /** Creates the part of a repair that wrote no results to other partitions. */
    public Repaired(Offsets results, Offsets deadLetters, Offsets origins) {
        this(results, deadLetters, origins, new TreeMap<>());
    }

    /** Returns an empty object, for a batch without repairs. */
    static Repaired none() {
        return new Repaired(new Offsets(), new Offsets(), new Offsets());
    }

    /** Returns a copy. The ledger keeps adding to the original. */
    Repaired copy() {
        Repaired copy = none();
        copy.addAll(this);
        return copy;
    }

    void addAll(Repaired other) {
        results.addAll(other.results);
        deadLetters.addAll(other.deadLetters);
        origins.addAll(other.origins);
        Offsets.addAll(resultsElsewhere, other.resultsElsewhere);
    }

    /** Tells whether the JSON of this object can be read again, see {@link Offsets#fitsOneList}. */
    boolean fitsOneRecord() {
        return results.fitsOneList()
                && deadLetters.fitsOneList()
                && origins.fitsOneList()
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

    /** Returns the JSON that goes to the ledger: the counts of the line, and this object beside them. */
    public byte[] write(LedgerLine line) {
        ObjectNode json = JSON.valueToTree(line);
        json.set(FIELD, JSON.valueToTree(this));
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }
}
