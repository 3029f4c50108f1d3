package io.backprocess.control;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.PlanJson;
import io.backprocess.batch.TopicNames;
import io.backprocess.kafka.BatchesTopic;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Reads and writes the marks of all batches in the compacted topic {@code backprocess.batches}, which also has their plans. */
public final class MarkStore {
    private static final String SUFFIX = "/mark";

    private final KafkaAdmin admin;
    private final KafkaClients kafka;

    public MarkStore(KafkaAdmin admin) {
        this.admin = admin;
        this.kafka = admin.clients();
    }

    /** The marks at one moment. Each mark is parsed only when it is requested, so a damaged one affects only its own batch. */
    public static final class Marks {
        private final Map<String, ConsumerRecord<byte[], byte[]>> records = new HashMap<>();

        /** @throws BatchException of kind refused, if the mark is damaged */
        public Optional<BatchMark> of(String batchId) {
            ConsumerRecord<byte[], byte[]> record = records.get(batchId + SUFFIX);
            return record == null || record.value() == null ? Optional.empty() : Optional.of(parse(batchId, record));
        }
    }

    public Marks all() {
        Marks marks = new Marks();
        if (admin.topicExists(TopicNames.BATCHES)) {
            admin.batches().readUncommitted(record -> {
                String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
                if (key.endsWith(SUFFIX)) {
                    marks.records.put(key, record);
                }
            });
        }
        return marks;
    }

    /** @throws BatchException of kind refused, if the mark is damaged */
    public Optional<BatchMark> find(String batchId) {
        return all().of(batchId);
    }

    /**
     * Checks that the batch's topics have not been deleted.
     *
     * @throws BatchException of kind refused, if the batch is retired
     */
    public void refuseRetired(String batchId) {
        findRetired(batchId).ifPresent(last -> {
            throw BatchException.refused(
                    "%s was %s, and its topics are deleted; its plan and counts stay: status --batch-id %s"
                            .formatted(batchId, last.inWords(), batchId));
        });
    }

    /** Finds the mark of a retired batch; empty if the batch is not retired, or if its mark is damaged. */
    private Optional<BatchMark> findRetired(String batchId) {
        try {
            return find(batchId).filter(BatchMark::isRetired);
        } catch (BatchException e) {
            return Optional.empty();
        }
    }

    /** Finds the mark of a retired batch for a caller that has no other use for an admin client. */
    public static Optional<BatchMark> findRetired(String batchId, KafkaClients kafka) {
        try (KafkaAdmin admin = kafka.openAdmin()) {
            return new MarkStore(admin).findRetired(batchId);
        }
    }

    /** Finds a mark for a caller that has no other use for an admin client. */
    public static Optional<BatchMark> find(String batchId, KafkaClients kafka) {
        try (KafkaAdmin admin = kafka.openAdmin()) {
            return new MarkStore(admin).find(batchId);
        }
    }

    /** Replaces the batch's mark; null deletes it. */
    public void put(String batchId, @Nullable BatchMark mark) {
        BatchesTopic.write(kafka, batchId + SUFFIX, mark == null ? null : PlanJson.write(mark));
    }

    static BatchMark parse(String batchId, ConsumerRecord<byte[], byte[]> record) {
        return StoredJson.parse(
                record,
                BatchMark.class,
                reason ->
                        "the mark of batch '%s' in %s at offset %d is damaged (%s), so it is not known whether the batch is paused or abandoned; write the correct mark again, or an empty record under the key %s"
                                .formatted(batchId, TopicNames.BATCHES, record.offset(), reason, batchId + SUFFIX));
    }

    static boolean isMark(ConsumerRecord<byte[], byte[]> record, String batchId) {
        return BatchesTopic.hasKey(record, batchId + SUFFIX);
    }
}
