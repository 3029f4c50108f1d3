package io.backprocess.ledger;

import io.backprocess.event.DeadLetter;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * How many dead letters of each source partition have come one after the other. A partition is all on one subtask, so the count
 * does not depend on the parallelism; in global dedupe scope it is spread, and a run is what one subtask sees of it.
 */
final class DeadRuns {
    private final long limit;
    private final String batchId;
    private final String sourceTopic;
    /** Only partitions in a run. */
    private final Map<Integer, Long> runs = new HashMap<>();

    DeadRuns(long limit, String batchId, String sourceTopic) {
        this.limit = limit;
        this.batchId = batchId;
        this.sourceTopic = sourceTopic;
    }

    /** @throws SuppressRestartsException when it is one too many */
    void dead(DeadLetter deadLetter) {
        long run = runs.merge(deadLetter.partition(), 1L, Long::sum);
        if (run >= limit) {
            throw new SuppressRestartsException(new TooManyDeadLettersException(
                    ("the batch is stopped: %s records of partition %s-%s in a row are dead letters, as many as"
                                    + " --max-dlq-consecutive %s allows not; the last one is %s/%s (%s). Nothing since the last"
                                    + " checkpoint was written. Look at these records; then correct the revision or raise"
                                    + " --max-dlq-consecutive, and go on with: backprocess resume --batch-id %s")
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
