package io.backprocess.kafka;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The oldest open transaction in a partition. Readers see nothing after its first record until it has ended.
 *
 * @param firstOffset the offset where the transaction begins, and where readers stop
 * @param producerId Kafka's number of the producer that writes it
 * @param transactionalId the name of the producer; null when this client may not see it
 * @param since when the transaction began; without the name, when its producer last wrote here
 * @param timeout the time after which Kafka aborts it; null when this client may not see it
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

    /** Returns the batch that the transaction belongs to; empty when it is not one of Backprocess's own. */
    public Optional<String> batchId() {
        if (transactionalId == null || !transactionalId.startsWith(OWN)) {
            return Optional.empty();
        }
        int end = transactionalId.indexOf('.', OWN.length());
        return end < 0 ? Optional.empty() : Optional.of(transactionalId.substring(OWN.length(), end));
    }

    /** Says which producer holds the partition, since when, and what ends it. */
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
                        .map(batch -> ", or, if that batch no longer runs: abandon --batch-id %s".formatted(batch))
                        .orElse("");
    }

    private static Instant seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS);
    }
}
