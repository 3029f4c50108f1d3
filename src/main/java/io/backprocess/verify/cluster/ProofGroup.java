package io.backprocess.verify.cluster;

import io.backprocess.kafka.KafkaAdmin;
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
 * The consumer group that shows in Kafka how far a proof is. The metadata of its offsets names the savepoint of the last proof that
 * was kept. A proof goes on where the group cannot be written.
 */
public final class ProofGroup implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProofGroup.class);

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String KEPT = "kept ";

    private final String name;
    private final String metadata;
    private final KafkaClients kafka;
    private @Nullable Admin admin;
    private KafkaFuture<Void> last = KafkaFuture.completedFuture(null);
    private volatile boolean refused;

    /** @param earlier the proof to go on from; null for none */
    ProofGroup(String batchId, @Nullable EarlierProof earlier, KafkaClients kafka) {
        this.name = name(batchId);
        this.metadata = earlier == null ? "" : metadata(earlier);
        this.kafka = kafka;
    }

    static String name(String batchId) {
        return "backprocess-verify." + batchId;
    }

    private static String metadata(EarlierProof proof) {
        return proof.savepoint() == null ? "" : KEPT + proof.savepoint();
    }

    /**
     * Returns the last proof that was kept, as far as the group still says.
     *
     * @throws BatchException if Kafka does not answer, or this client may not read the group
     */
    public static EarlierProof kept(String batchId, KafkaClients kafka) {
        try (KafkaAdmin admin = kafka.openAdmin()) {
            return new EarlierProof(admin.groups().offsets(name(batchId)).values().stream()
                    .map(OffsetAndMetadata::metadata)
                    .filter(metadata -> metadata.startsWith(KEPT))
                    .map(metadata -> metadata.substring(KEPT.length()))
                    .findFirst()
                    .orElse(null));
        }
    }

    /**
     * Notes the last proof that is kept.
     *
     * @param next the offsets of the source up to which it has proven the batch
     * @throws BatchException if Kafka does not answer, or this client may not write the group
     */
    public static void keep(String batchId, Map<TopicPartition, Long> next, EarlierProof proof, KafkaClients kafka) {
        try (KafkaAdmin admin = kafka.openAdmin()) {
            admin.groups().commit(name(batchId), offsets(next, metadata(proof)));
        }
    }

    private static Map<TopicPartition, OffsetAndMetadata> offsets(Map<TopicPartition, Long> next, String metadata) {
        return next.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, each -> new OffsetAndMetadata(each.getValue(), metadata)));
    }

    /** Commits the offsets of the source that are proven next. Does not wait for the answer. */
    void commit(Map<TopicPartition, Long> next) {
        if (refused || next.isEmpty()) {
            return;
        }
        if (admin == null) {
            admin = kafka.openPlainAdmin();
        }
        last = admin.alterConsumerGroupOffsets(name, offsets(next, metadata))
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
