package io.backprocess.batch;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.backprocess.json.GroupedRecordReader;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The specification of a batch, as the user gives it. The same batch id always has the same specification. The fields of its range
 * and its logic are members of its own JSON object.
 *
 * @param upsert the results that also go to database tables, as {@code UpsertDefinition} writes it; null if there are none
 * @param context the source of the context for old events without an envelope; null if such events become dead letters
 * @param envelope the text of the file that says where records keep the parts of an envelope; null for Backprocess's own
 * @param headerChanges the headers that results get and lose; null for none
 * @param placement the partitions, keys and topic of results; null where results keep those of their source, in a new topic
 * @param encoding how the values of records are encoded; null where they are plain JSON
 */
@JsonDeserialize(using = GroupedRecordReader.class)
@JsonInclude(JsonInclude.Include.ALWAYS)
// The hash of a plan depends on the order.
@JsonPropertyOrder({
    "batchId",
    "range",
    "logic",
    "dedupeScope",
    "resultHeaders",
    "upsert",
    "context",
    "revisionTimeout",
    "exactTimes",
    "maxDisorder",
    "envelope",
    "headerChanges",
    "deadLettersOf",
    "placement",
    "encoding"
})
public record BatchSpec(
        String batchId,

        @JsonUnwrapped @JsonIgnoreProperties({"exactTimes", "maxDisorder", "deadLettersOf"})
        Range range,

        @JsonUnwrapped @JsonIgnoreProperties("revisionTimeout")
        Logic logic,

        DedupeScope dedupeScope,
        ResultHeaders resultHeaders,
        // Left out when null, so that the hash of plans without them does not change.
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String upsert,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ContextSpec context,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String envelope,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable HeaderChanges headerChanges,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ResultPlacement placement,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Encoding encoding)
        implements Serializable {
    public static final String EARLIEST = "earliest";
    public static final String LATEST = "latest";
    /** The value of {@code until} for a batch that follows its topic. */
    public static final String NEVER = "never";

    /**
     * The part of a topic that a batch takes.
     *
     * @param from the start of the range: an instant, or {@code earliest}
     * @param until the exclusive end of the range: an instant, {@code latest}, or {@code never}
     * @param exactTimes the time of a record that decides whether the batch takes it, at any offset; null if the range is a range
     *     of offsets only
     * @param maxDisorder the largest distance from its time at which a record is searched for; null to search the whole topic
     * @param deadLettersOf the dead letters that the batch takes; null if the topic is none of dead letters
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Range(
            String sourceTopic,
            String from,
            String until,
            @Nullable ExactTimes exactTimes,
            @Nullable Duration maxDisorder,
            @Nullable DeadLettersOf deadLettersOf)
            implements Serializable {
        /** Creates a range of offsets. */
        public Range(String sourceTopic, String from, String until) {
            this(sourceTopic, from, until, null, null, null);
        }
    }

    /**
     * The revision chain that a batch runs, and the events that it takes.
     *
     * @param fromVersion the process version of the events that the batch takes, as its canonical text
     * @param revisions the names of the revisions, in the order of the chain
     * @param revisionTimeout the longest time that one call of the revisions may take; null for no limit
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Logic(
            String fromVersion,
            List<String> revisions,
            SortedMap<String, String> revisionOptions,
            @Nullable Duration revisionTimeout)
            implements Serializable {
        public Logic {
            revisions = new ArrayList<>(revisions);
            revisionOptions = new TreeMap<>(revisionOptions);
        }

        /** Creates a logic without a limit for the time of a call. */
        public Logic(String fromVersion, List<String> revisions, SortedMap<String, String> revisionOptions) {
            this(fromVersion, revisions, revisionOptions, null);
        }
    }

    /** Creates a specification whose results go to the topic only and whose events carry their own context. */
    public BatchSpec(String batchId, Range range, Logic logic, DedupeScope dedupeScope, ResultHeaders resultHeaders) {
        this(batchId, range, logic, dedupeScope, resultHeaders, null, null, null, null, null, null);
    }

    public BatchSpec withUpsert(@Nullable String definition) {
        return with(draft -> draft.upsert = definition);
    }

    public BatchSpec withContext(@Nullable ContextSpec changelog) {
        return with(draft -> draft.context = changelog);
    }

    public BatchSpec withRevisionTimeout(@Nullable Duration longest) {
        Logic limited = new Logic(logic.fromVersion, logic.revisions, logic.revisionOptions, longest);
        return with(draft -> draft.logic = limited);
    }

    /** Returns this specification with a range of exact times instead of a range of offsets. */
    public BatchSpec withExactTimes(@Nullable ExactTimes times, @Nullable Duration disorder) {
        Range exact = new Range(range.sourceTopic, range.from, range.until, times, disorder, range.deadLettersOf);
        return with(draft -> draft.range = exact);
    }

    /** Returns this specification for records that keep the parts of an envelope elsewhere. */
    public BatchSpec withEnvelope(@Nullable String file) {
        return with(draft -> draft.envelope = file);
    }

    /** Returns this specification with results that get or lose headers. */
    public BatchSpec withHeaderChanges(@Nullable HeaderChanges changes) {
        return with(draft -> draft.headerChanges = changes);
    }

    /** Returns this specification over a topic of dead letters. */
    public BatchSpec withDeadLettersOf(@Nullable DeadLettersOf letters) {
        Range taken =
                new Range(range.sourceTopic, range.from, range.until, range.exactTimes, range.maxDisorder, letters);
        return with(draft -> draft.range = taken);
    }

    /** Returns this specification with results in other partitions, under other keys or in another topic. */
    public BatchSpec withPlacement(@Nullable ResultPlacement places) {
        return with(draft -> draft.placement = places);
    }

    /** Returns this specification for records whose values are encoded by schemas. */
    public BatchSpec withEncoding(@Nullable Encoding encoded) {
        return with(draft -> draft.encoding = encoded);
    }

    private BatchSpec with(Consumer<Draft> change) {
        Draft draft = new Draft();
        change.accept(draft);
        return draft.spec();
    }

    /** A copy of this specification before it is made, in which everything that has a {@code with} method can change. */
    private final class Draft {
        private Range range = BatchSpec.this.range;
        private Logic logic = BatchSpec.this.logic;
        private @Nullable String upsert = BatchSpec.this.upsert;
        private @Nullable ContextSpec context = BatchSpec.this.context;
        private @Nullable String envelope = BatchSpec.this.envelope;
        private @Nullable HeaderChanges headerChanges = BatchSpec.this.headerChanges;
        private @Nullable ResultPlacement placement = BatchSpec.this.placement;
        private @Nullable Encoding encoding = BatchSpec.this.encoding;

        private BatchSpec spec() {
            return new BatchSpec(
                    batchId,
                    range,
                    logic,
                    dedupeScope,
                    resultHeaders,
                    upsert,
                    context,
                    envelope,
                    headerChanges,
                    placement,
                    encoding);
        }
    }

    public String sourceTopic() {
        return range.sourceTopic;
    }

    /** Returns the limit for one call of the revisions; null for none. In JSON it stands behind the context. */
    @JsonProperty
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public @Nullable Duration revisionTimeout() {
        return logic.revisionTimeout;
    }

    /** Returns the time that decides; null for a range of offsets. In JSON it stands behind the limit of a call. */
    @JsonProperty
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public @Nullable ExactTimes exactTimes() {
        return range.exactTimes;
    }

    /** Returns the largest distance of a record from its time; null for any. In JSON it stands behind the time. */
    @JsonProperty
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public @Nullable Duration maxDisorder() {
        return range.maxDisorder;
    }

    /** Returns the dead letters that the batch takes; null for a topic of events. In JSON it is the last member. */
    @JsonProperty
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public @Nullable DeadLettersOf deadLettersOf() {
        return range.deadLettersOf;
    }

    /** Returns the start of the range; null for the beginning of the topic. It may lie before 1970, where Kafka has no times. */
    @JsonIgnore
    public @Nullable Instant fromInstant() {
        return range.from.equals(EARLIEST) ? null : Instant.parse(range.from);
    }

    /** Returns the exclusive end of the range; null if it is {@code latest} or {@code never}. */
    @JsonIgnore
    public @Nullable Instant untilInstant() {
        return range.until.equals(LATEST) || range.until.equals(NEVER) ? null : Instant.parse(range.until);
    }

    public String resultTopic() {
        return placement == null || placement.into() == null ? ownTopic() : placement.into();
    }

    public String deadLetterTopic() {
        return ownTopic() + ".dlq";
    }

    private String ownTopic() {
        return range.sourceTopic + "." + batchId;
    }

    /** Tells whether results go to a topic that exists before the batch and may hold other records. */
    @JsonIgnore
    public boolean isInto() {
        return placement != null && placement.into() != null;
    }

    /** Returns the name of the revision chain as headers have it: {@code purchase-split,currency}. */
    public String revision() {
        return String.join(",", logic.revisions);
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
        boolean followed = range.until.equals(NEVER);
        if (followed == now.range.until.equals(NEVER)) {
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
        values.put("source-topic", range.sourceTopic);
        values.put("from", range.from);
        values.put("until", range.until);
        values.put("from-version", logic.fromVersion);
        values.put("revision", logic.revisions);
        logic.revisionOptions.forEach((name, value) -> values.put("revision-option " + name, value));
        values.put("dedupe-scope", dedupeScope);
        values.put("result-headers", resultHeaders);
        if (upsert != null) {
            values.put("upsert-jdbc", upsert);
        }
        if (context != null) {
            values.put("context-topic", context.topic());
            values.put("context-key", context.key());
        }
        if (envelope != null) {
            values.put("envelope", envelope);
        }
        if (headerChanges != null) {
            values.put("add-header", headerChanges.add());
            values.put("drop-header", headerChanges.drop());
        }
        if (placement != null) {
            values.putAll(placement.values());
        }
        if (encoding != null) {
            values.putAll(encoding.values());
        }
        if (logic.revisionTimeout != null) {
            values.put("revision-timeout", logic.revisionTimeout);
        }
        if (range.deadLettersOf != null) {
            values.put("dead-letters-of", range.deadLettersOf);
        }
        if (range.exactTimes != null) {
            values.put("exact-times", range.exactTimes);
        }
        if (range.maxDisorder != null) {
            values.put("max-disorder", range.maxDisorder);
        }
        return values;
    }
}
