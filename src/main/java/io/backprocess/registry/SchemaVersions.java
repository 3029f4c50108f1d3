package io.backprocess.registry;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.TopicNames;
import io.backprocess.kafka.BatchesTopic;
import io.backprocess.kafka.KafkaClients;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The versions that the schemas of a batch have in subjects of the registry. The job stores them in {@code backprocess.batches}: key
 * {@code BATCH/schema-version/SUBJECT/ID}, value the number of the version. What is stored first counts.
 */
final class SchemaVersions {
    /** The number that stands for no version. */
    private static final int NONE = 0;

    private final String prefix;
    private final Set<String> subjects;
    private final KafkaClients kafka;
    private final Map<String, Integer> numbers = new ConcurrentHashMap<>();

    SchemaVersions(String batchId, Set<String> subjects, KafkaClients kafka) {
        this.prefix = batchId + "/schema-version/";
        this.subjects = subjects;
        this.kafka = kafka;
    }

    /**
     * Returns the version of a schema in a subject; null where it has none, or has not been acquired.
     *
     * @param subject one of the subjects
     */
    @Nullable
    Integer of(String subject, SchemaId id) {
        Integer number = numbers.get(key(subject, id));
        return number == null || number == NONE ? null : number;
    }

    /**
     * Learns the versions of a schema: those that are stored, or else those of the registry.
     *
     * @param store whether the versions are stored where they are not
     * @throws RegistryException down, also when the registry does not know a subject
     */
    void acquire(SchemaId id, RegistryClient registry, boolean store) throws RegistryException {
        load();
        Map<String, Integer> found = new HashMap<>();
        for (String subject : subjects) {
            String key = key(subject, id);
            if (!numbers.containsKey(key)) {
                found.put(key, ask(subject, id, registry));
            }
        }
        if (!found.isEmpty() && store) {
            found.forEach((key, number) -> BatchesTopic.write(kafka, key, number.toString()));
            load();
        }
        found.forEach(numbers::putIfAbsent);
    }

    private static int ask(String subject, SchemaId id, RegistryClient registry) throws RegistryException {
        try {
            return registry.versions(subject).stream()
                    .filter(version -> version.ids().contains(id))
                    .mapToInt(RegistryApi.Version::number)
                    .max()
                    .orElse(NONE);
        } catch (RegistryException e) {
            throw e.kind() == RegistryException.Kind.UNKNOWN
                    ? RegistryException.down(
                            "the registry has no subject '%s', which 'from: schema-version' names".formatted(subject),
                            e)
                    : e;
        }
    }

    private void load() {
        StoredSchemas.readExisting(kafka, record -> {
            String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
            if (key.startsWith(prefix) && record.value() != null) {
                numbers.putIfAbsent(key, number(key, record));
            }
        });
    }

    private static int number(String key, ConsumerRecord<byte[], byte[]> record) {
        try {
            return Integer.parseInt(new String(record.value(), StandardCharsets.UTF_8));
        } catch (NumberFormatException e) {
            throw BatchException.refused(
                    "the record under the key %s in %s at offset %d is no number of a version; write an empty record under the key, and the batch asks the registry again"
                            .formatted(key, TopicNames.BATCHES, record.offset()));
        }
    }

    private String key(String subject, SchemaId id) {
        return prefix + subject + "/" + id;
    }
}
