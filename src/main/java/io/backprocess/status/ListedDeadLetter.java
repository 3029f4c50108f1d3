package io.backprocess.status;

import io.backprocess.deadletter.StoredDeadLetter;
import java.util.Comparator;

/**
 * A dead letter that somebody looks at.
 *
 * @param redriven whether it is history: a redrive has dealt with it
 */
public record ListedDeadLetter(StoredDeadLetter letter, boolean redriven) {
    /** By the record's own time, which is what two partitions have in common. */
    static final Comparator<ListedDeadLetter> BY_TIME = Comparator.comparingLong(
                    (ListedDeadLetter each) -> each.letter.record().timestamp())
            .thenComparingInt(each -> each.letter.origin().partition())
            .thenComparingLong(each -> each.letter.offset());
}
