package io.backprocess.batch;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the user asks for. The same batch id always stands for the same specification.
 *
 * @param from where the range starts: an instant, or {@code earliest}
 * @param until where it ends: an instant, {@code latest}, or {@code never}
 * @param fromVersion the process version that is picked, as its canonical text
 * @param revisions names, in the order of the chain
 * @param upsert which results go to which table too, as {@code UpsertDefinition} writes it down; null for none
 * @param context where old events without an envelope get their context from; null where they stay dead
 * @param revisionTimeout how long a call of the revisions may take; null for any time
 * @param exactTimes which time of a record decides whether it is taken, wherever it stands; null where the range is one of
 *     offsets only
 * @param maxDisorder how far from its time a record is looked for; null for everywhere
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
        ResultHeaders resultHeaders,
        // Plans without these keep their hash.
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String upsert,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ContextSpec context,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Duration revisionTimeout,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ExactTimes exactTimes,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Duration maxDisorder)
        implements Serializable {
    public static final String EARLIEST = "earliest";
    public static final String LATEST = "latest";
    /** The batch follows its topic. */
    public static final String NEVER = "never";

    public BatchSpec {
        revisions = new ArrayList<>(revisions);
        revisionOptions = new TreeMap<>(revisionOptions);
    }

    /** Whose results go to the topic only, and whose events have their context with them. */
    public BatchSpec(
            String batchId,
            String sourceTopic,
            String from,
            String until,
            String fromVersion,
            List<String> revisions,
            SortedMap<String, String> revisionOptions,
            DedupeScope dedupeScope,
            ResultHeaders resultHeaders) {
        this(
                batchId,
                sourceTopic,
                from,
                until,
                fromVersion,
                revisions,
                revisionOptions,
                dedupeScope,
                resultHeaders,
                null,
                null,
                null,
                null,
                null);
    }

    public BatchSpec withUpsert(@Nullable String definition) {
        return with(definition, context, revisionTimeout, exactTimes, maxDisorder);
    }

    public BatchSpec withContext(@Nullable ContextSpec changelog) {
        return with(upsert, changelog, revisionTimeout, exactTimes, maxDisorder);
    }

    public BatchSpec withRevisionTimeout(@Nullable Duration longest) {
        return with(upsert, context, longest, exactTimes, maxDisorder);
    }

    /** With a range of times and not of offsets. */
    public BatchSpec withExactTimes(@Nullable ExactTimes times, @Nullable Duration disorder) {
        return with(upsert, context, revisionTimeout, times, disorder);
    }

    private BatchSpec with(
            @Nullable String itsUpsert,
            @Nullable ContextSpec itsContext,
            @Nullable Duration itsRevisionTimeout,
            @Nullable ExactTimes itsExactTimes,
            @Nullable Duration itsMaxDisorder) {
        return new BatchSpec(
                batchId,
                sourceTopic,
                from,
                until,
                fromVersion,
                revisions,
                revisionOptions,
                dedupeScope,
                resultHeaders,
                itsUpsert,
                itsContext,
                itsRevisionTimeout,
                itsExactTimes,
                itsMaxDisorder);
    }

    /** Where the range begins; null for the beginning. Instants before Kafka's time are that. */
    @JsonIgnore
    public @Nullable Instant fromInstant() {
        return from.equals(EARLIEST) ? null : Instant.parse(from);
    }

    /** Where it ends, exclusive; null where no instant says so. */
    @JsonIgnore
    public @Nullable Instant untilInstant() {
        return until.equals(LATEST) || until.equals(NEVER) ? null : Instant.parse(until);
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
        Map<String, Object> after = now.values();
        Set<String> names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        for (String name : names) {
            Object was = before.getOrDefault(name, "none");
            Object is = after.getOrDefault(name, "none");
            if (!was.equals(is)) {
                differences.add("%s: %s, now %s".formatted(name, onOneLine(was), onOneLine(is)));
            }
        }
        return differences;
    }

    /** What to do where only one of two specifications follows its topic; empty where it is not that. */
    public Optional<String> adviceOnTheEnd(BatchSpec now) {
        boolean followed = until.equals(NEVER);
        if (followed == now.until.equals(NEVER)) {
            return Optional.empty();
        }
        return Optional.of(
                followed
                        ? "a batch that follows can only be ended by pausing it; to stop at an instant run a new batch"
                                + " id with --until"
                        : "the end of a batch is part of its plan; to follow the topic run a new batch id with --until"
                                + " never");
    }

    /** For the eye; what differs is told by the values themselves. Rules are long. */
    private static String onOneLine(Object value) {
        String text = value.toString();
        return text.lines().count() > 1
                ? "%d lines with SHA-256 %s".formatted(text.lines().count(), Sha256.shown(Sha256.of(text)))
                : text;
    }

    private SortedMap<String, Object> values() {
        SortedMap<String, Object> values = new TreeMap<>();
        values.put("source-topic", sourceTopic);
        values.put("from", from);
        values.put("until", until);
        values.put("from-version", fromVersion);
        values.put("revision", revisions);
        revisionOptions.forEach((name, value) -> values.put("revision-option " + name, value));
        values.put("dedupe-scope", dedupeScope);
        values.put("result-headers", resultHeaders);
        if (upsert != null) {
            values.put("upsert-jdbc", upsert);
        }
        if (context != null) {
            values.put("context-topic", context.topic());
            values.put("context-key", context.key());
        }
        if (revisionTimeout != null) {
            values.put("revision-timeout", revisionTimeout);
        }
        if (exactTimes != null) {
            values.put("exact-times", exactTimes);
        }
        if (maxDisorder != null) {
            values.put("max-disorder", maxDisorder);
        }
        return values;
    }
}
