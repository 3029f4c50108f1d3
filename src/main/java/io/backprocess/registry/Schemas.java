package io.backprocess.registry;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.Encoding;
import io.backprocess.batch.Format;
import io.backprocess.batch.Framing;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.UnreadableException;
import io.backprocess.event.ValueReader;
import io.backprocess.format.Codec;
import io.backprocess.format.EncodedValue;
import io.backprocess.format.UnfitException;
import io.backprocess.format.avro.AvroCodec;
import io.backprocess.json.MemberIndex;
import io.backprocess.kafka.KafkaClients;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The schemas of a batch. A schema is looked up in memory, among those that the batch has stored, and in the registry, in this
 * order. So a batch whose schemas are stored needs no registry.
 */
public final class Schemas implements ValueReader {
    private static final long serialVersionUID = 1;

    private static final Logger LOG = LoggerFactory.getLogger(Schemas.class);
    /** The number of times that a command asks a registry that does not answer. */
    private static final int ATTEMPTS = 3;

    private final String batchId;
    private final Format format;
    private final Framing framing;
    private final String registry;
    private final KafkaClients kafka;
    private final Use use;

    private transient volatile @Nullable Map<SchemaId, Found> found;

    /** The purpose of the schemas. */
    private enum Use {
        /** A command reads what the batch has stored, and stores nothing. */
        COMMAND,
        /** The job stores every schema that it meets first. */
        JOB,
        /** The proof of a redrive also reads the schemas that redrives have stored. */
        REDRIVEN,
        /** A redrive that is tried out also asks again for the schemas that the registry did not have. */
        REDRIVE_DRY,
        /** A redrive stores those that the registry has now. */
        REDRIVE;

        boolean readsLater() {
            return this == REDRIVEN || asksAgain();
        }

        boolean asksAgain() {
            return this == REDRIVE_DRY || this == REDRIVE;
        }
    }

    private Schemas(String batchId, Encoding encoding, KafkaClients kafka, Use use) {
        this.batchId = batchId;
        this.format = encoding.format();
        this.framing = Objects.requireNonNull(encoding.framing());
        this.registry = Objects.requireNonNull(encoding.registry());
        this.kafka = kafka;
        this.use = use;
    }

    /**
     * Returns the schemas for a command, which stores none; null where values are plain JSON.
     *
     * @param encoding of a batch that is planned, or for which everything is said
     */
    public static @Nullable Schemas of(String batchId, @Nullable Encoding encoding, KafkaClients kafka) {
        return of(batchId, encoding, kafka, Use.COMMAND);
    }

    /** Returns the schemas of a batch for a command; null where values are plain JSON. */
    public static @Nullable Schemas of(BatchPlan plan, KafkaClients kafka) {
        return of(plan, kafka, Use.COMMAND);
    }

    /** Returns the schemas for a job, which stores those that it meets first; null where values are plain JSON. */
    public static @Nullable Schemas ofJob(BatchPlan plan, KafkaClients kafka) {
        return of(plan, kafka, Use.JOB);
    }

    /** Returns the schemas for the proof of redrives; null where values are plain JSON. */
    public static @Nullable Schemas ofRedriven(BatchPlan plan, KafkaClients kafka) {
        return of(plan, kafka, Use.REDRIVEN);
    }

    /**
     * Returns the schemas for a redrive, which asks again for those that the registry did not have; null where values are plain
     * JSON.
     */
    public static @Nullable Schemas ofRedrive(BatchPlan plan, KafkaClients kafka, boolean execute) {
        return of(plan, kafka, execute ? Use.REDRIVE : Use.REDRIVE_DRY);
    }

    private static @Nullable Schemas of(BatchPlan plan, KafkaClients kafka, Use use) {
        return of(plan.spec().batchId(), plan.spec().encoding(), kafka, use);
    }

    private static @Nullable Schemas of(String batchId, @Nullable Encoding encoding, KafkaClients kafka, Use use) {
        return encoding == null ? null : new Schemas(batchId, encoding, kafka, use);
    }

    /**
     * What is known about an id.
     *
     * @param codec null where the schema is not known
     * @param unknown why it is not known; null where it is
     */
    private record Found(@Nullable Codec codec, @Nullable String unknown) {}

    @Override
    public EncodedValue read(SourceRecord record, byte[] value, MemberIndex members) throws UnreadableException {
        Frame frame = Frame.of(framing, record);
        Found schema = known().get(frame.id());
        if (schema == null) {
            schema = find(frame.id());
        }
        if (schema.codec == null) {
            throw UnreadableException.unknownSchema(String.valueOf(schema.unknown));
        }
        try {
            return new EncodedValue(schema.codec, value, frame.from(), schema.codec.read(value, frame.from(), members));
        } catch (UnfitException e) {
            throw UnreadableException.unfit("the value is none of schema %s: %s".formatted(frame.id(), e.getMessage()));
        }
    }

