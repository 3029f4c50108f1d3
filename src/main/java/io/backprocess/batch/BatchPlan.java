package io.backprocess.batch;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.backprocess.event.ProcessVersion;
import io.backprocess.json.GroupedRecordReader;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The frozen input of a batch, stored in the topic {@code backprocess.batches} under its batch id. A plan is made once and is the
 * same at every start of the batch. The fields of its groups are members of its own JSON object.
 *
 * @param hash the SHA-256 of everything that changes what the batch does, so without its {@code creation} and without the offsets
 *     that it leaves out
 */
@JsonDeserialize(using = GroupedRecordReader.class)
@JsonInclude(JsonInclude.Include.ALWAYS)
@JsonPropertyOrder({
    "spec",
    "inputs",
    "layout",
    "ledger",
    "hash",
    "creation",
    "contexts",
    "beyond",
    "basis",
    "ledgerTopicId",
    "resultStarts"
})
public record BatchPlan(
        BatchSpec spec,

        @JsonUnwrapped @JsonIgnoreProperties({"contexts", "beyond", "basis", "resultStarts"})
        Inputs inputs,

        @JsonUnwrapped StateLayout layout,

        @JsonUnwrapped @JsonIgnoreProperties("ledgerTopicId")
        LedgerPlace ledger,

        String hash,
        @JsonUnwrapped Creation creation)
        implements Serializable {

    /**
     * The input of the batch, and everything beside the specification that its results depend on.
     *
     * @param ranges one offset range for each partition of the source topic, in partition order, empty ranges included; all of
     *     them are open if the batch follows its topic
     * @param topicId the id that Kafka gave the source topic; a topic that is deleted and created again gets another id; null if
     *     Kafka gives no id
     * @param contexts the contexts that old events get; null if the specification requests none
     * @param beyond the offsets that open transactions kept out of the ranges when the plan was made; null if there are none. They
     *     only describe what the batch does not do, so they are not in the hash
     * @param basis the further inputs that results depend on; null in plans of versions that read them at each start
     * @param resultStarts the first offset of each partition of the result topic that the batch can write; null where results keep
     *     the partition numbers of their source
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Inputs(
            List<OffsetRange> ranges,
            @Nullable String topicId,
            @Nullable FrozenContexts contexts,
            @Nullable List<OpenTail> beyond,
            @Nullable ResultBasis basis,
            @Nullable List<Long> resultStarts)
            implements Serializable {
        public Inputs {
            ranges = new ArrayList<>(ranges);
        }

        /** Creates the inputs of a batch without contexts and without a stored basis. */
        public static Inputs of(List<OffsetRange> ranges, @Nullable String topicId) {
            return new Inputs(ranges, topicId, null, null, null, null);
        }

        private Inputs with(@Nullable FrozenContexts added) {
            return new Inputs(ranges, topicId, added, beyond, basis, resultStarts);
        }

        private Inputs with(ResultBasis fixed) {
            return new Inputs(ranges, topicId, contexts, beyond, fixed, resultStarts);
        }

        private Inputs without(List<OpenTail> tails) {
            List<OpenTail> left = tails.isEmpty() ? null : new ArrayList<>(tails);
            return new Inputs(ranges, topicId, contexts, left, basis, resultStarts);
        }

        /** Returns these inputs with results that start at these offsets, one for each partition of the result topic. */
        public Inputs withResultStarts(List<Long> starts) {
            return new Inputs(ranges, topicId, contexts, beyond, basis, new ArrayList<>(starts));
        }
    }

    /**
     * The layout of the batch's state, which the state keeps forever.
     *
     * @param maxParallelism the number of key groups
     * @param stateFormat the layout of the dedupe state
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record StateLayout(int maxParallelism, int stateFormat) implements Serializable {}

    /**
     * The place of the batch's lines in {@code backprocess.ledger}.
     *
     * @param partition the partition that holds all lines of the batch
     * @param start the end offset of that partition when the plan was made; all lines of the batch come after it
     * @param topicId the id that Kafka gave the topic; null in plans of earlier versions
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record LedgerPlace(
            @JsonProperty("ledgerPartition") int partition,
            @JsonProperty("ledgerStart") long start,
            @JsonProperty("ledgerTopicId") @Nullable String topicId)
            implements Serializable {
        /** Creates a place in a topic whose id is not known. */
        public LedgerPlace(int partition, long start) {
            this(partition, start, null);
        }
    }

    /**
     * The origin of the plan: its time, its user and host, and the reason in the user's words; the reason is null if none was
     * given.
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Creation(
            @JsonProperty("createdAt") Instant at,
            @JsonProperty("createdBy") String by,
            @Nullable String reason) implements Serializable {}

    /** Creates a new plan and computes its hash. */
    public static BatchPlan freeze(
            BatchSpec spec, Inputs inputs, StateLayout layout, LedgerPlace ledger, Creation creation) {
        BatchPlan unhashed = new BatchPlan(spec, inputs, layout, ledger, "", creation);
        return unhashed.hashed(unhashed.computeHash());
    }

    /** Returns this plan with the given contexts, and therefore with another hash. */
    public BatchPlan with(@Nullable FrozenContexts added) {
        return freeze(spec, inputs.with(added), layout, ledger, creation);
    }

    /** Returns this plan with the further inputs that results depend on, and therefore with another hash. */
    public BatchPlan with(ResultBasis fixed, @Nullable String ledgerTopicId) {
        return freeze(
                spec,
                inputs.with(fixed),
                layout,
                new LedgerPlace(ledger.partition, ledger.start, ledgerTopicId),
                creation);
    }

    /** Returns this plan with the offsets that it leaves out. The hash stays the same. */
    public BatchPlan without(List<OpenTail> tails) {
        return new BatchPlan(spec, inputs.without(tails), layout, ledger, hash, creation);
    }

    private BatchPlan hashed(String computed) {
        return new BatchPlan(spec, inputs, layout, ledger, computed, creation);
    }

    public List<OffsetRange> ranges() {
        return inputs.ranges;
    }

    // The members that later versions added are at the end of the JSON. They are left out when null, so that plans
    // without them stay as they are.

    @JsonProperty
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public @Nullable FrozenContexts contexts() {
        return inputs.contexts;
    }

    @JsonProperty
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Nullable
    List<OpenTail> beyond() {
        return inputs.beyond;
    }

    @JsonProperty
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public @Nullable ResultBasis basis() {
        return inputs.basis;
    }

    @JsonProperty
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Nullable
    String ledgerTopicId() {
        return ledger.topicId;
    }

    @JsonProperty
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Nullable
    List<Long> resultStarts() {
        return inputs.resultStarts;
    }

    /** Returns the offsets that open transactions kept out of the ranges; empty if there are none. */
    public List<OpenTail> openTails() {
        return inputs.beyond == null ? List.of() : inputs.beyond;
    }

    /**
     * Checks that the planner could have made this plan. A matching hash is not enough, because every client that may write to
     * the topic can compute one.
     *
     * @throws IllegalArgumentException if the planner cannot have made it, or if it was changed by hand
     */
    public void check() {
        if (!hash.equals(computeHash())) {
            throw new IllegalArgumentException("its hash does not match its content");
        }
        SpecCheck.check(spec);
        ProcessVersion.of(spec.logic().fromVersion());
        List<OffsetRange> ranges = inputs.ranges;
        if (ranges.isEmpty() || ranges.size() > TopicNames.MAX_PARTITIONS) {
            throw new IllegalArgumentException("it has %d partitions".formatted(ranges.size()));
        }
        for (int partition = 0; partition < ranges.size(); partition++) {
            if (ranges.get(partition).partition() != partition
                    || ranges.get(partition).isOpen() != isFollowing()) {
                throw new IllegalArgumentException(
                        "its range %d is not valid: %s".formatted(partition, ranges.get(partition)));
            }
        }
        if (layout.maxParallelism < 1
                || layout.maxParallelism > TopicNames.MAX_PARTITIONS
                || ledger.partition < 0
                || ledger.start < 0) {
            throw new IllegalArgumentException(
                    "it has max parallelism %d and ledger partition %d from offset %d, which no plan can have"
                            .formatted(layout.maxParallelism, ledger.partition, ledger.start));
        }
        if ((inputs.resultStarts != null) != (spec.placement() != null)) {
            throw new IllegalArgumentException("its placement of results and their partitions do not belong together");
        }
        Objects.requireNonNull(creation.at);
        Objects.requireNonNull(creation.by);
        Objects.requireNonNull(spec.dedupeScope());
        Objects.requireNonNull(spec.resultHeaders());
    }

    /** Computes the hash that this plan should have. It differs from {@link #hash} if the plan was changed by hand. */
    String computeHash() {
        String frozen = String.join(
                "\n",
                List.of(
                        PlanJson.write(spec),
                        PlanJson.write(inputs.ranges),
                        String.valueOf(layout.maxParallelism),
                        String.valueOf(layout.stateFormat),
                        String.valueOf(ledger.partition),
                        String.valueOf(ledger.start)));
        if (inputs.topicId != null) {
            // Only appended when present, so that the hash of plans of earlier versions does not change.
            frozen += "\n" + inputs.topicId;
        }
        if (inputs.contexts != null) {
            frozen += "\n" + PlanJson.write(inputs.contexts);
        }
        if (inputs.basis != null) {
            frozen += "\n" + PlanJson.write(inputs.basis);
        }
        if (inputs.resultStarts != null) {
            frozen += "\nresults " + PlanJson.write(inputs.resultStarts);
        }
        if (ledger.topicId != null) {
            frozen += "\nledger " + ledger.topicId;
        }
        return Sha256.of(frozen);
    }

    /** Tells whether results keep the former correlationId of their events as a header. Earlier versions did not keep it. */
    @JsonIgnore
    public boolean keepsCorrelationId() {
        return inputs.basis != null && Boolean.TRUE.equals(inputs.basis.keepsCorrelationId());
    }

    /**
     * Tells whether a result's key chooses its partition. Otherwise a result has the partition number of its source.
     */
    @JsonIgnore
    public boolean isPlaced() {
        return inputs.resultStarts != null;
    }

    /** Returns the number of partitions of the result topic that the batch writes to, as of now if it follows its source. */
    @JsonIgnore
    public int resultPartitions() {
        return inputs.resultStarts == null ? inputs.ranges.size() : inputs.resultStarts.size();
    }

    /** Returns the first offset of a partition of the result topic that the batch can write. */
    public long resultStart(int partition) {
        return inputs.resultStarts == null || partition >= inputs.resultStarts.size()
                ? 0
                : inputs.resultStarts.get(partition);
    }

    /** Returns the seed for the hashes of the dedupe state. */
    @JsonIgnore
    public long seed() {
        return Long.parseUnsignedLong(hash.substring(0, 16), 16);
    }

    @JsonIgnore
    public KeyGroups keyGroups() {
        return new KeyGroups(inputs.ranges.size(), layout.maxParallelism);
    }

    /** Tells whether the batch follows its topic. Such a batch has no end: it catches up and then reads new records. */
    @JsonIgnore
    public boolean isFollowing() {
        return OffsetRange.isFollowing(inputs.ranges);
    }

    /** Returns the number of offsets to read over all partitions; 0 if the batch follows its topic, because it has no end. */
    @JsonIgnore
    public long size() {
        return isFollowing()
                ? 0
                : inputs.ranges.stream().mapToLong(OffsetRange::size).sum();
    }
}
