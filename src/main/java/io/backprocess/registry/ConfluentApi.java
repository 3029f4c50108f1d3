package io.backprocess.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.backprocess.batch.Format;
import io.backprocess.batch.Framing;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Confluent's API, which other registries have too: Apicurio below {@code /apis/ccompat/v7}, Karapace, Redpanda. */
final class ConfluentApi implements RegistryApi {
    /** {@code error_code} is a status and two digits. A status alone says that the path is wrong. */
    private static final int NOT_FOUND = 404;

    private final RegistryHttp http;
    private final Framing framing;

    ConfluentApi(RegistryHttp http, Framing framing) {
        this.http = http;
        this.framing = framing;
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
        HttpResponse<byte[]> response = http.get(path, ConfluentApi::isNotFound, budget);
        JsonNode body = http.json(response);
        JsonNode schema = body.path("schema");
        if (!schema.isTextual()) {
            throw http.notOfARegistry(response);
        }
        return new Found(
                body.path("schemaType").asText(RegistryApi.nameOf(Format.AVRO)), schema.textValue(), links(body));
    }

    private static List<Link> links(JsonNode body) {
        List<Link> links = new ArrayList<>();
        for (JsonNode reference : body.path("references")) {
            links.add(new Link(
                    reference.path("name").asText(),
                    "",
                    reference.path("subject").asText(),
                    reference.path("version").asText()));
        }
        return links;
    }

    @Override
    public Version version(String subject, String version, Budget budget) throws RegistryException {
        return version(http.get(versionPath(subject, version), ConfluentApi::isNotFound, budget));
    }

    @Override
    public List<Link> links(String subject, String version, Budget budget) throws RegistryException {
        return links(http.json(http.get(versionPath(subject, version), ConfluentApi::isNotFound, budget)));
    }

    @Override
    public Version find(String subject, Draft draft, Budget budget) throws RegistryException {
        return version(post("/subjects/" + RegistryApi.encode(subject), draft, budget));
    }

    @Override
    public List<String> objections(String subject, Draft draft, Budget budget) throws RegistryException {
        JsonNode answer;
        try {
            String path = "/compatibility/subjects/%s/versions/%s?verbose=true";
            answer = http.json(post(path.formatted(RegistryApi.encode(subject), LATEST), draft, budget));
        } catch (RegistryException e) {
            return switch (e.kind()) {
                case UNKNOWN -> List.of();
                case BAD -> List.of(String.valueOf(e.getMessage()));
                case DOWN -> throw e;
            };
        }
        if (answer.path("is_compatible").asBoolean()) {
            return List.of();
        }
        List<String> messages = new ArrayList<>();
        answer.path("messages").forEach(message -> messages.add(message.asText()));
        return messages.isEmpty() ? List.of("it is not compatible with the latest version") : messages;
    }

    @Override
    public void register(String subject, Draft draft, Budget budget) throws RegistryException {
        post("/subjects/%s/versions".formatted(RegistryApi.encode(subject)), draft, budget);
    }

    @Override
    public List<Version> versions(String subject, Budget budget) throws RegistryException {
        String path = "/subjects/%s/versions".formatted(RegistryApi.encode(subject));
        List<Version> versions = new ArrayList<>();
        for (JsonNode version : http.json(http.get(path, ConfluentApi::isNotFound, budget))) {
            // Each answer has the text of a schema, and none of them is kept.
            versions.add(version(subject, version.asText(), new Budget()));
        }
        return versions;
    }

    private static String versionPath(String subject, String version) {
        return "/subjects/%s/versions/%s".formatted(RegistryApi.encode(subject), RegistryApi.encode(version));
    }

    private HttpResponse<byte[]> post(String path, Draft draft, Budget budget) throws RegistryException {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("schemaType", RegistryApi.nameOf(draft.format())).put("schema", draft.text());
        ArrayNode references = body.putArray("references");
        for (Link link : draft.links()) {
            references
                    .addObject()
                    .put("name", link.name())
                    .put("subject", link.subject())
                    .put("version", Integer.valueOf(link.version()));
        }
        return http.post(
                path, "application/vnd.schemaregistry.v1+json", body.toString(), ConfluentApi::isNotFound, budget);
    }

    private SchemaId guid(String text) throws RegistryException {
        try {
            UUID guid = UUID.fromString(text);
            return SchemaId.guid(guid.getMostSignificantBits(), guid.getLeastSignificantBits());
        } catch (IllegalArgumentException e) {
            throw RegistryException.bad("the registry names no GUID, which --framing %s needs".formatted(framing));
        }
    }

    private Version version(HttpResponse<byte[]> response) throws RegistryException {
        JsonNode body = http.json(response);
        if (!body.path("version").isInt() || !body.path("id").canConvertToLong()) {
            throw http.notOfARegistry(response);
        }
        long id = body.path("id").longValue();
        return new Version(
                body.path("version").intValue(),
                switch (framing) {
                    case CONFLUENT_HEADER -> guid(body.path("guid").asText(""));
                    case CONFLUENT -> SchemaId.number(SchemaId.Kind.CONFLUENT, id);
                    default -> SchemaId.number(SchemaId.Kind.CONTENT, id);
                });
    }

    private static boolean isNotFound(JsonNode body) {
        return body.path("error_code").asInt() / 100 == NOT_FOUND;
    }
}
