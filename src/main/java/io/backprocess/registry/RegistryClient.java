package io.backprocess.registry;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.Format;
import io.backprocess.batch.Framing;
import io.backprocess.batch.RegistryUrl;
import io.backprocess.kafka.KafkaClients;
import java.time.Duration;
import java.util.List;

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
     * @param format what each schema has to be: Avro, Protobuf or JSON Schema
     * @param kafka has the credentials, as properties that begin with {@code schema.registry.}
     * @throws BatchException usage, when the URL is not one of a registry or a property cannot be used
     */
    public static RegistryClient open(String url, Framing framing, Format format, KafkaClients kafka) {
        return open(url, framing, format, kafka, RegistryHttp.REQUEST_TIMEOUT);
    }

    static RegistryClient open(String url, Framing framing, Format format, KafkaClients kafka, Duration patience) {
        List<String> problems = RegistryUrl.problems(url, framing);
        if (!problems.isEmpty()) {
            throw BatchException.usage(String.join(System.lineSeparator(), problems));
        }
        RegistryHttp http = new RegistryHttp(url, RegistryCredentials.of(kafka), patience);
        return new RegistryClient(
                RegistryUrl.isConfluentApi(url, framing) ? new ConfluentApi(http) : new ApicurioApi(http), format);
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
}
