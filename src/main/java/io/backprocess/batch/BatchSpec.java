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
 * The specification of a batch, as the user gives it. The same batch id always has the same specification.
 *
 * @param from the start of the range: an instant, or {@code earliest}
 * @param until the exclusive end of the range: an instant, {@code latest}, or {@code never}
 * @param fromVersion the process version of the events that the batch takes, as its canonical text
 * @param revisions the names of the revisions, in the order of the chain
 * @param upsert the results that also go to database tables, as {@code UpsertDefinition} writes it; null if there are none
 * @param context the source of the context for old events without an envelope; null if such events become dead letters
 * @param revisionTimeout the longest time that one call of the revisions may take; null for no limit
 * @param exactTimes the time of a record that decides whether the batch takes it, at any offset; null if the range is a range of
 *     offsets only
 * @param maxDisorder the largest distance from its time at which a record is searched for; null to search the whole topic
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
        // Left out when null, so that the hash of plans without them does not change.
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String upsert,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ContextSpec context,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Duration revisionTimeout,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ExactTimes exactTimes,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Duration maxDisorder)
        implements Serializable {
    public static final String EARLIEST = "earliest";
    public static final String LATEST = "latest";
    /** The value of {@code until} for a batch that follows its topic. */
    public static final String NEVER = "never";

    public BatchSpec {
        revisions = new ArrayList<>(revisions);
        revisionOptions = new TreeMap<>(revisionOptions);
    }

    /** Creates a specification whose results go to the topic only and whose events carry their own context. */
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

    /** Returns this specification with a range of exact times instead of a range of offsets. */
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

    /** Returns the start of the range; null for the beginning of the topic. It may lie before 1970, where Kafka has no times. */
    @JsonIgnore
    public @Nullable Instant fromInstant() {
        return from.equals(EARLIEST) ? null : Instant.parse(from);
    }

    /** Returns the exclusive end of the range; null if it is {@code latest} or {@code never}. */
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

    /** Returns the name of the revision chain as headers have it: {@code purchase-split,currency}. */
    public String revision() {
        return String.join(",", revisions);
    }

    /** Lists the differences to another specification, one line each: {@code from: earliest, now 2025-01-01T00:00:00Z}. */
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

    /** Says what to do if exactly one of the two specifications follows its topic; empty otherwise. */
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

    /** Shortens a value for display, because rules have many lines. Comparisons use the full values. */
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
