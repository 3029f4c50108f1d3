package io.backprocess.deadletter;

import io.backprocess.event.Reason;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters are asked for.
 *
 * @param reasons one of these, any where there is none
 * @param stage where they died, null for any
 * @param since their own timestamp is this or later, null for any
 */
public record DeadLetterFilter(
        Set<Reason> reasons,
        @Nullable String stage,
        @Nullable Instant since) {
    public DeadLetterFilter {
        reasons = reasons.isEmpty() ? EnumSet.noneOf(Reason.class) : EnumSet.copyOf(reasons);
    }

    public boolean fits(StoredDeadLetter letter) {
        return (reasons.isEmpty() || reasons.contains(letter.reason()))
                && (stage == null || stage.equals(letter.stage()))
                && (since == null || letter.record().timestamp() >= since.toEpochMilli());
    }
}
