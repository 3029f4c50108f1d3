package io.backprocess.format.jsonschema;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.AbsoluteIri;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.keyword.AnnotationKeyword;
import com.networknt.schema.path.PathType;
import com.networknt.schema.resource.InputStreamSource;
import com.networknt.schema.resource.SchemaLoader;
import io.backprocess.format.SchemaText;
import io.backprocess.format.UnfitException;
import io.backprocess.json.ForeignJson;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A schema and those that it refers to. The drafts' own schemas are known; any other reference that was not given is refused. */
final class GivenSchemas extends SchemaLoader {
    /** A schema without an id of its own has this place, to which relative references are resolved. */
    private static final String PLACE = "schema:///";

    private static final int MAX_DEPTH = 200;

    /** The first is that of a schema that names none. */
    private static final List<Dialect> DRAFTS = Stream.of(
                    Dialects.getDraft7(),
                    Dialects.getDraft4(),
                    Dialects.getDraft6(),
                    Dialects.getDraft201909(),
                    Dialects.getDraft202012())
            .map(draft -> Dialect.builder(draft)
                    // The validator's own factory warns of each, and remembers them all.
                    .unknownKeywordFactory((keyword, context) -> new AnnotationKeyword(keyword))
                    .keywords(ExactKeywords::replaceThoseIn)
                    .build())
            .toList();

    private static final ObjectMapper MAPPER = JsonMapper.builder(ForeignJson.factory()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .build();

    private final SchemaText text;
    private final Map<String, byte[]> references = new HashMap<>();
    /** The folders of all ids: a reference's name is relative to one of them. */
    private final Set<String> folders = new LinkedHashSet<>(List.of(PLACE));

    GivenSchemas(SchemaText text) {
        super(List.of(), List.of());
        this.text = text;
    }

    /**
     * Returns the schema with all its references resolved.
     *
     * @throws UnfitException when it is not a schema, or a reference is missing
     */
    Schema compile() throws UnfitException {
        JsonNode root = parse("the schema", text.text());
        noteFolder(root);
        for (SchemaText.Reference each : text.references()) {
            JsonNode reference = parse("the reference " + each.name(), each.text());
            byte[] bytes = each.text().getBytes(StandardCharsets.UTF_8);
            references.put(withoutFragment(each.name()), bytes);
            String id = id(reference);
            if (!id.isEmpty()) {
                references.putIfAbsent(withoutFragment(id), bytes);
            }
            noteFolder(reference);
        }
        SchemaRegistry registry = SchemaRegistry.withDialects(DRAFTS, builder -> builder.schemaLoader(this)
                .schemaRegistryConfig(SchemaRegistryConfig.builder()
                        .losslessNarrowing(true)
                        .pathType(PathType.JSON_POINTER)
                        .regularExpressionFactory(new BoundedPatterns())
                        .preloadSchema(false)
                        .build()));
        try {
            Schema schema = registry.getSchema(SchemaLocation.of(PLACE + "root"), root);
            schema.initializeValidators();
            return schema;
        } catch (RuntimeException | StackOverflowError e) {
            throw new UnfitException("the JSON Schema cannot be used: " + reason(e));
        }
    }

    private static String reason(Throwable e) {
        Throwable cause = e;
        while (cause instanceof SchemaException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof NullPointerException) {
            return "a reference points to nothing";
        }
        return cause instanceof StackOverflowError ? "it is nested too deeply" : String.valueOf(cause.getMessage());
    }

    private static JsonNode parse(String what, String text) throws UnfitException {
        try {
            JsonNode node = MAPPER.readTree(text);
            if (!node.isObject() && !node.isBoolean()) {
                throw new UnfitException(what + " is not a JSON Schema: it is neither an object nor a boolean");
            }
            return node;
        } catch (IOException e) {
            throw new UnfitException(what + " is not JSON: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private static String id(JsonNode schema) {
        JsonNode id = schema.path("$id").isTextual() ? schema.path("$id") : schema.path("id");
        return id.isTextual() ? id.textValue() : "";
    }

    private void noteFolder(JsonNode schema) {
        String id = withoutFragment(id(schema));
        if (id.indexOf('/') >= 0) {
            folders.add(id.substring(0, id.lastIndexOf('/') + 1));
        }
    }

    private static String withoutFragment(String iri) {
        int fragment = iri.indexOf('#');
        return fragment < 0 ? iri : iri.substring(0, fragment);
    }

    @Override
    public InputStreamSource getSchemaResource(AbsoluteIri iri) {
        String name = withoutFragment(iri.toString());
        byte[] found = references.get(name);
        for (String folder : folders) {
            if (found == null && name.startsWith(folder)) {
                found = references.get(name.substring(folder.length()));
            }
        }
        if (found != null) {
            byte[] bytes = found;
            return () -> new ByteArrayInputStream(bytes);
        }
        AbsoluteIri draft = resolveMetaSchemaId(iri);
        InputStreamSource ofDraft = draft == null ? null : getClasspathResource(draft);
        if (ofDraft == null) {
            throw new SchemaException("the schema " + iri + " is not among the references");
        }
        return ofDraft;
    }
}
