package io.backprocess.registry;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.Sha256;
import io.backprocess.batch.TopicNames;
import io.backprocess.kafka.BatchesTopic;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The schemas of one batch in the compacted topic {@code backprocess.batches}, which also has its plan: key {@code
 * BATCH/schema/ID}, value JSON. What is stored about an id never changes, so that a batch treats all records of the id alike.
 */
public final class StoredSchemas {
    private final String batchId;
    private final String prefix;
    private final KafkaClients kafka;

    private StoredSchemas(String batchId, String prefix, KafkaClients kafka) {
        this.batchId = batchId;
        this.prefix = batchId + prefix;
        this.kafka = kafka;
    }

    /** Returns the schemas of the batch itself. */
    public static StoredSchemas of(String batchId, KafkaClients kafka) {
        return new StoredSchemas(batchId, "/schema/", kafka);
    }

    /** Returns the schemas that were unknown to the batch and that its redrives have found. */
    public static StoredSchemas ofRedrives(String batchId, KafkaClients kafka) {
        return new StoredSchemas(batchId, "/redriven-schema/", kafka);
    }

    /** Returns the schema that results are written with: none, or one. */
    public static StoredSchemas ofResults(String batchId, KafkaClients kafka) {
        return new StoredSchemas(batchId, "/result-schema/", kafka);
    }

    /**
     * What is stored.
     *
     * @param schemas every stored schema, in the order in which they were stored
     * @param unknown why the registry has no schema of an id, for the dead letters of all its records
     */
    public record Contents(Map<SchemaId, StoredSchema> schemas, Map<SchemaId, String> unknown) {}

    /**
     * Returns every stored schema, in the order in which they were stored.
     *
     * @throws BatchException refused, when one is damaged or stored with two texts; failed, when the topic cannot be read
     */
    public Map<SchemaId, StoredSchema> all() {
        return contents().schemas();
    }

    /**
     * Returns what is stored.
     *
     * @throws BatchException under the conditions of {@link #all}
     */
    public Contents contents() {
        Map<String, ConsumerRecord<byte[], byte[]>> records = read();
        Contents contents = new Contents(new LinkedHashMap<>(), new LinkedHashMap<>());
        records.forEach((key, record) -> {
            // A part's key has one more '/'.
            if (key.indexOf('/', prefix.length()) < 0) {
                add(idOf(key, record), key, records, contents);
            }
        });
        return contents;
    }

    private void add(SchemaId id, String key, Map<String, ConsumerRecord<byte[], byte[]>> records, Contents contents) {
        ConsumerRecord<byte[], byte[]> record = Objects.requireNonNull(records.get(key));
        try {
            String unknown = SchemaRecords.readUnknown(record.value());
            if (unknown == null) {
                contents.schemas.put(id, SchemaRecords.read(record.value(), end -> valueOf(records.get(key + end))));
            } else {
                contents.unknown.put(id, unknown);
            }
        } catch (IOException | IllegalArgumentException e) {
            throw damaged(
                    key,
                    record,
                    String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private Map<String, ConsumerRecord<byte[], byte[]>> read() {
        Map<String, ConsumerRecord<byte[], byte[]>> records = new LinkedHashMap<>();
        try (KafkaAdmin admin = kafka.openAdmin()) {
            if (!admin.topicExists(TopicNames.BATCHES)) {
                return records;
            }
        }
        BatchesTopic.readUncommitted(kafka, record -> {
            String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
            if (!key.startsWith(prefix)) {
                return;
            }
            if (record.value() == null) {
                records.remove(key);
                return;
            }
            ConsumerRecord<byte[], byte[]> earlier = records.putIfAbsent(key, record);
            // Two subtasks may store the same schema. If it is not the same, each has read records with its own text.
            if (earlier != null && !Arrays.equals(earlier.value(), record.value())) {
                throw BatchException.refused(
                        "%s has another text in %s at offset %d than at offset %d: the registry was replaced or changed in between; find out which is right, and write an empty record under the key %s before the right one"
                                .formatted(nameOf(key), TopicNames.BATCHES, record.offset(), earlier.offset(), key));
            }
        });
        return records;
    }

    private SchemaId idOf(String key, ConsumerRecord<byte[], byte[]> record) {
        try {
            return SchemaId.of(key.substring(prefix.length()));
        } catch (IllegalArgumentException e) {
            throw damaged(key, record, "its key names no schema");
        }
    }

    private static byte @Nullable [] valueOf(@Nullable ConsumerRecord<byte[], byte[]> record) {
        return record == null ? null : record.value();
    }

    private BatchException damaged(String key, ConsumerRecord<byte[], byte[]> record, String reason) {
        return BatchException.refused(
                "%s in %s at offset %d is damaged (%s); restore it from a backup, or write an empty record under the key %s, and the batch asks the registry again"
                        .formatted(nameOf(key), TopicNames.BATCHES, record.offset(), reason, key));
    }

    private String nameOf(String key) {
        return "schema %s of batch '%s'".formatted(key.substring(prefix.length()), batchId);
    }

    /**
     * Stores a schema, unless the batch has it. Several subtasks may do this at once. When this returns, the schema is on as many
     * brokers as the topic has replicas in sync.
     *
     * @return the schema as it is stored, which is the same
     * @throws BatchException refused, when it is stored with another text or is damaged; failed, when Kafka does not store it
     */
    public StoredSchema putIfAbsent(SchemaId id, StoredSchema schema) {
        StoredSchema stored = all().get(id);
        if (stored == null) {
            SchemaRecords.write(schema).forEach((end, value) -> BatchesTopic.write(kafka, prefix + id + end, value));
            stored = all().get(id);
        }
        if (stored == null) {
            throw BatchException.failed("schema %s of batch '%s' is not in %s after it was stored"
                    .formatted(id, batchId, TopicNames.BATCHES));
        }
        if (!stored.equals(schema)) {
            throw changed(batchId, id, stored, schema);
        }
        return stored;
    }

    /**
     * Stores that the registry has no schema of an id, unless something is stored about it.
     *
     * @param message says so, in dead letters
     * @throws BatchException under the conditions of {@link #putIfAbsent}
     */
    public void putUnknown(SchemaId id, String message) {
        Contents contents = contents();
        if (!contents.schemas.containsKey(id) && !contents.unknown.containsKey(id)) {
            BatchesTopic.write(kafka, prefix + id, SchemaRecords.writeUnknown(message));
        }
    }

    static BatchException changed(String batchId, SchemaId id, StoredSchema stored, StoredSchema now) {
        return BatchException.refused(
                "schema %s of batch '%s' is stored with another text (%s) than the registry has now (%s): the registry was replaced or changed; let --registry lead to the one that the batch began with, or start a new batch"
                        .formatted(id, batchId, hash(stored), hash(now)));
    }

    private static String hash(StoredSchema schema) {
        return Sha256.shown(Sha256.of(schema.toString()));
    }
}
