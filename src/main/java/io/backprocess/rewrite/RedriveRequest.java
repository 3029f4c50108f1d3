package io.backprocess.rewrite;

import io.backprocess.deadletter.DeadLetterFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What shall be redriven, and with what.
 *
 * @param maxAttempts those that were tried so often are left alone, the others are tried and counted up in any case; null for
 *     no limit
 * @param revisions names, in the order of the chain
 */
public record RedriveRequest(
        DeadLetterFilter filter, @Nullable Integer maxAttempts, List<String> revisions, Map<String, String> options) {

    public RedriveRequest {
        revisions = new ArrayList<>(revisions);
        options = new TreeMap<>(options);
    }
}
