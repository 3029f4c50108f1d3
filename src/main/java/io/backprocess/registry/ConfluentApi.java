package io.backprocess.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.batch.Format;
import java.util.ArrayList;
import java.util.List;

/** Confluent's API, which other registries have too: Apicurio below {@code /apis/ccompat/v7}, Karapace, Redpanda. */
final class ConfluentApi implements RegistryApi {
    /** {@code error_code} is a status and two digits. A status alone says that the path is wrong. */
    private static final int NOT_FOUND = 404;

    private final RegistryHttp http;

    ConfluentApi(RegistryHttp http) {
        this.http = http;
    }

    @Override
    public Found get(SchemaId id, Format wanted, Budget budget) throws RegistryException {
        return switch (id.kind()) {
            // Apicurio's Confluent API gives the content ids of its own API, unless its legacy-id-mode is on.
            case CONFLUENT, CONTENT -> get("/schemas/ids/" + id.low(), budget);
            case GUID -> get("/schemas/guids/" + id, budget);
            case GLOBAL -> throw new IllegalArgumentException("Confluent's API has no " + id);
        };
    }

    @Override
    public Found get(Link link, Budget budget) throws RegistryException {
        return get(
                "/subjects/%s/versions/%s?deleted=true"
                        .formatted(RegistryApi.encode(link.subject()), RegistryApi.encode(link.version())),
                budget);
    }

    private Found get(String path, Budget budget) throws RegistryException {
        JsonNode body = http.json(http.get(path, ConfluentApi::isNotFound, budget), path);
        JsonNode schema = body.path("schema");
        if (!schema.isTextual()) {
            throw http.notOfARegistry(path);
        }
        List<Link> links = new ArrayList<>();
        for (JsonNode reference : body.path("references")) {
            links.add(new Link(
                    reference.path("name").asText(),
                    "",
                    reference.path("subject").asText(),
                    reference.path("version").asText()));
        }
        return new Found(body.path("schemaType").asText(RegistryApi.nameOf(Format.AVRO)), schema.textValue(), links);
    }

    private static boolean isNotFound(JsonNode body) {
        return body.path("error_code").asInt() / 100 == NOT_FOUND;
    }
}
