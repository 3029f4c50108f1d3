package io.backprocess.status;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.OffsetRange;
import java.util.List;
import java.util.stream.Collectors;

/** Describes source offsets that the ledger lacks: {@code orders-3 120 to 240, orders-5 80 to 90}. */
public final class MissingText {
    private static final int SHOWN = 10;

    private MissingText() {}

    /** Returns what to do after transactions were lost. In global scope a repair is not possible. */
    public static String remedy(String batchId, DedupeScope scope) {
        return scope == DedupeScope.GLOBAL
                ? "--dedupe-scope global cannot write lost records again, so run the range under a new batch id"
                : "check whether the lost records can be written again with: backprocess verify --batch-id %s --repair"
                        .formatted(batchId);
    }

    public static String of(BatchPlan plan, List<OffsetRange> missing) {
        String shown = missing.stream()
                .limit(SHOWN)
                .map(range -> "%s-%d %d to %d"
                        .formatted(plan.spec().sourceTopic(), range.partition(), range.start(), range.end()))
                .collect(Collectors.joining(", "));
        return missing.size() > SHOWN ? "%s and %d more".formatted(shown, missing.size() - SHOWN) : shown;
    }
}
