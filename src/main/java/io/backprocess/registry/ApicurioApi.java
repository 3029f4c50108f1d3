package io.backprocess.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.backprocess.batch.Format;
import io.backprocess.batch.Framing;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Apicurio's own API, version 3. */
final class ApicurioApi implements RegistryApi {
    private static final String TYPE = "X-Registry-ArtifactType";
    /** The group of artifacts that are in no other. Answers leave it out. */
    private static final String DEFAULT_GROUP = "default";
    /** What a 404 says where the path is wrong; for a missing thing the name begins with the thing. */
    private static final String WRONG_PATH = "NotFoundException";

    private static final int PAGE = 500;
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,8}");

    private final RegistryHttp http;
    private final Framing framing;

    ApicurioApi(RegistryHttp http, Framing framing) {
        this.http = http;
        this.framing = framing;
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
        JsonNode type = http.json(get(path, budget)).path("versions").path(0).path("artifactType");
        return type.isTextual() ? type.textValue() : null;
    }

    @Override
    public Found get(Link link, Budget budget) throws RegistryException {
        String path = path(link.group(), link.subject()) + "/versions/" + RegistryApi.encode(link.version());
        return found(get(path + "/content", budget), null, path + "/references", budget);
    }

    private Found found(HttpResponse<byte[]> content, @Nullable String type, String references, Budget budget)
            throws RegistryException {
        return new Found(type, text(content), links(references, budget));
    }

    private static String text(HttpResponse<byte[]> content) {
        return new String(content.body(), StandardCharsets.UTF_8);
    }

    private List<Link> links(String path, Budget budget) throws RegistryException {
        HttpResponse<byte[]> response = get(path, budget);
        JsonNode list = http.json(response);
        if (!list.isArray()) {
            throw http.notOfARegistry(response);
        }
        List<Link> links = new ArrayList<>();
        for (JsonNode reference : list) {
            links.add(new Link(
                    reference.path("name").asText(),
                    reference.path("groupId").asText(""),
                    reference.path("artifactId").asText(),
                    reference.path("version").asText()));
        }
        return links;
    }

    private static String path(String group, String artifact) {
        return "/groups/%s/artifacts/%s".formatted(RegistryApi.encode(named(group)), RegistryApi.encode(artifact));
    }

    private static String named(String group) {
        return group.isEmpty() ? DEFAULT_GROUP : group;
    }

    /** A subject is an artifact, with its group and a slash before it where it is not in the default group. */
    private static String path(String subject) {
        return path(group(subject), artifact(subject));
    }

    private static String group(String subject) {
        return named(subject.substring(0, Math.max(0, subject.indexOf('/'))));
    }

    private static String artifact(String subject) {
        return subject.substring(subject.indexOf('/') + 1);
    }

    @Override
    public Version version(String subject, String version, Budget budget) throws RegistryException {
        HttpResponse<byte[]> response = get(versionPath(subject, version), budget);
        return version(http.json(response), response);
    }

    @Override
    public List<Link> links(String subject, String version, Budget budget) throws RegistryException {
        return links(versionPath(subject, version) + "/references", budget);
    }

    /** Looks at the texts. The registry's own search does not find a schema that refers to others. */
    @Override
    public Version find(String subject, Draft draft, Budget budget) throws RegistryException {
        List<Version> newestFirst = new ArrayList<>(versions(subject, budget));
        Collections.reverse(newestFirst);
        for (Version version : newestFirst) {
            String content = versionPath(subject, Integer.toString(version.number())) + "/content";
            if (text(get(content, budget)).equals(draft.text())) {
                return version;
            }
        }
        throw RegistryException.unknown(
                "none of %d versions of '%s' is this schema".formatted(newestFirst.size(), subject));
    }

    @Override
    public List<String> objections(String subject, Draft draft, Budget budget) throws RegistryException {
        try {
            create(subject, draft, true, budget);
            return List.of();
        } catch (RegistryException e) {
            if (e.kind() == RegistryException.Kind.BAD) {
                return List.of(String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    @Override
    public void register(String subject, Draft draft, Budget budget) throws RegistryException {
        create(subject, draft, false, budget);
    }

    private void create(String subject, Draft draft, boolean dryRun, Budget budget) throws RegistryException {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("artifactId", artifact(subject)).put("artifactType", RegistryApi.nameOf(draft.format()));
        ObjectNode content = body.putObject("firstVersion").putObject("content");
        content.put("content", draft.text()).put("contentType", contentType(draft));
        ArrayNode references = content.putArray("references");
        for (Link link : draft.links()) {
            references
                    .addObject()
                    .put("name", link.name())
                    .put("groupId", named(link.group()))
                    .put("artifactId", link.subject())
                    .put("version", link.version());
        }
        String group = RegistryApi.encode(group(subject));
        http.post(
                "/groups/%s/artifacts?ifExists=FIND_OR_CREATE_VERSION&dryRun=%s".formatted(group, dryRun),
                "application/json",
                body.toString(),
                ApicurioApi::isNotFound,
                budget);
    }

    @Override
    public List<Version> versions(String subject, Budget budget) throws RegistryException {
        List<Version> versions = new ArrayList<>();
        int offset = 0;
        while (true) {
            String page =
                    path(subject) + "/versions?orderby=createdOn&order=asc&limit=%d&offset=%d".formatted(PAGE, offset);
            HttpResponse<byte[]> response = get(page, budget);
            JsonNode found = http.json(response).path("versions");
            for (JsonNode version : found) {
                // Others have names, and a version of a batch is a number.
                if (NUMBER.matcher(version.path("version").asText()).matches()) {
                    versions.add(version(version, response));
                }
            }
            offset += found.size();
            if (found.size() < PAGE) {
                return versions;
            }
        }
    }

    private static String versionPath(String subject, String version) {
        return path(subject) + "/versions/" + (version.equals(LATEST) ? "branch=latest" : RegistryApi.encode(version));
    }

    private static String contentType(Draft draft) {
        return draft.format() == Format.PROTOBUF ? "application/x-protobuf" : "application/json";
    }

    private Version version(JsonNode version, HttpResponse<byte[]> response) throws RegistryException {
        if (!version.path("contentId").isIntegralNumber()
                || !version.path("globalId").isIntegralNumber()) {
            throw http.notOfARegistry(response);
        }
        SchemaId content =
                SchemaId.number(SchemaId.Kind.CONTENT, version.path("contentId").longValue());
        SchemaId global =
                SchemaId.number(SchemaId.Kind.GLOBAL, version.path("globalId").longValue());
        String number = version.path("version").asText();
        if (!NUMBER.matcher(number).matches()) {
            throw RegistryException.bad("version '%s' is not a number".formatted(number));
        }
        return new Version(
                Integer.parseInt(number),
                framing == Framing.APICURIO_GLOBAL8 ? global : content,
                Set.of(content, global));
    }

    private HttpResponse<byte[]> get(String path, Budget budget) throws RegistryException {
        return http.get(path, ApicurioApi::isNotFound, budget);
    }

    private static boolean isNotFound(JsonNode body) {
        String name = body.path("name").asText();
        return name.endsWith(WRONG_PATH) && !name.equals(WRONG_PATH);
    }
}
