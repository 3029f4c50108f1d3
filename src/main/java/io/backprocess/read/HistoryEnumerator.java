package io.backprocess.read;

import io.backprocess.batch.KeyGroups;
import io.backprocess.batch.LogContext;
import io.backprocess.read.SourceWatch.Sighting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.util.function.SerializableSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Gives every split once to the subtask of its key group, and tells every reader once that there are no more splits.
 *
 * <p>At a fresh start the splits come from the plan. After a restore the readers hand back the splits that they had (the source
 * implements {@code SupportsSplitReassignmentOnRecovery}). A rescale moves splits between subtasks, so no split is assigned
 * before all readers have handed back theirs. A reader that fails alone later hands back its own splits.
 *
 * <p>The same split can be handed back twice. After a restore 1 → 2, subtask 1 fails twice before the first checkpoint. Flink
 * returns its assignment by {@link #addSplitsBack}. Its old state, which it reports when it registers, may still list splits that
 * subtask 0 runs by now. Therefore {@link #owners} records which subtask has each split. A report of a split that another subtask
 * has is ignored, and only {@code addSplitsBack} ends the ownership.
 *
 * <p>A batch that follows its topic has no end. More splits may always come, from partitions that are added later.
 */
final class HistoryEnumerator implements SplitEnumerator<KafkaPartitionSplit, HeldSplits> {
    private static final Logger LOG = LoggerFactory.getLogger(HistoryEnumerator.class);

    private final SplitEnumeratorContext<KafkaPartitionSplit> context;
    private final KeyGroups keyGroups;
    private final String planHash;
    private final SerializableSupplier<Committed> committed;
    private final SourceWatch watch;
    private final @Nullable Discovery discovery;
    private final BatchLease lease;

    /** The splits that no reader has, one copy each. */
    private final Map<String, KafkaPartitionSplit> held = new LinkedHashMap<>();
    /** The subtask that each split was last given to. Finished splits stay here. */
    private final Map<String, Integer> owners = new HashMap<>();
    /** The readers that have been signalled, since they last registered, that there are no more splits. */
    private final Set<Integer> signalled = new HashSet<>();
    /** True after a restore until all readers have registered: until then any reader may still hand back splits. */
    private boolean awaitsAllReaders;

    private boolean claimed;
    private boolean ledgerAsked;
    private @Nullable Committed committedOffsets;
    /** The source topic as the watch last saw it; null before the first time. */
    private @Nullable Sighting source;

    private volatile boolean closed;

    /** The claim of this start: what it needs to prove that it owns the batch, and to find out how much is committed. */
    record Claim(String planHash, SerializableSupplier<Committed> committed, BatchLease lease) {}

    /**
     * The splits that the enumerator starts with.
     *
     * @param held the splits that no reader has
     * @param restored whether they come from a checkpoint, so that readers may still hand back further ones
     */
    record Splits(List<KafkaPartitionSplit> held, boolean restored) {}

    /** @param discovery finds new partitions when the batch follows its topic, else null */
    HistoryEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context,
            KeyGroups keyGroups,
            Claim claim,
            Splits splits,
            SourceWatch watch,
            @Nullable Discovery discovery) {
        this.context = context;
        this.keyGroups = keyGroups;
        this.planHash = claim.planHash;
        this.committed = claim.committed;
        this.watch = watch;
        this.discovery = discovery;
        this.lease = claim.lease;
        this.awaitsAllReaders = splits.restored;
        splits.held.forEach(split -> held.put(split.splitId(), split));
        this.restored = splits.restored;
    }

    private final boolean restored;

    /**
     * Starts to watch the source and to claim the batch. Nothing is read before this start owns the batch, the source was seen,
     * and the ledger confirms that this start may go on.
     */
    @Override
    public void start() {
        context.callAsync(watch::look, this::sighted, 0, watch.interval().toMillis());
        context.callAsync(this::proveClaim, (proven, failure) -> {
            if (failure instanceof SuppressRestartsException refusal) {
                throw refusal;
            }
            if (failure != null) {
                throw new IllegalStateException("cannot claim the batch", failure);
            }
            claimed = true;
            log(() -> LOG.info("This start has claimed the batch."));
            assign();
        });
    }

    private void log(Runnable line) {
        try (MDC.MDCCloseable batch = LogContext.batch(lease.batchId())) {
            line.run();
        }
    }

    private boolean proveClaim() {
        lease.prove();
        return true;
    }

    /**
     * Reads the ledger once all readers have registered. By then the sinks in their chains have fenced the transactions of a
     * former copy, so what the ledger says is final.
     */
    private void askLedger() {
        if (ledgerAsked || !claimed || context.registeredReaders().size() < context.currentParallelism()) {
            return;
        }
        ledgerAsked = true;
        context.callAsync(committed::get, (offsets, failure) -> {
            if (failure != null) {
                throw new IllegalStateException("cannot read the batch's ledger", failure);
            }
            if (!restored && !offsets.isNothing()) {
                throw new SuppressRestartsException(new IllegalStateException(startedOver(offsets)));
            }
            committedOffsets = offsets;
            assign();
        });
    }

    private static String startedOver(Committed offsets) {
        return offsets.results().isEmpty()
                ? "the batch has committed dead letters, but is started without its state; everything up to %s would be dead-lettered twice. The results beside them were lost. %s"
                        .formatted(offsets.deadLetters(), offsets.wayOut())
                : "the batch has committed results, but is started without its state; everything up to %s would be written twice. Resume it from its newest checkpoint or savepoint, or start a new batch id"
                        .formatted(offsets.results());
    }

    /** Fails the job when the first check fails. When a later check fails, this only warns, because the next check follows. */
    private void sighted(@Nullable Sighting sighting, @Nullable Throwable failure) {
        if (closed) {
            return;
        }
        if (failure instanceof SuppressRestartsException gone) {
            throw gone;
        }
        if (sighting == null) {
            if (source == null) {
                throw new IllegalStateException("cannot read the source topic", failure);
            }
            log(() -> LOG.warn("The source topic could not be read; the next check tries again.", failure));
            return;
        }
        boolean first = source == null;
        source = sighting;
        if (first || discovery != null) {
            assign();
        }
    }

    @Override
    public void addReader(int subtask) {
        signalled.remove(subtask);
        ReaderInfo reader = context.registeredReaders().get(subtask);
        List<KafkaPartitionSplit> reported =
                reader == null ? List.of() : reader.<KafkaPartitionSplit>getReportedSplitsOnRegistration();
        for (KafkaPartitionSplit split : reported) {
            Integer owner = owners.get(split.splitId());
            if (owner == null || owner == subtask) {
                owners.remove(split.splitId());
                held.putIfAbsent(split.splitId(), split);
            } else {
                log(() -> LOG.info("Ignoring {} as reported by subtask {}: subtask {} has it.", split, subtask, owner));
            }
        }
        assign();
    }

    @Override
    public void addSplitsBack(List<KafkaPartitionSplit> splits, int subtask) {
        for (KafkaPartitionSplit split : splits) {
            owners.remove(split.splitId());
            held.putIfAbsent(split.splitId(), split);
        }
        // The splits are assigned again when the subtask registers again. The failure may mean that another copy has
        // fenced this one. Then this copy must not come back and fence the other one.
        try {
            lease.prove();
        } catch (SuppressRestartsException e) {
            throw e;
        } catch (RuntimeException e) {
            log(() ->
                    LOG.warn("Cannot tell now whether this start still owns the batch; the next checkpoint will.", e));
        }
    }

    private void assign() {
        Sighting seen = source;
        if (committedOffsets == null) {
            askLedger();
            return;
        }
        if (seen == null) {
            return;
        }
        Set<Integer> readers = context.registeredReaders().keySet();
        if (awaitsAllReaders) {
            if (readers.size() < context.currentParallelism()) {
                return;
            }
            awaitsAllReaders = false;
            checkNotOlderThan(held.values(), committedOffsets);
        }
        discover(seen, committedOffsets);
        Map<Integer, List<KafkaPartitionSplit>> assignment = new HashMap<>();
        for (KafkaPartitionSplit split : List.copyOf(held.values())) {
            int subtask = keyGroups.subtaskOfPartition(split.getPartition(), context.currentParallelism());
            if (readers.contains(subtask)) {
                checkStillThere(split, seen);
                held.remove(split.splitId());
                owners.put(split.splitId(), subtask);
                assignment.computeIfAbsent(subtask, any -> new ArrayList<>()).add(split);
            }
        }
        if (!assignment.isEmpty()) {
            context.assignSplits(new SplitsAssignment<>(assignment));
            assignment.forEach((subtask, splits) ->
                    log(() -> LOG.info("Subtask {} reads {} partitions.", subtask, splits.size())));
        }
        for (int subtask : discovery == null ? List.copyOf(readers) : List.<Integer>of()) {
            // Signal once: a second signal to a task that has finished fails the job (FLINK-39712).
            if (signalled.add(subtask)) {
                context.signalNoMoreSplits(subtask);
            }
        }
    }

    /** Rejects a snapshot from before the last commit: the batch would write what lies between them twice. */
    private static void checkNotOlderThan(Collection<KafkaPartitionSplit> splits, Committed offsets) {
        for (KafkaPartitionSplit split : splits) {
            Long next = offsets.results().get(split.getPartition());
            if (next != null && next > split.getStartingOffset()) {
                throw new SuppressRestartsException(new IllegalStateException(
                        "partition %s: the snapshot stands at offset %s, but the batch has committed up to %s. Resume from its newest checkpoint or savepoint"
                                .formatted(split.getTopicPartition(), split.getStartingOffset(), next)));
            }
        }
        // Results come first: they give the right message for a snapshot that is merely old.
        for (KafkaPartitionSplit split : splits) {
            Long behind = offsets.deadLetters().get(split.getPartition());
            if (behind != null && behind > split.getStartingOffset()) {
                throw new SuppressRestartsException(new IllegalStateException(
                        "partition %s: the snapshot stands at offset %s, but the dead letter of offset %s is on its topic already and would be written twice. The results beside it were lost. %s"
                                .formatted(
                                        split.getTopicPartition(),
                                        split.getStartingOffset(),
                                        behind - 1,
                                        offsets.wayOut())));
            }
        }
    }

    private void discover(Sighting seen, Committed offsets) {
        if (discovery == null || seen.partitions() <= discovery.known()) {
            return;
        }
        if (seen.partitions() > keyGroups.maxPartitions()) {
            throw new SuppressRestartsException(new IllegalStateException(
                    "the topic has grown to %s partitions; a batch that was planned over %s can follow it up to %s. Run a new batch id"
                            .formatted(seen.partitions(), keyGroups.plannedPartitions(), keyGroups.maxPartitions())));
        }
        List<KafkaPartitionSplit> found = discovery.growTo(seen.partitions());
        log(() -> LOG.info("Reading partitions that were added: {}.", found));
        found.forEach(split -> held.putIfAbsent(split.splitId(), split));
        // The snapshot may be from before a partition was found. If some of that partition is committed, the snapshot
        // is older than the last commit.
        checkNotOlderThan(found, offsets);
    }

    /**
     * Rejects a split whose next records retention has deleted. Otherwise the batch would skip them, or fail only when a reader
     * requests them from Kafka.
     */
    private static void checkStillThere(KafkaPartitionSplit split, Sighting seen) {
        Long first = seen.firstOffsets().get(split.getPartition());
        if (first != null && first > split.getStartingOffset()) {
            throw new SuppressRestartsException(new IllegalStateException(
                    "partition %s: the batch goes on at offset %s, but the first that still exists is %s; %s offsets were deleted unread. Run a new batch id over the records that still exist, or restore the deleted ones"
                            .formatted(
                                    split.getTopicPartition(),
                                    split.getStartingOffset(),
                                    first,
                                    first - split.getStartingOffset())));
        }
    }

    /**
     * Returns the splits that no reader has. A checkpoint commits, so this start must prove that it owns the batch before the
     * barriers go out.
     */
    @Override
    public HeldSplits snapshotState(long checkpointId) {
        try {
            lease.prove();
        } catch (SuppressRestartsException e) {
            // A failed snapshot alone would only fail the checkpoint, not the job.
            context.runInCoordinatorThread(() -> {
                throw e;
            });
            throw e;
        }
        return new HeldSplits(planHash, List.copyOf(held.values()), discovery == null ? 0 : discovery.known());
    }

    /** Does nothing: readers get their splits when they register and do not need to request them. */
    @Override
    public void handleSplitRequest(int subtask, @Nullable String hostname) {}

    @Override
    public void close() {
        closed = true;
        watch.close();
        lease.close();
    }
}
