package io.backprocess.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.batch.Format;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Apicurio's own API, version 3. */
final class ApicurioApi implements RegistryApi {
    private static final String TYPE = "X-Registry-ArtifactType";
    /** The group of artifacts that are in no other. Answers leave it out. */
    private static final String DEFAULT_GROUP = "default";
    /** What a 404 says where the path is wrong; for a missing thing the name begins with the thing. */
    private static final String WRONG_PATH = "NotFoundException";

    private final RegistryHttp http;

    ApicurioApi(RegistryHttp http) {
        this.http = http;
    }

    @Override
    public Found get(SchemaId id, Format wanted, Budget budget) throws RegistryException {
        if (id.kind() == SchemaId.Kind.GLOBAL) {
            String path = "/ids/globalIds/" + id.low();
            HttpResponse<byte[]> content = get(path + "?returnArtifactType=true", budget);
            return found(content, content.headers().firstValue(TYPE).orElse(null), path + "/references", budget);
        }
        if (id.kind() != SchemaId.Kind.CONTENT) {
            throw new IllegalArgumentException("Apicurio's API has no " + id);
        }
        String path = "/ids/contentIds/" + id.low();
        HttpResponse<byte[]> content = get(path, budget);
        return found(content, typeOf(id, budget), path + "/references", budget);
    }

    /** A content has no type itself; a version with it has one. The content stays when all its versions are deleted. */
    private @Nullable String typeOf(SchemaId id, Budget budget) throws RegistryException {
        String path = "/search/versions?limit=1&contentId=" + id.low();
        JsonNode type =
                http.json(get(path, budget), path).path("versions").path(0).path("artifactType");
        return type.isTextual() ? type.textValue() : null;
    }

    @Override
    public Found get(Link link, Budget budget) throws RegistryException {
        String path = "/groups/%s/artifacts/%s/versions/%s"
                .formatted(
                        RegistryApi.encode(link.group().isEmpty() ? DEFAULT_GROUP : link.group()),
                        RegistryApi.encode(link.subject()),
                        RegistryApi.encode(link.version()));
        return found(get(path + "/content", budget), null, path + "/references", budget);
    }

    private Found found(HttpResponse<byte[]> content, @Nullable String type, String references, Budget budget)
            throws RegistryException {
        JsonNode list = http.json(get(references, budget), references);
        if (!list.isArray()) {
            throw http.notOfARegistry(references);
        }
        List<Link> links = new ArrayList<>();
        for (JsonNode reference : list) {
            links.add(new Link(
                    reference.path("name").asText(),
                    reference.path("groupId").asText(""),
                    reference.path("artifactId").asText(),
                    reference.path("version").asText()));
        }
        return new Found(type, new String(content.body(), StandardCharsets.UTF_8), links);
    }

    private HttpResponse<byte[]> get(String path, Budget budget) throws RegistryException {
        return http.get(path, ApicurioApi::isNotFound, budget);
    }

    private static boolean isNotFound(JsonNode body) {
        String name = body.path("name").asText();
        return name.endsWith(WRONG_PATH) && !name.equals(WRONG_PATH);
    }
}
