package io.backprocess.registry;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.Encoding;
import io.backprocess.batch.Format;
import io.backprocess.batch.Framing;
import io.backprocess.batch.RegistryUrl;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.kafka.RegistryProperties;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Fetches schemas from a registry, with all that they refer to. Threads may share it. It caches nothing. */
public final class RegistryClient {
    private final RegistryApi api;
    private final Format format;

    private RegistryClient(RegistryApi api, Format format) {
        this.api = api;
        this.format = format;
    }

    /**
     * Opens a client. This sends nothing yet.
     *
     * @param url where the registry is, unless a property says where it has moved
     * @param format what each schema has to be: Avro, Protobuf or JSON Schema
     * @param kafka has the credentials, as properties that begin with {@code schema.registry.}
     * @throws BatchException usage, when the URL is not one of a registry or a property cannot be used
     */
    public static RegistryClient open(String url, Framing framing, Format format, KafkaClients kafka) {
        return open(url, framing, format, kafka, RegistryHttp.REQUEST_TIMEOUT);
    }

    /** Opens a client for an encoding whose framing is chosen. */
    static RegistryClient open(Encoding encoding, KafkaClients kafka) {
        return open(
                Objects.requireNonNull(encoding.registry()),
                Objects.requireNonNull(encoding.framing()),
                encoding.format(),
                kafka);
    }

    static RegistryClient open(String url, Framing framing, Format format, KafkaClients kafka, Duration patience) {
        String at = kafka.propertiesBelow(RegistryProperties.PREFIX).getOrDefault(RegistryProperties.URL, url);
        List<String> problems = RegistryUrl.problems(at, framing);
        if (!problems.isEmpty()) {
            throw BatchException.usage(String.join(System.lineSeparator(), problems));
        }
        RegistryHttp http = new RegistryHttp(at, RegistryCredentials.of(kafka), patience);
        return new RegistryClient(
                RegistryUrl.isConfluentApi(at, framing)
                        ? new ConfluentApi(http, framing)
                        : new ApicurioApi(http, framing),
                format);
    }

    /**
     * Fetches a schema. This takes as many requests as the schema refers to others, each with a time-out.
     *
     * @throws RegistryException unknown, down or bad
     */
    public StoredSchema get(SchemaId id) throws RegistryException {
        try {
            Budget budget = new Budget();
            RegistryApi.Found found = api.get(id, format, budget);
            String wanted = RegistryApi.nameOf(format);
            if (found.type() != null && !found.type().equals(wanted)) {
                throw RegistryException.bad(
                        "it is of type %s, and --format %s needs %s".formatted(found.type(), format, wanted));
            }
            return new StoredSchema(format, SchemaReferences.resolve(found, api, budget));
        } catch (RegistryException e) {
            throw e.about(id);
        }
    }

    /**
     * Returns a version of a subject.
     *
     * @throws RegistryException unknown, down or bad
     */
    RegistryApi.Version version(String subject, int version) throws RegistryException {
        return api.version(subject, Integer.toString(version), new Budget());
    }

    /** Returns all versions of a subject, in any order. */
    List<RegistryApi.Version> versions(String subject) throws RegistryException {
        return api.versions(subject, new Budget());
    }

    /** Returns the version that the next schema of a subject gets. */
    int nextVersion(String subject) throws RegistryException {
        return 1
                + orIfUnknown(List.<RegistryApi.Version>of(), () -> versions(subject)).stream()
                        .mapToInt(RegistryApi.Version::number)
                        .max()
                        .orElse(0);
    }

    /** Returns a text as a schema that a subject may get. It refers to what the latest version of the subject refers to. */
    RegistryApi.Draft draft(String subject, String text) throws RegistryException {
        return new RegistryApi.Draft(
                format, text, orIfUnknown(List.of(), () -> api.links(subject, RegistryApi.LATEST, new Budget())));
    }

    /** Returns a draft with all that it refers to. */
    StoredSchema resolve(RegistryApi.Draft draft) throws RegistryException {
        RegistryApi.Found schema = new RegistryApi.Found(null, draft.text(), draft.links());
        return new StoredSchema(format, SchemaReferences.resolve(schema, api, new Budget()));
    }

    /** Returns the version of a subject that has a schema; empty where none has it. */
    Optional<RegistryApi.Version> find(String subject, RegistryApi.Draft draft) throws RegistryException {
        return orIfUnknown(Optional.empty(), () -> Optional.of(api.find(subject, draft, new Budget())));
    }

    /** Returns what speaks against a schema as the next version of a subject, in the registry's words. */
    List<String> objections(String subject, RegistryApi.Draft draft) throws RegistryException {
        return api.objections(subject, draft, new Budget());
    }

    /** Adds a schema to a subject. */
    void register(String subject, RegistryApi.Draft draft) throws RegistryException {
        api.register(subject, draft, new Budget());
    }

    private interface Question<T> {
        T ask() throws RegistryException;
    }

    /** Returns the registry's answer, or what stands for none where the registry says that it has no such thing. */
    private static <T> T orIfUnknown(T none, Question<T> question) throws RegistryException {
        try {
            return question.ask();
        } catch (RegistryException e) {
            if (e.kind() == RegistryException.Kind.UNKNOWN) {
                return none;
            }
            throw e;
        }
    }
}
