package io.backprocess.batch;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.backprocess.event.ProcessVersion;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The frozen input of a batch, stored in the topic {@code backprocess.batches} under its batch id. A plan is made once and is the
 * same at every start of the batch.
 *
 * @param ranges one offset range for each partition of the source topic, in partition order, empty ranges included; all of them
 *     are open if the batch follows its topic
 * @param topicId the id that Kafka gave the source topic; a topic that is deleted and created again gets another id; null if
 *     Kafka gives no id
 * @param maxParallelism the number of key groups; the state of a batch keeps it forever
 * @param stateFormat the layout of the dedupe state
 * @param ledgerPartition the partition of {@code backprocess.ledger} that holds all lines of the batch
 * @param ledgerStart the end offset of that partition when the plan was made; all lines of the batch come after it
 * @param hash the SHA-256 of everything that changes what the batch does, so without {@code createdAt}, {@code createdBy},
 *     {@code reason} and {@code beyond}
 * @param contexts the contexts that old events get; null if the specification requests none
 * @param beyond the offsets that open transactions kept out of the ranges when the plan was made; null if there are none. They
 *     only describe what the batch does not do, so they are not in the hash
 * @param basis the further inputs that results depend on; null in plans of versions that read them at each start
 * @param ledgerTopicId the id that Kafka gave {@code backprocess.ledger}; null in plans of earlier versions
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record BatchPlan(
        BatchSpec spec,
        List<OffsetRange> ranges,
        @Nullable String topicId,
        int maxParallelism,
        int stateFormat,
        int ledgerPartition,
        long ledgerStart,
        String hash,
        Instant createdAt,
        String createdBy,
        @Nullable String reason,
        // Left out when null, so that the hash of plans without them does not change.
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable FrozenContexts contexts,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<OpenTail> beyond,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ResultBasis basis,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String ledgerTopicId)
        implements Serializable {

    public BatchPlan {
        ranges = new ArrayList<>(ranges);
    }

    /** Creates a new plan and computes its hash. */
    public static BatchPlan freeze(
            BatchSpec spec,
            List<OffsetRange> ranges,
            @Nullable String topicId,
            int maxParallelism,
            int stateFormat,
            int ledgerPartition,
            long ledgerStart,
            Instant createdAt,
            String createdBy,
            @Nullable String reason) {
        return new BatchPlan(
                        spec,
                        ranges,
                        topicId,
                        maxParallelism,
                        stateFormat,
                        ledgerPartition,
                        ledgerStart,
                        "",
                        createdAt,
                        createdBy,
                        reason,
                        null,
                        null,
                        null,
                        null)
                .with((FrozenContexts) null);
    }

    /** Returns this plan with the given contexts, and therefore with another hash. */
    public BatchPlan with(@Nullable FrozenContexts added) {
        return hashed(added, basis, ledgerTopicId);
    }

    /** Returns this plan with the further inputs that results depend on, and therefore with another hash. */
    public BatchPlan with(ResultBasis fixed, @Nullable String itsLedgerTopicId) {
        return hashed(contexts, fixed, itsLedgerTopicId);
    }

    private BatchPlan hashed(
            @Nullable FrozenContexts itsContexts, @Nullable ResultBasis itsBasis, @Nullable String itsLedgerTopicId) {
        String its = copy("", itsContexts, beyond, itsBasis, itsLedgerTopicId).computeHash();
        return copy(its, itsContexts, beyond, itsBasis, itsLedgerTopicId);
    }

    /** Returns this plan with the offsets that it leaves out. The hash stays the same. */
    public BatchPlan without(List<OpenTail> tails) {
        return copy(hash, contexts, tails.isEmpty() ? null : new ArrayList<>(tails), basis, ledgerTopicId);
    }

    private BatchPlan copy(
            String itsHash,
            @Nullable FrozenContexts itsContexts,
            @Nullable List<OpenTail> itsTails,
            @Nullable ResultBasis itsBasis,
            @Nullable String itsLedgerTopicId) {
        return new BatchPlan(
                spec,
                ranges,
                topicId,
                maxParallelism,
                stateFormat,
                ledgerPartition,
                ledgerStart,
                itsHash,
                createdAt,
                createdBy,
                reason,
                itsContexts,
                itsTails,
                itsBasis,
                itsLedgerTopicId);
    }

    /** Returns the offsets that open transactions kept out of the ranges; empty if there are none. */
    public List<OpenTail> openTails() {
        return beyond == null ? List.of() : beyond;
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
        ProcessVersion.of(spec.fromVersion());
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
        if (maxParallelism < 1
                || maxParallelism > TopicNames.MAX_PARTITIONS
                || ledgerPartition < 0
                || ledgerStart < 0) {
            throw new IllegalArgumentException(
                    "it has max parallelism %d and ledger partition %d from offset %d, which no plan can have"
                            .formatted(maxParallelism, ledgerPartition, ledgerStart));
        }
        Objects.requireNonNull(createdAt);
        Objects.requireNonNull(createdBy);
        Objects.requireNonNull(spec.dedupeScope());
        Objects.requireNonNull(spec.resultHeaders());
    }

    /** Computes the hash that this plan should have. It differs from {@link #hash} if the plan was changed by hand. */
    String computeHash() {
        String frozen = String.join(
                "\n",
                List.of(
                        PlanJson.write(spec),
                        PlanJson.write(ranges),
                        String.valueOf(maxParallelism),
                        String.valueOf(stateFormat),
                        String.valueOf(ledgerPartition),
                        String.valueOf(ledgerStart)));
        if (topicId != null) {
            // Only appended when present, so that the hash of plans of earlier versions does not change.
            frozen += "\n" + topicId;
        }
        if (contexts != null) {
            frozen += "\n" + PlanJson.write(contexts);
        }
        if (basis != null) {
            frozen += "\n" + PlanJson.write(basis);
        }
        if (ledgerTopicId != null) {
            frozen += "\nledger " + ledgerTopicId;
        }
        return Sha256.of(frozen);
    }

    /** Returns the seed for the hashes of the dedupe state. */
    @JsonIgnore
    public long seed() {
        return Long.parseUnsignedLong(hash.substring(0, 16), 16);
    }

    @JsonIgnore
    public KeyGroups keyGroups() {
        return new KeyGroups(ranges.size(), maxParallelism);
    }

    /** Tells whether the batch follows its topic. Such a batch has no end: it catches up and then reads new records. */
    @JsonIgnore
    public boolean isFollowing() {
        return OffsetRange.isFollowing(ranges);
    }

    /** Returns the number of offsets to read over all partitions; 0 if the batch follows its topic, because it has no end. */
    @JsonIgnore
    public long size() {
        return isFollowing() ? 0 : ranges.stream().mapToLong(OffsetRange::size).sum();
    }
}
