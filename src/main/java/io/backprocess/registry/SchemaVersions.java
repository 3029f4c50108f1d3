package io.backprocess.registry;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.TopicNames;
import io.backprocess.kafka.BatchesTopic;
import io.backprocess.kafka.KafkaClients;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
    private final Map<Place, Integer> numbers = new ConcurrentHashMap<>();

    /** A schema in a subject. */
    private record Place(String subject, SchemaId id) {}

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
        Integer number = numbers.get(new Place(subject, id));
        return number == null || number == NONE ? null : number;
    }

    /** Learns what is stored. */
    void load() {
        if (subjects.isEmpty()) {
            return;
        }
        Map<String, ConsumerRecord<byte[], byte[]>> records = new LinkedHashMap<>();
        StoredSchemas.readExisting(kafka, record -> {
            String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
            if (key.startsWith(prefix) && record.value() == null) {
                records.remove(key);
            } else if (key.startsWith(prefix)) {
                records.putIfAbsent(key, record);
            }
        });
        records.forEach((key, record) -> numbers.put(place(key, record), number(key, record)));
    }

    /**
     * Learns the versions of a schema that the registry has, unless they are known.
     *
     * @param store whether they are stored
     * @throws RegistryException down, also when the registry does not know a subject
     * @throws BatchException refused, when the versions of a subject cannot be used
     */
    void acquire(SchemaId id, RegistryClient registry, boolean store) throws RegistryException {
        Map<Place, Integer> found = new HashMap<>();
        for (String subject : subjects) {
            Place place = new Place(subject, id);
            if (!numbers.containsKey(place)) {
                found.put(place, ask(place, registry));
            }
        }
        if (store) {
            found.forEach(this::store);
        }
        found.forEach(numbers::putIfAbsent);
    }

    /** Stores a number, and once more the one that counts where another subtask was faster, since compaction keeps the last. */
    private void store(Place place, int number) {
        write(place, number);
        load();
        int first = numbers.getOrDefault(place, number);
        if (first != number) {
            write(place, first);
        }
    }

    private void write(Place place, int number) {
        BatchesTopic.write(kafka, prefix + place.subject + "/" + place.id, Integer.toString(number));
    }

    private static int ask(Place place, RegistryClient registry) throws RegistryException {
        try {
            return registry.versions(place.subject).stream()
                    .filter(version -> version.ids().contains(place.id))
                    .mapToInt(RegistryApi.Version::number)
                    .max()
                    .orElse(NONE);
        } catch (RegistryException e) {
            if (e.kind() == RegistryException.Kind.BAD) {
                throw BatchException.refused(
                        "the versions of subject '%s', which 'from: schema-version' names, cannot be used: %s"
                                .formatted(place.subject, e.getMessage()),
                        e);
            }
            throw e.kind() == RegistryException.Kind.UNKNOWN
                    ? RegistryException.down(
                            "the registry has no subject '%s', which 'from: schema-version' names"
                                    .formatted(place.subject),
                            e)
                    : e;
        }
    }

    private Place place(String key, ConsumerRecord<byte[], byte[]> record) {
        int slash = key.lastIndexOf('/');
        try {
            return new Place(key.substring(prefix.length(), slash), SchemaId.of(key.substring(slash + 1)));
        } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
            throw damaged(key, record);
        }
    }

    private static int number(String key, ConsumerRecord<byte[], byte[]> record) {
        try {
            return Integer.parseInt(new String(record.value(), StandardCharsets.UTF_8));
        } catch (NumberFormatException e) {
            throw damaged(key, record);
        }
    }

    private static BatchException damaged(String key, ConsumerRecord<byte[], byte[]> record) {
        return BatchException.refused(
                "the record under the key %s in %s at offset %d is no version of a schema; write an empty record under the key, and the batch asks the registry again"
                        .formatted(key, TopicNames.BATCHES, record.offset()));
    }
}
