package io.backprocess.verify.cluster;

import io.backprocess.kafka.KafkaClients;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The consumer group that shows in Kafka how far a proof is. Nothing is read from it, so a proof goes on where the group cannot be
 * written.
 */
final class ProofGroup implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProofGroup.class);

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final String name;
    private final KafkaClients kafka;
    private @Nullable Admin admin;
    private KafkaFuture<Void> last = KafkaFuture.completedFuture(null);
    private volatile boolean refused;

    ProofGroup(String batchId, KafkaClients kafka) {
        this.name = name(batchId);
        this.kafka = kafka;
    }

    static String name(String batchId) {
        return "backprocess-verify." + batchId;
    }

    /** Commits the offsets of the source that are proven next. Does not wait for the answer. */
    void commit(Map<TopicPartition, Long> next) {
        if (refused || next.isEmpty()) {
            return;
        }
        if (admin == null) {
            admin = kafka.openPlainAdmin();
        }
        last = admin.alterConsumerGroupOffsets(
                        name,
                        next.entrySet().stream()
                                .collect(Collectors.toMap(
                                        Map.Entry::getKey, each -> new OffsetAndMetadata(each.getValue()))))
                .all()
                .whenComplete((nothing, failure) -> {
                    if (failure != null && !refused) {
                        refused = true;
                        LOG.warn(
                                "the consumer group {} does not show how far the proof is: {}",
                                name,
                                failure.toString());
                    }
                });
    }

    /** Waits for the last answer, but not long. */
    @Override
    public void close() {
        if (admin == null) {
            return;
        }
        try {
            last.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // It was logged, or is of no use any more.
        } finally {
            admin.close(PATIENCE);
        }
    }
}
