package io.backprocess.context;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.ContextSpec;
import io.backprocess.event.Contexts;
import io.backprocess.event.FlatEvent;
import io.backprocess.event.JsonObject;
import io.backprocess.kafka.KafkaClients;
import java.nio.file.Path;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads the contexts that old events need: all of the plan's contexts, before the first event requests one. */
public final class ContextLoader {
    private static final Logger LOG = LoggerFactory.getLogger(ContextLoader.class);

    private ContextLoader() {}

    /**
     * Loads the contexts. They are available until they are closed; null when the plan has no contexts.
     *
     * @param directory a directory on a disk with room for the contexts
     * @throws BatchException refused, when they are no longer the contexts that the plan was made with
     */
    public static @Nullable Contexts open(BatchPlan plan, KafkaClients kafka, Path directory) {
        ContextSpec spec = plan.spec().context();
        if (spec == null) {
            return null;
        }
        long began = System.nanoTime();
        ContextStore store = new ContextStore(spec.topic(), directory);
        try {
            ContextTopic.read(plan, kafka, record -> add(record, spec.key(), store));
            store.sort();
        } catch (RuntimeException | Error e) {
            store.close();
            throw e;
        }
        LOG.info("contexts of topic {} are loaded after {} ms", spec.topic(), (System.nanoTime() - began) / 1_000_000);
        return store;
    }

    /** Loads the contexts into the directory for temporary files, for a command. */
    public static @Nullable Contexts open(BatchPlan plan, KafkaClients kafka) {
        return open(plan, kafka, Path.of(System.getProperty("java.io.tmpdir", ".")));
    }

    private static void add(ConsumerRecord<byte[], byte[]> record, String key, ContextStore store) {
        byte[] subject = record.key() == null ? told(record.value(), key) : record.key();
        if (subject != null && subject.length > 0) {
            store.add(subject, record.timestamp(), record.partition(), record.offset(), record.value());
        }
    }

    /** Returns the subject that the value names, for a topic without keys; null when it names none. */
    private static byte @Nullable [] told(byte @Nullable [] value, String key) {
        JsonObject json = value == null ? null : JsonObject.read(value);
        return json == null ? null : FlatEvent.subject(json, key);
    }
}
