package io.backprocess.rewrite;

import io.backprocess.deadletter.DeadLetterFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The selection of dead letters for a redrive, and the revisions to apply.
 *
 * @param maxAttempts letters with at least this many attempts are left unchanged, and all others are tried and counted up even if
 *     they fail as before; null for no limit
 * @param revisions the names of the revisions, in the order of the chain
 * @param envelope the text of the file that says where records keep the parts of an envelope; null for the batch's own
 */
public record RedriveRequest(
        DeadLetterFilter filter,
        @Nullable Integer maxAttempts,
        List<String> revisions,
        Map<String, String> options,
        @Nullable String envelope) {

    public RedriveRequest {
        revisions = new ArrayList<>(revisions);
        options = new TreeMap<>(options);
    }
}
