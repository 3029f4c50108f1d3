package io.backprocess.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.backprocess.dedupe.DedupeScope;
import io.backprocess.publish.ResultHeaders;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the user asks for. The same batch id always stands for the same specification.
 *
 * @param from where the range starts: an instant, or {@code earliest}
 * @param until where it ends: an instant, {@code latest}, or {@code never}
 * @param fromVersion the process version that is picked, as its canonical text
 * @param revisions names, in the order of the chain
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record BatchSpec(
        String batchId,
        String sourceTopic,
        String from,
        String until,
        String fromVersion,
        List<String> revisions,
        SortedMap<String, String> revisionOptions,
        DedupeScope dedupeScope,
        ResultHeaders resultHeaders)
        implements Serializable {

    public BatchSpec {
        revisions = new ArrayList<>(revisions);
        revisionOptions = new TreeMap<>(revisionOptions);
    }

    public String resultTopic() {
        return sourceTopic + "." + batchId;
    }

    public String deadLetterTopic() {
        return resultTopic() + ".dlq";
    }

    /** The chain's name in headers: {@code purchase-split,currency}. */
    public String revision() {
        return String.join(",", revisions);
    }

    /** What differs from another specification, one line each: {@code from: earliest, now 2025-01-01T00:00:00Z}. */
    public List<String> differencesTo(BatchSpec now) {
        Map<String, Object> before = values();
        List<String> differences = new ArrayList<>();
        now.values().forEach((name, value) -> {
            if (!value.equals(before.get(name))) {
                differences.add("%s: %s, now %s".formatted(name, before.get(name), value));
            }
        });
        return differences;
    }

    /** What to do where only one of two specifications follows its topic; empty where it is not that. */
    public Optional<String> adviceOnTheEnd(BatchSpec now) {
        boolean followed = until.equals(Planner.NEVER);
        if (followed == now.until.equals(Planner.NEVER)) {
            return Optional.empty();
        }
        return Optional.of(
                followed
                        ? "a batch that follows can only be ended by pausing it; to stop at an instant run a new batch id with --until"
                        : "the end of a batch is part of its plan; to follow the topic run a new batch id with --until never");
    }

    private SortedMap<String, Object> values() {
        SortedMap<String, Object> values = new TreeMap<>();
        values.put("source-topic", sourceTopic);
        values.put("from", from);
        values.put("until", until);
        values.put("from-version", fromVersion);
        values.put("revision", revisions);
        values.put("revision-option", revisionOptions);
        values.put("dedupe-scope", dedupeScope);
        values.put("result-headers", resultHeaders);
        return values;
    }
}
