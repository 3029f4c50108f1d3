package io.backprocess.batch;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.backprocess.json.GroupedRecordReader;
import java.io.Serializable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The offsets that a batch does not read because a transaction was open there when the plan was made. It was not known whether
 * they would be committed.
 *
 * @param from the last stable offset, where the range ends
 * @param to the exclusive end that the range would have had without the transaction
 * @param transaction the transaction that begins at {@code from}; its fields are members of the tail's own JSON object
 */
@JsonDeserialize(using = GroupedRecordReader.class)
public record OpenTail(
        int partition, long from, long to, @JsonUnwrapped Transaction transaction) implements Serializable {

    /**
     * The transaction, as Kafka described it.
     *
     * @param producerId its producer id; null if it had ended before Kafka was queried
     * @param firstOffset its first offset; null if it had ended before Kafka was queried
     * @param transactionalId its transactional id; null if this user may not read it
     * @param since the time when it began, by the broker's clock; null if this user may not read it
     * @param lastRecord the timestamp of its last record, which the producer sets; null if it is not known
     * @param hanging true if no coordinator has the transaction, so that it never ends by itself
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Transaction(
            @Nullable Long producerId,
            @Nullable Long firstOffset,
            @Nullable String transactionalId,
            @Nullable Instant since,
            @Nullable Instant lastRecord,
            boolean hanging)
            implements Serializable {
        /** A transaction that had ended before Kafka was queried. */
        public static final Transaction ENDED = new Transaction(null, null, null, null, null, false);

        private String describe() {
            if (producerId == null) {
                return "a transaction that has since ended was open";
            }
            String who = transactionalId == null
                    ? "a transaction of producer %d with first offset %d".formatted(producerId, firstOffset)
                    : "transaction '%s' (producer %d, first offset %d)"
                            .formatted(transactionalId, producerId, firstOffset);
            if (since != null) {
                return "%s was open when the batch was planned, since %s".formatted(who, since);
            }
            return lastRecord == null
                    ? who + " was open when the batch was planned"
                    : "%s was open when the batch was planned; Kafka does not say since when; its last record had the timestamp %s"
                            .formatted(who, lastRecord);
        }
    }

    /** Returns the largest number of records that can be there. Compacted records and transaction markers count as well. */
    @JsonIgnore
    public long offsets() {
        return to - from;
    }

    /**
     * Describes the transaction in a clause: {@code transaction 'loader-1' (producer 4, first offset 5) was open when the batch
     * was planned, since 2025-01-31T00:00:00Z}.
     */
    @JsonIgnore
    public String holder() {
        return transaction.describe();
    }
}
