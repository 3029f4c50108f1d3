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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
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
     * @param unknown why there is no schema of an id that can be used, for the dead letters of all its records
     */
    public record Contents(Map<SchemaId, StoredSchema> schemas, Map<SchemaId, String> unknown) {
        boolean has(SchemaId id) {
            return schemas.containsKey(id) || unknown.containsKey(id);
        }
    }

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
        return contents(read(new HashSet<>()));
    }

    private Contents contents(Map<String, ConsumerRecord<byte[], byte[]>> records) {
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

    /** @param overruled takes the keys whose first record has another one behind it that does not count */
    private Map<String, ConsumerRecord<byte[], byte[]>> read(Set<String> overruled) {
        Map<String, ConsumerRecord<byte[], byte[]>> records = new LinkedHashMap<>();
        readExisting(kafka, record -> {
            String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
            if (!key.startsWith(prefix)) {
                return;
            }
            overruled.remove(key);
            if (record.value() == null) {
                records.remove(key);
                return;
            }
            ConsumerRecord<byte[], byte[]> earlier = records.putIfAbsent(key, record);
            if (earlier == null || Arrays.equals(earlier.value(), record.value())) {
                return;
            }
            // The schema may have been registered between the questions of two subtasks. The first answer counts for
            // both.
            if (isUnknown(earlier) || isUnknown(record)) {
                overruled.add(key);
            } else {
                // Each subtask has read records with its own text.
                throw BatchException.refused(
                        "%s has another text in %s at offset %d than at offset %d: the registry was replaced or changed in between; find out which is right, and write an empty record under the key %s before the right one"
                                .formatted(nameOf(key), TopicNames.BATCHES, record.offset(), earlier.offset(), key));
            }
        });
        return records;
    }

    private static boolean isUnknown(ConsumerRecord<byte[], byte[]> record) {
        try {
            return SchemaRecords.readUnknown(record.value()) != null;
        } catch (IOException e) {
            return false;
        }
    }

    /** Reads the topic, if it exists. It does not before the first batch. */
    static void readExisting(KafkaClients kafka, Consumer<ConsumerRecord<byte[], byte[]>> taker) {
        boolean exists;
        try (KafkaAdmin admin = kafka.openAdmin()) {
            exists = admin.topicExists(TopicNames.BATCHES);
        }
        if (exists) {
            BatchesTopic.readUncommitted(kafka, taker);
        }
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
     * Stores a schema, unless something is stored about its id. Several subtasks may do this at once. When this returns, it is on
     * as many brokers as the topic has replicas in sync.
     *
     * @return what is stored, which has this schema or says why records of the id have none
     * @throws BatchException refused, when it is stored with another text or is damaged; failed, when Kafka does not store it
     */
    public Contents putIfAbsent(SchemaId id, StoredSchema schema) {
        Contents stored = put(id, () -> SchemaRecords.write(schema));
        StoredSchema first = stored.schemas.get(id);
        if (first != null && !first.equals(schema)) {
            throw changed(batchId, id, first, schema);
        }
        return stored;
    }

    /**
     * Stores that there is no schema of an id that can be used, unless something is stored about it.
     *
     * @param message says why, in dead letters
     * @return what is stored, which has this or another message, or a schema
     * @throws BatchException under the conditions of {@link #putIfAbsent}
     */
    public Contents putUnknown(SchemaId id, String message) {
        return put(id, () -> Map.of("", SchemaRecords.writeUnknown(message)));
    }

    private Contents put(SchemaId id, Supplier<Map<String, String>> values) {
        Contents before = contents();
        if (before.has(id)) {
            return before;
        }
        values.get().forEach((end, value) -> BatchesTopic.write(kafka, prefix + id + end, value));
        Set<String> overruled = new HashSet<>();
        Map<String, ConsumerRecord<byte[], byte[]>> records = read(overruled);
        ConsumerRecord<byte[], byte[]> first = records.get(prefix + id);
        if (first == null) {
            throw BatchException.failed("schema %s of batch '%s' is not in %s after it was stored"
                    .formatted(id, batchId, TopicNames.BATCHES));
        }
        if (overruled.contains(prefix + id)) {
            // Kafka's compaction keeps the last record of a key.
            BatchesTopic.write(kafka, prefix + id, new String(first.value(), StandardCharsets.UTF_8));
        }
        return contents(records);
    }

    static BatchException changed(String batchId, SchemaId id, StoredSchema stored, StoredSchema now) {
        return BatchException.refused(
                "schema %s of batch '%s' is stored with another text (%s) than the registry has now (%s): the registry was replaced or changed; let the property schema.registry.url lead to the one that the batch began with, or start a new batch"
                        .formatted(id, batchId, hash(stored), hash(now)));
    }

    private static String hash(StoredSchema schema) {
        return Sha256.shown(Sha256.of(schema.toString()));
    }
}
