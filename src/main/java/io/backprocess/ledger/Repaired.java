package io.backprocess.ledger;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;

/**
 * What a ledger line of a repair says beside its counts: what was written of the source offsets that a lost transaction had
 * held. The line has {@code from}, {@code next} and counts like any other, so that whoever does not know repairs reads it as
 * the line that was lost; only the place of the records is another one, behind the rest.
 *
 * <p>A line without {@code from} counts nothing: it writes dead letters again whose own transaction was lost while the line
 * that counts them was not.
 *
 * @param results in the result topic
 * @param deadLetters in the dead-letter topic
 * @param origins of those dead letters, in the source
 */
public record Repaired(Offsets results, Offsets deadLetters, Offsets origins) {
    static final String FIELD = "repair";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** None, of a batch without repairs. */
    static Repaired none() {
        return new Repaired(new Offsets(), new Offsets(), new Offsets());
    }

    /** The ledger goes on adding to its own. */
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

    /** The line as it goes to the ledger: the counts, and beside them this. */
    public byte[] write(LedgerLine line) {
        ObjectNode json = JSON.valueToTree(line);
        json.set(FIELD, JSON.valueToTree(this));
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }
}
