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
import java.util.Optional;
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

    /** A schema for results, as the registry knows it. */
    public sealed interface Look {
        StoredSchema schema();

        /** Returns its version in the subject, also if it would be registered next. */
        int version();

        /** Says what the registry has, or what it says about a schema that it does not have. */
        String inWords(String subject);
    }

    /** A schema that the registry has. */
    public record Registered(StoredSchema schema, SchemaId id, int version) implements Look {
        @Override
        public String inWords(String subject) {
            return "version %d of %s, schema %s".formatted(version, subject, id);
        }
    }

    /**
     * A schema that the registry does not have.
     *
     * @param schema the draft with all that it refers to
     * @param objections what the registry says against it
     */
    public record Unregistered(StoredSchema schema, RegistryApi.Draft draft, int version, List<String> objections)
            implements Look {
        @Override
        public String inWords(String subject) {
            return objections.isEmpty()
                    ? "the registry says that it is compatible as version %d of %s".formatted(version, subject)
                    : "the registry says that it is not compatible as version %d of %s: %s"
                            .formatted(version, subject, String.join("; ", objections));
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
        return registers ? look : registered(look);
    }

    private Registered registered(Look look) {
        if (look instanceof Registered registered) {
            return registered;
        }
        throw BatchException.usage(
                ("--result-schema: the registry at %s does not have this schema under subject '%s'; add --register to"
                                + " register it at the start; %s")
                        .formatted(encoding.registry(), wanted.subject(), inWords(look)));
    }

    private Look look() {
        try {
            RegistryClient client = client();
            return wanted.schema() == null
                    ? found(client, client.version(wanted.subject(), Objects.requireNonNull(wanted.version())))
                    : ofText(client, wanted.schema());
        } catch (RegistryException e) {
            throw refusal(e);
        }
    }

    private Registered found(RegistryClient client, RegistryApi.Version version) throws RegistryException {
        StoredSchema schema = client.get(version.id());
        compile(schema);
        return new Registered(schema, version.id(), version.number());
    }

    private Look ofText(RegistryClient client, String text) throws RegistryException {
        RegistryApi.Draft draft = client.draft(wanted.subject(), text);
        StoredSchema schema = client.resolve(draft);
        compile(schema);
        Optional<RegistryApi.Version> version = client.find(wanted.subject(), draft);
        return version.isPresent()
                ? found(client, version.get())
                : new Unregistered(
                        schema,
                        draft,
                        client.nextVersion(wanted.subject()),
                        client.objections(wanted.subject(), draft));
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
        return look.inWords(wanted.subject());
    }

    /**
     * Registers a schema as it was looked at, and returns how the registry has it now. Its version may be another one than the look
     * said, since others register schemas too.
     *
     * @throws BatchException refused, when the registry does not take it; unreachable, when it does not answer
     */
    public Registered register(Unregistered look) {
        RegistryClient client = client();
        try {
            client.register(wanted.subject(), look.draft());
        } catch (RegistryException e) {
            if (e.kind() == RegistryException.Kind.BAD) {
                throw BatchException.refused(
                        "--register: the registry does not take the schema as a version of '%s': %s"
                                .formatted(wanted.subject(), e.getMessage()));
            }
            throw refusal(e);
        }
        try {
            Optional<RegistryApi.Version> version = client.find(wanted.subject(), look.draft());
            return version.isPresent() ? found(client, version.get()) : registered(look);
        } catch (RegistryException e) {
            throw refusal(e);
        }
    }

    /**
     * Stores the schema with the batch, unless one is stored. Later starts and commands take the stored one.
     *
     * @param looked the schema that this process has looked up; null where it has not, and the registry is asked if none is stored
     * @param versionSubjects the subjects in which the version of a record is that of its schema
     * @throws BatchException usage, when the registry is asked and does not have it; unreachable, when it does not answer
     */
    public void store(@Nullable Registered looked, Set<String> versionSubjects) {
        StoredSchemas store = StoredSchemas.ofResults(batchId, kafka);
        if (!store.all().isEmpty()) {
            return;
        }
        Registered registered = looked == null ? registered(look()) : looked;
        try {
            new SchemaVersions(batchId, versionSubjects, kafka).acquire(registered.id(), client(), true);
        } catch (RegistryException e) {
            throw refusal(e);
        }
        store.putIfAbsent(registered.id(), registered.schema());
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
        return Map.entry(look instanceof Registered registered ? registered.id() : zero(), look.schema());
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
