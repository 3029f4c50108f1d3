package io.backprocess.ledger;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;

/**
 * The part of a repair's ledger line beside its counts: the records that were written for the source offsets of a lost
 * transaction. The line has {@code from}, {@code next} and counts like any other line. A reader that does not know repairs
 * therefore reads it as the line that was lost. Only the offsets of the records differ: they come after the rest.
 *
 * <p>A line without {@code from} counts nothing. It belongs to dead letters that are written again because their own transaction
 * was lost, while the line that counts them was not.
 *
 * @param results the offsets of the records in the result topic
 * @param deadLetters the offsets of the records in the dead-letter topic
 * @param origins the source offsets of those dead letters
 */
public record Repaired(Offsets results, Offsets deadLetters, Offsets origins) {
    static final String FIELD = "repair";

    private static final ObjectMapper JSON = new ObjectMapper();

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
    }

    /** Tells whether the JSON of this object can be read again, see {@link Offsets#fitsOneList}. */
    boolean fitsOneRecord() {
        return results.fitsOneList() && deadLetters.fitsOneList() && origins.fitsOneList();
    }

    /** Returns the JSON that goes to the ledger: the counts of the line, and this object beside them. */
    public byte[] write(LedgerLine line) {
        ObjectNode json = JSON.valueToTree(line);
        json.set(FIELD, JSON.valueToTree(this));
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }
}