    private Map<SchemaId, Found> known() {
        Map<SchemaId, Found> known = found;
        if (known == null) {
            synchronized (this) {
                known = found == null ? new ConcurrentHashMap<>() : found;
                found = known;
            }
        }
        return known;
    }

    /** Returns what is known about an id, and asks a few times where the registry does not answer. */
    private synchronized Found find(SchemaId id) {
        RegistryException last = null;
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            try {
                acquire(id);
                return Objects.requireNonNull(known().get(id));
            } catch (RegistryException e) {
                if (e.kind() == RegistryException.Kind.UNKNOWN) {
                    return unknown(id, e);
                }
                last = e;
            }
        }
        throw BatchException.unreachable(
                "the schema registry does not give a schema that batch '%s' has not stored: %s"
                        .formatted(batchId, Objects.requireNonNull(last).getMessage()),
                last);
    }

    /** Tells whether everything is known that is needed to read values of an id. */
    boolean isKnown(SchemaId id) {
        return known().containsKey(id);
    }

    /** Returns the id of a record's schema; null where the record names none. */
    @Nullable
    SchemaId idOf(SourceRecord record) {
        try {
            return record.value() == null ? null : Frame.of(framing, record).id();
        } catch (UnreadableException e) {
            return null;
        }
    }

    /**
     * Looks a schema up. A job has stored it when this returns.
     *
     * @throws RegistryException unknown or down
     * @throws BatchException refused, when the registry gives what cannot be used, or another text than before
     */
    synchronized void acquire(SchemaId id) throws RegistryException {
        StoredSchemas store = StoredSchemas.of(batchId, kafka);
        StoredSchemas later = StoredSchemas.ofRedrives(batchId, kafka);
        StoredSchemas.Contents stored = store.contents();
        add(stored.schemas());
        if (use.readsLater()) {
            add(later.all());
        }
        if (!use.asksAgain()) {
            stored.unknown().forEach((each, message) -> known().putIfAbsent(each, new Found(null, message)));
        }
        if (known().containsKey(id)) {
            return;
        }
        StoredSchema schema;
        try {
            schema = RegistryClient.open(registry, framing, format, kafka).get(id);
        } catch (RegistryException e) {
            String noted = stored.unknown().get(id);
            if (e.kind() == RegistryException.Kind.UNKNOWN && noted != null) {
                known().put(id, new Found(null, noted));
                return;
            }
            if (e.kind() == RegistryException.Kind.BAD) {
                throw BatchException.refused(
                        "the schema registry at %s gives what batch '%s' cannot use: %s"
                                .formatted(registry, batchId, e.getMessage()),
                        e);
            }
            throw e;
        }
        Found compiled = compile(id, schema);
        if (use == Use.JOB || use == Use.REDRIVE) {
            (use == Use.JOB ? store : later).putIfAbsent(id, schema);
        }
        known().put(id, compiled);
    }

    private void add(Map<SchemaId, StoredSchema> schemas) {
        schemas.forEach((id, schema) -> known().computeIfAbsent(id, unused -> compile(id, schema)));
    }

    /**
     * Asks the registry whether it still has the schemas that the batch has stored. This checks nothing where the registry does not
     * answer, because a batch can go on with its stored schemas.
     *
     * @throws BatchException refused, when the registry has another text for an id, because new records of the id would be misread
     */
    public void checkStored() {
        RegistryClient client = RegistryClient.open(registry, framing, format, kafka);
        for (Map.Entry<SchemaId, StoredSchema> stored :
                StoredSchemas.of(batchId, kafka).all().entrySet()) {
            try {
                StoredSchema now = client.get(stored.getKey());
                if (!now.equals(stored.getValue())) {
                    throw StoredSchemas.changed(batchId, stored.getKey(), stored.getValue(), now);
                }
            } catch (RegistryException e) {
                LOG.info(
                        "Schema {} of {} is not compared with the registry's: {}",
                        stored.getKey(),
                        batchId,
                        e.getMessage());
                if (e.kind() == RegistryException.Kind.DOWN) {
                    return;
                }
            }
        }
    }

    /** Notes that the registry has no schema of an id. A job stores that too. */
    synchronized Found unknown(SchemaId id, RegistryException answer) {
        String message = "the schema registry has no %s".formatted(answer.getMessage());
        if (use == Use.JOB) {
            StoredSchemas.of(batchId, kafka).putUnknown(id, message);
        }
        Found unknown = new Found(null, message);
        known().put(id, unknown);
        return unknown;
    }

    /** Returns the number of ids of which the registry has no schema. */
    long unknown() {
        return known().values().stream().filter(each -> each.codec == null).count();
    }

    private Found compile(SchemaId id, StoredSchema schema) {
        try {
            return new Found(
                    switch (format) {
                        case AVRO -> AvroCodec.of(schema.text());
                        default -> throw new UnfitException("--format %s is not read yet".formatted(format));
                    },
                    null);
        } catch (UnfitException e) {
            throw BatchException.refused(
                    "schema %s of batch '%s' cannot be used: %s".formatted(id, batchId, e.getMessage()));
        }
    }
}
