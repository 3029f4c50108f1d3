package io.backprocess.cli;

import io.backprocess.event.OffsetRange;
import io.backprocess.plan.BatchPlan;
import java.util.List;
import java.util.stream.Collectors;

/** Source offsets that the ledger lacks, in words: {@code orders-3 120 to 240, orders-5 80 to 90}. */
final class MissingText {
    private static final int SHOWN = 10;

    private MissingText() {}

    static String of(BatchPlan plan, List<OffsetRange> missing) {
        String shown = missing.stream()
                .limit(SHOWN)
                .map(range -> "%s-%d %d to %d"
                        .formatted(plan.spec().sourceTopic(), range.partition(), range.start(), range.end()))
                .collect(Collectors.joining(", "));
        return missing.size() > SHOWN ? "%s and %d more".formatted(shown, missing.size() - SHOWN) : shown;
    }
}
