package io.backprocess.registry;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.Encoding;
import io.backprocess.batch.Framing;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.UnreadableException;
import io.backprocess.event.ValueFormat;
import io.backprocess.format.Codec;
import io.backprocess.format.EncodedValue;
import io.backprocess.format.UnfitException;
import io.backprocess.json.JsonPointer;
import io.backprocess.json.MemberIndex;
import io.backprocess.kafka.KafkaClients;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The schemas of a batch. A schema is looked up in memory, among those that the batch has stored, and in the registry, in this
 * order. So a batch whose schemas are stored needs no registry.
 */
public final class Schemas implements ValueFormat {
    private static final long serialVersionUID = 1;

    private static final Logger LOG = LoggerFactory.getLogger(Schemas.class);
    /** The number of times that a command asks a registry that does not answer. */
    private static final int ATTEMPTS = 3;

    private final String batchId;
    private final Encoding encoding;
    private final Framing framing;
    private final KafkaClients kafka;
    private final SchemaUse use;
    private final TreeSet<String> versionSubjects;

    private transient volatile @Nullable Map<SchemaId, Found> found;
    private transient volatile @Nullable ResultTarget target;
    private transient @Nullable SchemaVersions versions;

    private Schemas(String batchId, Encoding encoding, KafkaClients kafka, SchemaUse use, Set<String> versionSubjects) {
        this.batchId = batchId;
        this.encoding = encoding;
        this.framing = Objects.requireNonNull(encoding.framing());
        this.kafka = kafka;
        this.use = use;
        this.versionSubjects = new TreeSet<>(versionSubjects);
    }

    /**
     * Returns the schemas for a command, which stores none; null where values are plain JSON.
     *
     * @param encoding of a batch that is planned, or for which everything is said
     */
    public static @Nullable Schemas of(String batchId, @Nullable Encoding encoding, KafkaClients kafka) {
        return of(batchId, encoding, kafka, SchemaUse.COMMAND);
    }

    /** Returns the schemas of a batch for a command; null where values are plain JSON. */
    public static @Nullable Schemas of(BatchPlan plan, KafkaClients kafka) {
        return of(plan, kafka, SchemaUse.COMMAND);
    }

    /** Returns the schemas for a job, which stores those that it meets first; null where values are plain JSON. */
    public static @Nullable Schemas ofJob(BatchPlan plan, KafkaClients kafka) {
        return of(plan, kafka, SchemaUse.JOB);
    }

    /** Returns the schemas for the proof of redrives; null where values are plain JSON. */
    public static @Nullable Schemas ofRedriven(BatchPlan plan, KafkaClients kafka) {
        return of(plan, kafka, SchemaUse.REDRIVEN);
    }

    /**
     * Returns the schemas for a redrive, which asks again for those that the registry did not have; null where values are plain
     * JSON.
     */
    public static @Nullable Schemas ofRedrive(BatchPlan plan, KafkaClients kafka, boolean execute) {
        return of(plan, kafka, execute ? SchemaUse.REDRIVE : SchemaUse.REDRIVE_DRY);
    }

    private static @Nullable Schemas of(BatchPlan plan, KafkaClients kafka, SchemaUse use) {
        return of(plan.spec().batchId(), plan.spec().encoding(), kafka, use);
    }

    private static @Nullable Schemas of(
            String batchId, @Nullable Encoding encoding, KafkaClients kafka, SchemaUse use) {
        return encoding == null ? null : new Schemas(batchId, encoding, kafka, use, Set.of());
    }

    @Override
    public Schemas knowingVersions(Set<String> subjects) {
        return subjects.equals(versionSubjects) ? this : new Schemas(batchId, encoding, kafka, use, subjects);
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
        if (encoding.resultSchema() != null) {
            // The first result is written within a revision's time, and a failure there would be the event's.
            target();
        }
        Frame frame = frame(record);
        Found schema = known().get(frame.id());
        if (schema == null) {
            schema = find(frame.id());
        }
        if (schema.codec == null) {
            throw UnreadableException.unknownSchema(String.valueOf(schema.unknown));
        }
        try {
            Codec codec = frame.ofType(schema.codec, value);
            return new EncodedValue(codec, value, frame.from(), codec.read(value, frame.from(), members));
        } catch (UnfitException e) {
            throw UnreadableException.unfit("the value is none of schema %s: %s".formatted(frame.id(), e.getMessage()));
        }
    }

    @Override
    public @Nullable Integer schemaVersion(String subject, SourceRecord record) throws UnreadableException {
        return versions().of(subject, frame(record).id());
    }

    private Frame frame(SourceRecord record) throws UnreadableException {
        return Frame.of(encoding.format(), framing, record);
    }

    private synchronized SchemaVersions versions() {
        SchemaVersions known = versions == null ? new SchemaVersions(batchId, versionSubjects, kafka) : versions;
        versions = known;
        return known;
    }

    @Override
    public byte[] write(EncodedValue base, byte[] json, Map<JsonPointer, JsonPointer> origins) throws UnfitException {
        return hasAnotherTarget(base)
                ? target().write(base, json, origins)
                : base.codec().write(base, json, origins, base.frame());
    }

    @Override
    public Headers headers(EncodedValue base, Headers headers) throws UnfitException {
        return hasAnotherTarget(base) ? target().headers(base, headers) : headers;
    }

    /** Tells whether results have another schema than their source. */
    private boolean hasAnotherTarget(EncodedValue base) {
        return encoding.resultSchema() != null && target().codec() != base.codec();
    }

