package io.backprocess.ledger;

import io.backprocess.event.DeadLetter;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * Counts how many dead letters of each source partition follow one another. A partition is on one subtask, so the count does not
 * depend on the parallelism. In global dedupe scope a partition is spread over subtasks, and a run is what one subtask sees of
 * it.
 */
final class DeadRuns {
    private final long limit;
    private final String batchId;
    private final String sourceTopic;
    /** The length of the current run by partition. A partition whose last record was not a dead letter is not in it. */
    private final Map<Integer, Long> runs = new HashMap<>();

    DeadRuns(long limit, String batchId, String sourceTopic) {
        this.limit = limit;
        this.batchId = batchId;
        this.sourceTopic = sourceTopic;
    }

    /** @throws SuppressRestartsException if the run reaches the limit */
    void dead(DeadLetter deadLetter) {
        long run = runs.merge(deadLetter.partition(), 1L, Long::sum);
        if (run >= limit) {
            throw new SuppressRestartsException(new TooManyDeadLettersException(
                    ("the batch is stopped: %s records of partition %s-%s in a row are dead letters, which reached the limit"
                                    + " --max-dlq-consecutive %s; the last one is %s/%s (%s). Nothing since the last"
                                    + " checkpoint was written. Check these records; then correct the revision or raise"
                                    + " --max-dlq-consecutive, and continue with: backprocess resume --batch-id %s")
                            .formatted(
                                    run,
                                    sourceTopic,
                                    deadLetter.partition(),
                                    limit,
                                    sourceTopic,
                                    SubtaskCounts.example(deadLetter),
                                    deadLetter.reason(),
                                    batchId)));
        }
    }

    void alive(int partition) {
        if (!runs.isEmpty()) {
            runs.remove(partition);
        }
    }
}
