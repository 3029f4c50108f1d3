package io.backprocess.ledger;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Adds up what all subtasks have counted. A checkpoint is whole once every subtask has said what it puts into it; only whole
 * ones are counted, or a subtask that happens to report first would speak for all.
 *
 * <p>A subtask that falls back to a checkpoint counts again what came after: {@link #rewind} forgets that. What a subtask counts
 * at its end is committed by the checkpoint after its last one.
 */
final class BatchCounts {
    private static final SubtaskCounts NONE = new SubtaskCounts(-1, 0, Map.of(), Map.of());
    /** Of a subtask that has come to its end. */
    static final long ENDED = Long.MAX_VALUE;
    /** No restart falls back further than to the newest completed checkpoint; savepoints count as completed too. */
    private static final int KEPT = 16;

    /** By subtask and checkpoint. */
    private final Map<Integer, NavigableMap<Long, SubtaskCounts>> counts = new HashMap<>();
    /** The newest checkpoint that each subtask has reported for. */
    private final Map<Integer, Long> reported = new HashMap<>();
    /** What nobody will count again. */
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

    /** The subtask starts again from this checkpoint, -1 for from nothing. */
    void rewind(int subtask, long checkpoint) {
        ofSubtask(subtask).tailMap(checkpoint, false).clear();
        reported.put(subtask, checkpoint);
    }

    void rewindAll(long checkpoint) {
        for (int subtask : counts.keySet()) {
            rewind(subtask, checkpoint);
        }
    }

    /** The newest checkpoint that all subtasks have reported for, -1 when there is none. */
    long whole(int parallelism) {
        return reported.size() < parallelism
                ? -1
                : reported.values().stream().mapToLong(Long::longValue).min().orElse(-1);
    }

    /** All that is in the checkpoint and those before it. */
    SubtaskCounts upTo(long checkpoint) {
        SubtaskCounts sum = settled;
        for (NavigableMap<Long, SubtaskCounts> ofOne : counts.values()) {
            for (SubtaskCounts each : ofOne.headMap(checkpoint, true).values()) {
                sum = sum.plus(each);
            }
        }
        return sum;
    }

    /** The checkpoint is completed: what is long before it need not be kept apart. */
    void settle(long completed) {
        for (NavigableMap<Long, SubtaskCounts> ofOne : counts.values()) {
            while (ofOne.size() > KEPT && ofOne.firstKey() <= completed) {
                settled = settled.plus(ofOne.pollFirstEntry().getValue());
            }
        }
    }
}
