package io.backprocess.cli;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.OffsetRange;
import java.util.List;
import java.util.stream.Collectors;

/** Source offsets that the ledger lacks, in words: {@code orders-3 120 to 240, orders-5 80 to 90}. */
final class MissingText {
    private static final int SHOWN = 10;

    private MissingText() {}

    /** What helps where transactions were lost. In global scope nothing is repaired. */
    static String remedy(String batchId, DedupeScope scope) {
        return scope == DedupeScope.GLOBAL
                ? "in --dedupe-scope global it cannot be written again, so run the range under a new batch id"
                : "see whether it can be written again with: backprocess verify --batch-id %s --repair"
                        .formatted(batchId);
    }

    static String of(BatchPlan plan, List<OffsetRange> missing) {
        String shown = missing.stream()
                .limit(SHOWN)
                .map(range -> "%s-%d %d to %d"
                        .formatted(plan.spec().sourceTopic(), range.partition(), range.start(), range.end()))
                .collect(Collectors.joining(", "));
        return missing.size() > SHOWN ? "%s and %d more".formatted(shown, missing.size() - SHOWN) : shown;
    }
}
