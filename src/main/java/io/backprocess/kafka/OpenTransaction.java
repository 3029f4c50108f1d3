package io.backprocess.kafka;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The oldest transaction that is open in a partition. Readers see nothing behind its first record until it has ended.
 *
 * @param firstOffset where it begins, which is as far as readers get
 * @param producerId who writes it, as Kafka numbers producers
 * @param transactionalId who writes it by name, null where this client may not see it
 * @param since when it began; without the name, when its producer last wrote here
 * @param timeout after which Kafka aborts it, null where this client may not see it
 * @param right the command that lets this client see the name
 */
public record OpenTransaction(
        TopicPartition partition,
        long firstOffset,
        long producerId,
        @Nullable String transactionalId,
        Instant since,
        @Nullable Duration timeout,
        String right) {
    private static final String OWN = Right.OWN;

    /** The batch that it is of, where it is one of Backprocess's own. */
    public Optional<String> batchId() {
        if (transactionalId == null || !transactionalId.startsWith(OWN)) {
            return Optional.empty();
        }
        int end = transactionalId.indexOf('.', OWN.length());
        return end < 0 ? Optional.empty() : Optional.of(transactionalId.substring(OWN.length(), end));
    }

    /** Who holds the partition, since when, and what ends it. */
    public String inWords() {
        if (transactionalId == null) {
            return "a transaction of producer %s, begun at offset %s, last written to at %s; to see its name: %s"
                    .formatted(producerId, firstOffset, seconds(since), right);
        }
        String who =
                "transaction %s (producer %s), open since %s".formatted(transactionalId, producerId, seconds(since));
        String end = timeout == null ? "" : "; Kafka aborts it at %s".formatted(seconds(since.plus(timeout)));
        return who
                + batchId().map(batch -> " by batch '" + batch + "'").orElse("")
                + end
                + batchId()
                        .map(batch ->
                                ", or, where that batch does not run any more: abandon --batch-id %s".formatted(batch))
                        .orElse("");
    }

    private static Instant seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS);
    }
}
