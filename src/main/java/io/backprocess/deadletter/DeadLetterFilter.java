package io.backprocess.deadletter;

import io.backprocess.event.Reason;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The selection of dead letters.
 *
 * @param reasons the selected reasons; empty for any
 * @param stage the stage of the failure; null for any
 * @param since the earliest timestamp of a letter, inclusive; null for any
 */
public record DeadLetterFilter(
        Set<Reason> reasons,
        @Nullable String stage,
        @Nullable Instant since) {
    public DeadLetterFilter {
        reasons = reasons.isEmpty() ? EnumSet.noneOf(Reason.class) : EnumSet.copyOf(reasons);
    }

    public boolean fits(StoredDeadLetter letter) {
        return (reasons.isEmpty() || reasons.contains(letter.failure().reason()))
                && (stage == null || stage.equals(letter.failure().stage()))
                && (since == null || letter.record().timestamp() >= since.toEpochMilli());
    }
}
