package io.backprocess.registry;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.Encoding;
import io.backprocess.batch.ResultSchema;
import io.backprocess.format.UnfitException;
import io.backprocess.kafka.KafkaClients;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks up, registers and stores the schema that the results of a batch are written with. */
public final class ResultSchemas {
    private final String batchId;
    private final Encoding encoding;
    private final ResultSchema wanted;
    private final KafkaClients kafka;

    private ResultSchemas(String batchId, Encoding encoding, ResultSchema wanted, KafkaClients kafka) {
        this.batchId = batchId;
        this.encoding = encoding;
        this.wanted = wanted;
        this.kafka = kafka;
    }

    /** Returns null where results have the schema of their source. */
    public static @Nullable ResultSchemas of(BatchSpec spec, KafkaClients kafka) {
        return of(spec.batchId(), spec.encoding(), kafka);
    }

    static @Nullable ResultSchemas of(String batchId, @Nullable Encoding encoding, KafkaClients kafka) {
        return encoding == null || encoding.resultSchema() == null
                ? null
                : new ResultSchemas(batchId, encoding, encoding.resultSchema(), kafka);
    }

    /**
     * A schema for results.
     *
     * @param id null where the registry does not have it
     * @param version its version in the subject, also if it would be registered next
     */
    public record Look(StoredSchema schema, @Nullable SchemaId id, int version, List<String> objections) {
        boolean isRegistered() {
            return id != null;
        }
    }

    /**
     * Looks the schema up in the registry, and asks what speaks against it where the registry does not have it.
     *
     * @param registers whether it is to be registered if the registry does not have it
     * @throws BatchException usage, when the registry does not have it and it is not to be registered, or when it is no schema;
     *     unreachable, when the registry does not answer
     */
    public Look look(boolean registers) {
        Look look = look();
        if (!look.isRegistered() && !registers) {
            throw BatchException.usage(
                    ("--result-schema: the registry at %s does not have this schema under subject '%s'; add --register to"
                                    + " register it at the start; %s")
                            .formatted(encoding.registry(), wanted.subject(), inWords(look)));
        }
        return look;
    }

    private Look look() {
        try {
            return wanted.schema() == null ? ofVersion() : ofText(wanted.schema());
        } catch (RegistryException e) {
            throw refusal(e);
        }
    }

    private Look ofVersion() throws RegistryException {
        RegistryClient client = client();
        RegistryApi.Version version = client.version(wanted.subject(), Objects.requireNonNull(wanted.version()));
        return found(client, version);
    }

    private Look found(RegistryClient client, RegistryApi.Version version) throws RegistryException {
        StoredSchema schema = client.get(version.id());
        compile(schema);
        return new Look(schema, version.id(), version.number(), List.of());
    }

    private Look ofText(String text) throws RegistryException {
        RegistryClient client = client();
        StoredSchema draft = client.draftOf(wanted.subject(), text);
        compile(draft);
        RegistryApi.Version version = find(client, text);
        return version == null
                ? new Look(draft, null, nextVersion(client), client.objections(wanted.subject(), text))
                : found(client, version);
    }

    private int nextVersion(RegistryClient client) throws RegistryException {
        try {
            return 1
                    + client.versions(wanted.subject()).stream()
                            .mapToInt(RegistryApi.Version::number)
                            .max()
                            .orElse(0);
        } catch (RegistryException e) {
            if (e.kind() == RegistryException.Kind.UNKNOWN) {
                return 1;
            }
            throw e;
        }
    }

    private RegistryApi.@Nullable Version find(RegistryClient client, String text) throws RegistryException {
        try {
            return client.find(wanted.subject(), text);
        } catch (RegistryException e) {
            if (e.kind() == RegistryException.Kind.UNKNOWN) {
                return null;
            }
            throw e;
        }
    }

    private void compile(StoredSchema schema) {
        try {
            SchemaCodecs.compile(schema, encoding);
        } catch (UnfitException e) {
            throw BatchException.usage("--result-schema: it cannot be used: " + e.getMessage());
        }
    }

