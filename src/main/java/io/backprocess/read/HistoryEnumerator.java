package io.backprocess.read;

import io.backprocess.event.KeyGroups;
import java.util.ArrayList;
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

/**
 * Gives every split to the subtask of its key group, once, and tells every reader once that there are no more.
 *
 * <p>At a fresh start the splits come from the plan. After a restore the readers hand back what they had (the source
 * {@code SupportsSplitReassignmentOnRecovery}), and nothing is given out before all of them have: a rescale moves splits
 * between subtasks. A reader that fails alone later hands back its own.
 *
 * <p>The same split can be handed back twice. After a restore 1 → 2, subtask 1 fails twice before the first checkpoint: Flink
 * returns its assignment by {@link #addSplitsBack}, and its old state, which it reports when it registers, may still list
 * splits that subtask 0 runs by now. Therefore {@link #owners} says who has which split; a report of a split that another
 * subtask has is ignored, and only {@code addSplitsBack} gives ownership up.
 */
final class HistoryEnumerator implements SplitEnumerator<KafkaPartitionSplit, HeldSplits> {
    private static final Logger LOG = LoggerFactory.getLogger(HistoryEnumerator.class);

    private final SplitEnumeratorContext<KafkaPartitionSplit> context;
    private final KeyGroups keyGroups;
    private final String planHash;
    private final SerializableSupplier<Map<Integer, Long>> committed;

    /** Splits that no reader has, one copy each. */
    private final Map<String, KafkaPartitionSplit> held = new LinkedHashMap<>();
    /** The subtask that each split was last given to; finished splits stay here. */
    private final Map<String, Integer> owners = new HashMap<>();
    /** Readers that were told that there are no more splits, since they last registered. */
    private final Set<Integer> signalled = new HashSet<>();
    /** Only after a restore: until then splits may still come from any reader. */
    private boolean awaitsAllReaders;

    private @Nullable Map<Integer, Long> committedOffsets;

    HistoryEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context,
            KeyGroups keyGroups,
            String planHash,
            SerializableSupplier<Map<Integer, Long>> committed,
            List<KafkaPartitionSplit> splits,
            boolean restored) {
        this.context = context;
        this.keyGroups = keyGroups;
        this.planHash = planHash;
        this.committed = committed;
        this.awaitsAllReaders = restored;
        splits.forEach(split -> held.put(split.splitId(), split));
        this.restored = restored;
    }

    private final boolean restored;

    /** Nothing is read before the ledger says that this start is the right one. */
    @Override
    public void start() {
        context.callAsync(committed::get, (offsets, failure) -> {
            if (failure != null) {
                throw new IllegalStateException("cannot read the batch's ledger", failure);
            }
            if (!restored && !offsets.isEmpty()) {
                throw new SuppressRestartsException(new IllegalStateException(
                        "the batch has committed results, but is started without its state; everything up to "
                                + offsets
                                + " would be written twice. Resume it from its newest checkpoint or savepoint,"
                                + " or start a new batch id"));
            }
            committedOffsets = offsets;
            assign();
        });
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
                LOG.info("Ignoring {} as reported by subtask {}: subtask {} has it.", split, subtask, owner);
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
        // Given out again when the subtask has registered again.
    }

    private void assign() {
        if (committedOffsets == null) {
            return;
        }
        Set<Integer> readers = context.registeredReaders().keySet();
        if (awaitsAllReaders) {
            if (readers.size() < context.currentParallelism()) {
                return;
            }
            awaitsAllReaders = false;
            checkNotOlderThan(committedOffsets);
        }
        Map<Integer, List<KafkaPartitionSplit>> assignment = new HashMap<>();
        for (KafkaPartitionSplit split : List.copyOf(held.values())) {
            int subtask = keyGroups.subtaskOfPartition(split.getPartition(), context.currentParallelism());
            if (readers.contains(subtask)) {
                held.remove(split.splitId());
                owners.put(split.splitId(), subtask);
                assignment.computeIfAbsent(subtask, any -> new ArrayList<>()).add(split);
            }
        }
        if (!assignment.isEmpty()) {
            context.assignSplits(new SplitsAssignment<>(assignment));
        }
        for (int subtask : List.copyOf(readers)) {
            // Once: a second signal to a task that has finished fails the job (FLINK-39712).
            if (signalled.add(subtask)) {
                context.signalNoMoreSplits(subtask);
            }
        }
    }

    /** A snapshot from before the last commit would write what lies between them twice. */
    private void checkNotOlderThan(Map<Integer, Long> offsets) {
        for (KafkaPartitionSplit split : held.values()) {
            Long next = offsets.get(split.getPartition());
            if (next != null && next > split.getStartingOffset()) {
                throw new SuppressRestartsException(new IllegalStateException(
                        "partition %s: the snapshot stands at offset %d, but the batch has committed up to %d. Resume from its newest checkpoint or savepoint"
                                .formatted(split.getTopicPartition(), split.getStartingOffset(), next)));
            }
        }
    }

    @Override
    public HeldSplits snapshotState(long checkpointId) {
        return new HeldSplits(planHash, List.copyOf(held.values()));
    }

    /** Readers get their splits when they register and need not ask. */
    @Override
    public void handleSplitRequest(int subtask, @Nullable String hostname) {}

    @Override
    public void close() {}
}
