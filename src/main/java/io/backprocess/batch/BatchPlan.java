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
 * The frozen input of a batch, as it stands in the topic {@code backprocess.batches} under its batch id. Made once, and the
 * same at every start of the batch.
 *
 * @param ranges one for each partition of the source topic, in their order, empty ones too; all open where the batch follows
 * @param topicId of the source, as Kafka gave it to this very topic; null where it gives none
 * @param maxParallelism the number of key groups; the state of a batch keeps it for good
 * @param stateFormat the layout of the dedupe state
 * @param ledgerPartition the partition of {@code backprocess.ledger} that holds all of the batch's lines
 * @param ledgerStart where that partition ended when the plan was made: the batch's lines come after
 * @param hash over everything but {@code createdAt}, {@code createdBy} and {@code reason}, which do not change what is done
 * @param contexts those that old events get; null where the specification asks for none
 * @param beyond what open transactions kept from being in the ranges, as the plan was made; null for nothing. It says only what is
 *     not done, so it is not in the hash
 * @param basis what results depend on beside that; null in plans of versions that asked for it at each start
 * @param ledgerTopicId of {@code backprocess.ledger}, as Kafka gave it to this very topic; null in plans of earlier versions
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
        // Plans without them keep their hash.
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable FrozenContexts contexts,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<OpenTail> beyond,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ResultBasis basis,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String ledgerTopicId)
        implements Serializable {

    public BatchPlan {
        ranges = new ArrayList<>(ranges);
    }

    /** A new plan with its hash. */
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

    /** The same with contexts, and so with another hash. */
    public BatchPlan with(@Nullable FrozenContexts added) {
        return hashed(added, basis, ledgerTopicId);
    }

    /** The same with what results depend on, and so with another hash. */
    public BatchPlan with(ResultBasis fixed, @Nullable String itsLedgerTopicId) {
        return hashed(contexts, fixed, itsLedgerTopicId);
    }

    private BatchPlan hashed(
            @Nullable FrozenContexts itsContexts, @Nullable ResultBasis itsBasis, @Nullable String itsLedgerTopicId) {
        String its = copy("", itsContexts, beyond, itsBasis, itsLedgerTopicId).computeHash();
        return copy(its, itsContexts, beyond, itsBasis, itsLedgerTopicId);
    }

    /** The same, with what it leaves out. */
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

    /** What open transactions kept from being in the ranges. */
    public List<OpenTail> openTails() {
        return beyond == null ? List.of() : beyond;
    }

    /**
     * Whether it is one that the planner could have made: whoever may write to the topic can give a plan the right hash.
     *
     * @throws IllegalArgumentException when it is not, or was changed by hand
     */
    public void check() {
        if (!hash.equals(computeHash())) {
            throw new IllegalArgumentException("its hash does not fit it");
        }
        SpecCheck.check(spec);
        ProcessVersion.of(spec.fromVersion());
        if (ranges.isEmpty() || ranges.size() > TopicNames.MAX_PARTITIONS) {
            throw new IllegalArgumentException("it has %d partitions".formatted(ranges.size()));
        }
        for (int partition = 0; partition < ranges.size(); partition++) {
            if (ranges.get(partition).partition() != partition
                    || ranges.get(partition).isOpen() != isFollowing()) {
                throw new IllegalArgumentException("its range %d is %s".formatted(partition, ranges.get(partition)));
            }
        }
        if (maxParallelism < 1
                || maxParallelism > TopicNames.MAX_PARTITIONS
                || ledgerPartition < 0
                || ledgerStart < 0) {
            throw new IllegalArgumentException("max parallelism %d, ledger partition %d from offset %d cannot be"
                    .formatted(maxParallelism, ledgerPartition, ledgerStart));
        }
        Objects.requireNonNull(createdAt);
        Objects.requireNonNull(createdBy);
        Objects.requireNonNull(spec.dedupeScope());
        Objects.requireNonNull(spec.resultHeaders());
    }

    /** What the hash should be. A plan that somebody changed by hand gives another one. */
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
            // Plans of versions that did not know it keep their hash.
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

    /** Seeds the hashes of the dedupe state. */
    @JsonIgnore
    public long seed() {
        return Long.parseUnsignedLong(hash.substring(0, 16), 16);
    }

    @JsonIgnore
    public KeyGroups keyGroups() {
        return new KeyGroups(ranges.size(), maxParallelism);
    }

    /** Whether the batch has no end: it catches up, and then reads what comes. */
    @JsonIgnore
    public boolean isFollowing() {
        return OffsetRange.isFollowing(ranges);
    }

    /** Offsets to read, over all partitions; 0 where the batch follows, since nobody knows. */
    @JsonIgnore
    public long size() {
        return isFollowing() ? 0 : ranges.stream().mapToLong(OffsetRange::size).sum();
    }
}