    /** Returns the subject of the schema. */
    public String subject() {
        return wanted.subject();
    }

    /** Says what the registry has, and what it says about a schema that it does not have. */
    public String inWords(Look look) {
        if (look.isRegistered()) {
            return "version %d of %s, schema %s".formatted(look.version(), wanted.subject(), look.id());
        }
        return look.objections().isEmpty()
                ? "the registry says that it is compatible as version %d of %s"
                        .formatted(look.version(), wanted.subject())
                : "the registry says that it is not compatible as version %d of %s: %s"
                        .formatted(look.version(), wanted.subject(), String.join("; ", look.objections()));
    }

    /**
     * Registers the schema, unless the registry has it.
     *
     * @throws BatchException refused, when the registry does not take it; unreachable, when it does not answer
     */
    public void register() {
        Look look = look();
        if (look.isRegistered()) {
            return;
        }
        try {
            client().register(wanted.subject(), Objects.requireNonNull(wanted.schema()));
        } catch (RegistryException e) {
            if (e.kind() == RegistryException.Kind.BAD) {
                throw BatchException.refused(
                        "--register: the registry does not take the schema as a version of '%s': %s"
                                .formatted(wanted.subject(), e.getMessage()));
            }
            throw refusal(e);
        }
    }

    /**
     * Stores the schema with the batch, unless it is stored. Later starts and commands take the stored one.
     *
     * @param versionSubjects the subjects in which the version of a record is that of its schema
     * @throws BatchException refused, when the registry does not have it any more; unreachable, when it does not answer
     */
    public void store(Set<String> versionSubjects) {
        StoredSchemas store = StoredSchemas.ofResults(batchId, kafka);
        if (!store.all().isEmpty()) {
            return;
        }
        Look look = look(false);
        SchemaId id = Objects.requireNonNull(look.id());
        try {
            new SchemaVersions(batchId, versionSubjects, kafka).acquire(id, client(), true);
        } catch (RegistryException e) {
            throw refusal(e);
        }
        store.putIfAbsent(id, look.schema());
    }

    /** Returns the stored schema; null where none is stored. */
    Map.@Nullable Entry<SchemaId, StoredSchema> stored() {
        Map<SchemaId, StoredSchema> all =
                StoredSchemas.ofResults(batchId, kafka).all();
        if (all.size() > 1) {
            throw BatchException.refused("batch '%s' has %d schemas of results, and one is right: %s"
                    .formatted(batchId, all.size(), all.keySet()));
        }
        return all.isEmpty() ? null : all.entrySet().iterator().next();
    }

    /** Returns the schema for a command that shows what a batch would write; an id of 0 where the registry does not have it. */
    Map.Entry<SchemaId, StoredSchema> proposed() {
        Look look = look();
        return Map.entry(look.id() == null ? zero() : look.id(), look.schema());
    }

    private SchemaId zero() {
        return switch (Objects.requireNonNull(encoding.framing())) {
            case CONFLUENT -> SchemaId.number(SchemaId.Kind.CONFLUENT, 0);
            case CONFLUENT_HEADER -> SchemaId.guid(0, 0);
            case APICURIO_CONTENT4, APICURIO_HEADERS -> SchemaId.number(SchemaId.Kind.CONTENT, 0);
            case APICURIO_GLOBAL8 -> SchemaId.number(SchemaId.Kind.GLOBAL, 0);
        };
    }

    private RegistryClient client() {
        return RegistryClient.open(encoding, kafka);
    }

    private BatchException refusal(RegistryException e) {
        return switch (e.kind()) {
            case UNKNOWN ->
                BatchException.usage(
                        "--result-schema %s: the registry does not have it: %s".formatted(wanted, e.getMessage()));
            case BAD -> BatchException.usage("--result-schema %s: %s".formatted(wanted, e.getMessage()));
            case DOWN ->
                BatchException.unreachable(
                        "the schema registry does not say which schema --result-schema %s is: %s"
                                .formatted(wanted, e.getMessage()),
                        e);
        };
    }
}
