package io.backprocess.control;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchSettings;
import io.backprocess.batch.PlanJson;
import io.backprocess.batch.TopicNames;
import io.backprocess.kafka.BatchesTopic;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads and writes the settings of all batches in the compacted topic {@code backprocess.batches}, which also has their plans.
 */
public final class SettingsStore {
    private static final String SUFFIX = "/settings";

    private final KafkaAdmin admin;
    private final KafkaClients kafka;

    public SettingsStore(KafkaAdmin admin) {
        this.admin = admin;
        this.kafka = admin.clients();
    }

    /** @throws BatchException of kind refused, if the settings are damaged */
    public BatchSettings get(String batchId) {
        List<ConsumerRecord<byte[], byte[]>> last = new ArrayList<>();
        if (admin.topicExists(TopicNames.BATCHES)) {
            admin.batches().readUncommitted(record -> {
                if (BatchesTopic.hasKey(record, batchId + SUFFIX)) {
                    last.clear();
                    last.add(record);
                }
            });
        }
        return last.isEmpty() || last.get(0).value() == null ? BatchSettings.NONE : parse(batchId, last.get(0));
    }

    private static BatchSettings parse(String batchId, ConsumerRecord<byte[], byte[]> record) {
        return StoredJson.parse(
                record,
                BatchSettings.class,
                reason ->
                        "the settings of batch '%s' in %s at offset %d are damaged (%s), so its rate and limits are not known; give them again with --forget-settings"
                                .formatted(batchId, TopicNames.BATCHES, record.offset(), reason));
    }

    /** Replaces the batch's settings. The caller must hold the batch's {@link BatchLock}. */
    public void put(String batchId, BatchSettings settings) {
        BatchesTopic.write(kafka, batchId + SUFFIX, PlanJson.write(settings));
    }
}
