package io.backprocess.plan;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The plans of all batches, in the compacted topic {@code backprocess.batches}: key batch id, value JSON. */
public final class PlanStore {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final KafkaAdmin admin;
    private final Properties kafka;

    public PlanStore(KafkaAdmin admin, Properties kafka) {
        this.admin = admin;
        this.kafka = kafka;
    }

    public Optional<BatchPlan> find(String batchId) {
        return Optional.ofNullable(all().get(batchId));
    }

    /** @throws BatchException usage, when there is no such batch */
    public BatchPlan get(String batchId) {
        Map<String, BatchPlan> plans = all();
        BatchPlan plan = plans.get(batchId);
        if (plan == null) {
            throw BatchException.usage("there is no batch '%s'; the batches are: %s"
                    .formatted(batchId, String.join(", ", plans.keySet())));
        }
        return plan;
    }

    /** Every batch, in the order in which they were planned. */
    public Map<String, BatchPlan> all() {
        Map<String, BatchPlan> plans = new LinkedHashMap<>();
        if (!admin.topicExists(Topics.BATCHES)) {
            return plans;
        }
        TopicPartition partition = new TopicPartition(Topics.BATCHES, 0);
        long end = admin.highWatermark(Topics.BATCHES, 0);
        Properties properties = new Properties();
        properties.putAll(kafka);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (consumer.position(partition) < end) {
                if (System.nanoTime() > deadline) {
                    throw BatchException.failed(
                            "topic %s cannot be read to its end at offset %d".formatted(Topics.BATCHES, end));
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    take(record, plans);
                }
            }
        }
        return plans;
    }

    private static void take(ConsumerRecord<byte[], byte[]> record, Map<String, BatchPlan> plans) {
        if (record.key() == null || record.value() == null) {
            return;
        }
        String batchId = new String(record.key(), StandardCharsets.UTF_8);
        try {
            BatchPlan plan = PlanJson.read(record.value());
            if (!plan.hash().equals(plan.computeHash())
                    || !plan.spec().batchId().equals(batchId)) {
                throw new IOException("its hash does not fit it");
            }
            plans.put(batchId, plan);
        } catch (IOException | IllegalArgumentException | NullPointerException e) {
            throw BatchException.refused(
                    "the plan of batch '%s' in %s at offset %d is damaged (%s); it was changed by hand or by another version"
                            .formatted(batchId, Topics.BATCHES, record.offset(), firstLine(e)));
        }
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    /**
     * Stores a new plan.
     *
     * @throws BatchException refused, when somebody else stored another plan for the batch at the same time
     */
    public void put(BatchPlan plan) {
        Properties properties = new Properties();
        properties.putAll(kafka);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        String batchId = plan.spec().batchId();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            Topics.BATCHES,
                            batchId.getBytes(StandardCharsets.UTF_8),
                            PlanJson.write(plan).getBytes(StandardCharsets.UTF_8)))
                    .get();
        } catch (ExecutionException e) {
            throw BatchException.failed("cannot store the plan in %s: %s".formatted(Topics.BATCHES, e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BatchException.failed("interrupted while storing the plan", e);
        }
        if (!get(batchId).hash().equals(plan.hash())) {
            throw BatchException.refused(
                    "somebody else has planned batch '%s' at this moment; look at it with: status --batch-id %s"
                            .formatted(batchId, batchId));
        }
    }
}
