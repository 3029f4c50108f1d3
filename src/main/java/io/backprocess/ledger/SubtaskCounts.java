package io.backprocess.ledger;

import io.backprocess.event.DeadLetter;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.runtime.operators.coordination.OperatorEvent;

/**
 * The counts of one subtask since its last checkpoint, which it sends to the {@link Breaker}. They equal the counts in the ledger
 * lines that the subtask writes at the same time.
 *
 * @param checkpoint the checkpoint that will commit them; {@link KeepLedger#AFTER_LAST_CHECKPOINT} if the subtask has reached its
 *     end
 * @param deadLetters the number of dead letters by reason
 * @param examples one example of a dead letter for each reason
 */
record SubtaskCounts(long checkpoint, long read, Map<String, Long> deadLetters, Map<String, String> examples)
        implements OperatorEvent {
    private static final long serialVersionUID = 1;
    private static final int MAX_EXAMPLE = 200;

    SubtaskCounts {
        // Copied into maps that Java serialization can send.
        deadLetters = new TreeMap<>(deadLetters);
        examples = new TreeMap<>(examples);
    }

    /** Describes a dead letter in one line, with its partition, offset and message: {@code 3/123: Invalid amount: -999}. */
    static String example(DeadLetter deadLetter) {
        String message = deadLetter.message().replaceAll("\\p{Cntrl}", " ");
        return "%s/%s: %s"
                .formatted(
                        deadLetter.partition(),
                        deadLetter.record().offset(),
                        message.length() <= MAX_EXAMPLE ? message : message.substring(0, MAX_EXAMPLE) + "…");
    }

    long dead() {
        return deadLetters.values().stream().mapToLong(Long::longValue).sum();
    }

    SubtaskCounts plus(SubtaskCounts later) {
        Map<String, Long> sum = new TreeMap<>(deadLetters);
        later.deadLetters.forEach((reason, count) -> sum.merge(reason, count, Long::sum));
        Map<String, String> all = new TreeMap<>(examples);
        all.putAll(later.examples);
        return new SubtaskCounts(later.checkpoint, read + later.read, sum, all);
    }
}
