package io.backprocess.ledger;

import io.backprocess.event.DeadLetter;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.runtime.operators.coordination.OperatorEvent;

/**
 * What one subtask has counted since its last checkpoint, on its way to the {@link Breaker}: the same as in the ledger lines
 * that it writes at that moment.
 *
 * @param checkpoint that will commit them, {@link KeepLedger#AFTER_LAST_CHECKPOINT} when the subtask has come to its end
 * @param deadLetters by reason
 * @param examples one for each reason
 */
record SubtaskCounts(long checkpoint, long read, Map<String, Long> deadLetters, Map<String, String> examples)
        implements OperatorEvent {
    private static final long serialVersionUID = 1;
    private static final int MAX_EXAMPLE = 200;

    SubtaskCounts {
        // They travel by Java's serialization.
        deadLetters = new TreeMap<>(deadLetters);
        examples = new TreeMap<>(examples);
    }

    /** Where it was and what was wrong, in one line: {@code 3/123: Invalid amount: -999}. */
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