    /**
     * Returns the schema of results. A command takes it from the registry where the batch has not stored it, because it shows what a
     * batch would write.
     */
    private ResultTarget target() {
        ResultTarget known = target;
        if (known == null) {
            synchronized (this) {
                known = target == null ? findTarget() : target;
                target = known;
            }
        }
        return known;
    }

    private ResultTarget findTarget() {
        ResultSchemas results = Objects.requireNonNull(ResultSchemas.of(batchId, encoding, kafka));
        Map.Entry<SchemaId, StoredSchema> schema = results.stored();
        if (schema == null && use != SchemaUse.COMMAND) {
            throw BatchException.refused(
                    "batch '%s' has not stored the schema of its results; start it again with: run".formatted(batchId));
        }
        versions().load();
        if (schema == null) {
            schema = results.proposed();
            acquireVersions(schema.getKey());
        }
        add(Map.ofEntries(schema));
        Found added = Objects.requireNonNull(known().get(schema.getKey()));
        return new ResultTarget(framing, schema.getKey(), Objects.requireNonNull(added.codec));
    }

    private void acquireVersions(SchemaId id) {
        try {
            versions().acquire(id, registry(), false);
        } catch (RegistryException e) {
            throw BatchException.unreachable(
                    "the schema registry does not give the version of the schema of results: " + e.getMessage(), e);
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
                "the schema registry does not give a schema, and batch '%s' has not stored it: %s"
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
            return record.value() == null ? null : frame(record).id();
        } catch (UnreadableException e) {
            return null;
        }
    }

    /**
     * Looks a schema up. A job has stored it when this returns, or that the one of the registry cannot be used.
     *
     * @throws RegistryException unknown or down
     * @throws BatchException refused, when the registry gives another text than before
     */
    synchronized void acquire(SchemaId id) throws RegistryException {
        StoredSchemas.Contents stored = StoredSchemas.of(batchId, kafka).contents();
        // A version is stored before its schema, so those of all stored schemas are there now.
        versions().load();
        add(stored.schemas());
        if (encoding.resultSchema() != null) {
            add(StoredSchemas.ofResults(batchId, kafka).all());
        }
        if (use.readsLater()) {
            add(StoredSchemas.ofRedrives(batchId, kafka).all());
        }
        if (!use.asksAgain()) {
            stored.unknown().forEach((each, message) -> known().putIfAbsent(each, new Found(null, message)));
        }
        if (known().containsKey(id)) {
            return;
        }
        known().put(id, ask(id, stored.unknown().get(id)));
    }

    /**
     * Asks the registry, and stores its answer.
     *
     * @param noted why the batch has no schema of the id, where it has stored that; null where it has not
     */
    private Found ask(SchemaId id, @Nullable String noted) throws RegistryException {
        RegistryClient client = registry();
        StoredSchema schema;
        Codec codec;
        try {
            schema = client.get(id);
            codec = SchemaCodecs.compile(schema, encoding);
        } catch (UnfitException e) {
            return without(id, noted == null ? unusable("schema %s: %s".formatted(id, e.getMessage())) : noted);
        } catch (RegistryException e) {
            if (e.kind() == RegistryException.Kind.BAD) {
                return without(id, noted == null ? unusable(e.getMessage()) : noted);
            }
            if (e.kind() == RegistryException.Kind.UNKNOWN && noted != null) {
                return new Found(null, noted);
            }
            throw e;
        }
        versions().acquire(id, client, use.stores());
        if (use.stores()) {
            StoredSchemas store =
                    use == SchemaUse.JOB ? StoredSchemas.of(batchId, kafka) : StoredSchemas.ofRedrives(batchId, kafka);
            String first = store.putIfAbsent(id, schema).unknown().get(id);
            if (first != null) {
                return new Found(null, first);
            }
        }
        return new Found(codec, null);
    }

    private RegistryClient registry() {
        return RegistryClient.open(encoding, kafka);
    }

    private String unusable(@Nullable String why) {
        return "the schema registry at %s gives what cannot be used: %s".formatted(encoding.registry(), why);
    }

    /** Returns what is known about an id without a schema that can be used. A job stores that. */
    private Found without(SchemaId id, String message) {
        if (use != SchemaUse.JOB) {
            return new Found(null, message);
        }
        StoredSchemas.Contents stored = StoredSchemas.of(batchId, kafka).putUnknown(id, message);
        StoredSchema first = stored.schemas().get(id);
        return first == null ? new Found(null, stored.unknown().get(id)) : compile(id, first);
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
        RegistryClient client = registry();
        Map<SchemaId, StoredSchema> all =
                new LinkedHashMap<>(StoredSchemas.of(batchId, kafka).all());
        all.putAll(StoredSchemas.ofResults(batchId, kafka).all());
        for (Map.Entry<SchemaId, StoredSchema> stored : all.entrySet()) {
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
        Found found = without(id, "the schema registry has no %s".formatted(answer.getMessage()));
        known().put(id, found);
        return found;
    }

    /** Returns the number of ids of which there is no schema that can be used. */
    long unknown() {
        return known().values().stream().filter(each -> each.codec == null).count();
    }

    private Found compile(SchemaId id, StoredSchema schema) {
        try {
            return new Found(SchemaCodecs.compile(schema, encoding), null);
        } catch (UnfitException e) {
            throw BatchException.refused(
                    "schema %s of batch '%s' cannot be used: %s".formatted(id, batchId, e.getMessage()));
        }
    }
}
