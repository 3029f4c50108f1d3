package io.backprocess.status;

import io.backprocess.deadletter.StoredDeadLetter;
import java.util.Comparator;

/**
 * A dead letter in a list for the user.
 *
 * @param redriven whether a redrive has processed it, so that it is not a dead letter any more
 */
public record ListedDeadLetter(StoredDeadLetter letter, boolean redriven) {
    /** The order by the record's own time. Offsets of different partitions cannot be compared. */
    static final Comparator<ListedDeadLetter> BY_TIME = Comparator.comparingLong(
                    (ListedDeadLetter each) -> each.letter.record().timestamp())
            .thenComparingInt(each -> each.letter.origin().partition())
            .thenComparingLong(each -> each.letter.offset());
}
