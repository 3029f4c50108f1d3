package io.backprocess.batch;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.io.Serializable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Offsets that a batch does not read, because a transaction was open there when the plan was made: nobody could tell whether they
 * would be committed.
 *
 * @param from the last stable offset, where the range ends
 * @param to where the range would have ended; exclusive
 * @param producerId of the transaction that begins there; null where it had ended before Kafka was asked
 * @param firstOffset of that transaction
 * @param transactionalId null where this user may not know it
 * @param since when it began, by the broker's clock; null where this user may not know it
 * @param lastRecord the timestamp of its last record, which is what its producer says
 * @param hanging whether no coordinator knows of it, so that it never ends by itself
 */
public record OpenTail(
        int partition,
        long from,
        long to,
        @Nullable Long producerId,
        @Nullable Long firstOffset,
        @Nullable String transactionalId,
        @Nullable Instant since,
        @Nullable Instant lastRecord,
        boolean hanging)
        implements Serializable {

    /** At most so many: there may be compacted ones and markers among them. */
    @JsonIgnore
    public long offsets() {
        return to - from;
    }

    /** {@code transaction 'loader-1' (producer 4, first offset 5) was open when the batch was planned, since 2025-01-31T00:00:00Z}. */
    @JsonIgnore
    public String holder() {
        if (producerId == null) {
            return "a transaction that has ended meanwhile was open";
        }
        String who = transactionalId == null
                ? "a transaction of producer %d with first offset %d".formatted(producerId, firstOffset)
                : "transaction '%s' (producer %d, first offset %d)".formatted(transactionalId, producerId, firstOffset);
        if (since != null) {
            return "%s was open when the batch was planned, since %s".formatted(who, since);
        }
        return lastRecord == null
                ? who + " was open when the batch was planned"
                : "%s was open when the batch was planned, since when Kafka does not say; its last record had the timestamp %s"
                        .formatted(who, lastRecord);
    }
}
