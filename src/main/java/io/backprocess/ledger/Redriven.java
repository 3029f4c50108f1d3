package io.backprocess.ledger;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a ledger line of a redrive says beside its counts: which dead letters it is about, and what became of them. All offsets
 * are of the same partition number; the records stand in the topics in the order of the dead letters that they come from.
 *
 * <p>The counts of such a line are differences. Five dead letters of which four became results and one failed again:
 * {@code read 0, deadLetters {"rejected": -5, "unexpected": 1}, taken 4}.
 *
 * @param revisions names, in the order of the chain
 * @param options of the revisions
 * @param deadLetters that were redriven, in the dead-letter topic
 * @param results that came of them, in the result topic
 * @param failed the dead letters of those that failed again, in the dead-letter topic
 * @param maxResultBytes what the result topic took then, which may be more than when the batch ran; null where it was not noted
 */
public record Redriven(
        List<String> revisions,
        Map<String, String> options,
        Offsets deadLetters,
        Offsets results,
        Offsets failed,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer maxResultBytes) {
    static final String FIELD = "redrive";

    private static final ObjectMapper JSON = new ObjectMapper();

    public Redriven {
        revisions = new ArrayList<>(revisions);
        options = new TreeMap<>(options);
        if (deadLetters == null || results == null || failed == null) {
            throw new IllegalArgumentException("deadLetters, results or failed is missing");
        }
    }

    /**
     * What a redrive made results with.
     *
     * @param revisions names, in the order of the chain
     * @param options of the revisions
     */
    public record Logic(List<String> revisions, Map<String, String> options) {}

    Logic logic() {
        return new Logic(revisions, options);
    }

    /** Of all offsets and no revisions; the ledger goes on adding to its own. */
    Redriven copy() {
        Redriven copy = none();
        copy.addAll(this);
        return copy;
    }

    void addAll(Redriven other) {
        deadLetters.addAll(other.deadLetters);
        results.addAll(other.results);
        failed.addAll(other.failed);
    }

    /** As earlier versions wrote it. */
    public Redriven(
            List<String> revisions, Map<String, String> options, Offsets deadLetters, Offsets results, Offsets failed) {
        this(revisions, options, deadLetters, results, failed, null);
    }

    /** None, of a batch without redrives. */
    static Redriven none() {
        return new Redriven(List.of(), Map.of(), new Offsets(), new Offsets(), new Offsets());
    }

    /** The line as it goes to the ledger: the counts, and beside them this. */
    public byte[] write(LedgerLine line) {
        ObjectNode json = JSON.valueToTree(line);
        json.set(FIELD, JSON.valueToTree(this));
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }
}
