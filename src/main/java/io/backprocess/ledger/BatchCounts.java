package io.backprocess.ledger;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Adds up the counts of all subtasks. A checkpoint is whole once every subtask has reported its counts for it. Only whole
 * checkpoints are counted. Otherwise the subtask that reports first would decide for all.
 *
 * <p>A subtask that falls back to a checkpoint counts the later records again, so {@link #rewind} forgets their earlier counts.
 * The counts that a subtask reports at its end are committed by the checkpoint after its last one.
 */
final class BatchCounts {
    private static final SubtaskCounts NONE = new SubtaskCounts(-1, 0, Map.of(), Map.of());
    /** The checkpoint of a subtask that has reached its end. */
    static final long ENDED = Long.MAX_VALUE;
    /**
     * The number of checkpoints that stay separate. A restart falls back at most to the newest completed checkpoint. Savepoints
     * count as completed too.
     */
    private static final int KEPT = 16;

    /** The counts by subtask and checkpoint. */
    private final Map<Integer, NavigableMap<Long, SubtaskCounts>> counts = new HashMap<>();
    /** The newest checkpoint that each subtask has reported for. */
    private final Map<Integer, Long> reported = new HashMap<>();
    /** The sum of the counts that no restart can undo. */
    private SubtaskCounts settled = NONE;

    void add(int subtask, SubtaskCounts report) {
        long last = reported.getOrDefault(subtask, -1L);
        boolean end = report.checkpoint() == KeepLedger.AFTER_LAST_CHECKPOINT;
        long checkpoint = !end ? report.checkpoint() : last == ENDED ? ENDED - 1 : last + 1;
        ofSubtask(subtask).merge(checkpoint, report, SubtaskCounts::plus);
        reported.put(subtask, end ? ENDED : Math.max(last, checkpoint));
    }

    private NavigableMap<Long, SubtaskCounts> ofSubtask(int subtask) {
        return counts.computeIfAbsent(subtask, any -> new TreeMap<>());
    }

    /**
     * Forgets what the subtask counted after this checkpoint, because it starts again from there; -1 means from the beginning.
     */
    void rewind(int subtask, long checkpoint) {
        ofSubtask(subtask).tailMap(checkpoint, false).clear();
        reported.put(subtask, checkpoint);
    }

    void rewindAll(long checkpoint) {
        for (int subtask : counts.keySet()) {
            rewind(subtask, checkpoint);
        }
    }

    /** Returns the newest checkpoint that all subtasks have reported for; -1 if there is none. */
    long whole(int parallelism) {
        return reported.size() < parallelism
                ? -1
                : reported.values().stream().mapToLong(Long::longValue).min().orElse(-1);
    }

    /** Returns the sum of the counts in this checkpoint and all earlier ones. */
    SubtaskCounts upTo(long checkpoint) {
        SubtaskCounts sum = settled;
        for (NavigableMap<Long, SubtaskCounts> ofOne : counts.values()) {
            for (SubtaskCounts each : ofOne.headMap(checkpoint, true).values()) {
                sum = sum.plus(each);
            }
        }
        return sum;
    }

    /** Marks the checkpoint as completed. The counts of much older checkpoints are then kept as one sum. */
    void settle(long completed) {
        for (NavigableMap<Long, SubtaskCounts> ofOne : counts.values()) {
            while (ofOne.size() > KEPT && ofOne.firstKey() <= completed) {
                settled = settled.plus(ofOne.pollFirstEntry().getValue());
            }
        }
    }
}
