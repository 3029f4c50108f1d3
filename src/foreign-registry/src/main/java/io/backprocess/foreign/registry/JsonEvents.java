package io.backprocess.foreign.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.apicurio.registry.serde.jsonschema.JsonSchemaKafkaSerializer;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Random objects of a JSON Schema: of {@code type}, {@code enum}, {@code properties}, {@code items}, {@code additionalProperties},
 * {@code oneOf} and {@code $ref} to another schema.
 */
final class JsonEvents implements Events {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Values values;
    private final Map<String, JsonNode> schemas = new HashMap<>();
    private JsonNode schema;

    JsonEvents(Values values) {
        this.values = values;
    }

    @Override
    public String type() {
        return "JSON";
    }

    @Override
    public String mediaType() {
        return "application/json";
    }

    @Override
    public String add(Path file, String text) {
        try {
            schema = new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
        String id = schema.path("$id").asText(file.getFileName().toString());
        schemas.put(id, schema);
        return id;
    }

    @Override
    public Serializer<?> serializer() {
        return new JsonSchemaKafkaSerializer<JsonNode>();
    }

    @Override
    public Object event(long n) {
        return value("", schema, n, 0);
    }

    @Override
    public Object userId(Object event) {
        return ((JsonNode) event).path("userId").textValue();
    }

    private JsonNode value(String name, JsonNode schema, long n, int depth) {
        if (schema.has("$ref")) {
            return value(name, schemas.get(schema.get("$ref").asText()), n, depth);
        }
        if (schema.has("oneOf")) {
            return value(name, schema.get("oneOf").get(values.upTo(schema.get("oneOf").size())), n, depth);
        }
        if (schema.has("enum")) {
            return schema.get("enum").get(values.upTo(schema.get("enum").size()));
        }
        switch (schema.path("type").asText()) {
            case "boolean":
                return NODES.booleanNode(values.bool(name));
            case "integer":
                return NODES.numberNode(values.int64(name));
            case "number":
                return NODES.numberNode(new BigDecimal(values.int32("")).movePointLeft(2));
            case "string":
                return NODES.textNode(values.text(name, n));
            case "array":
                ArrayNode array = NODES.arrayNode();
                for (int i = values.size(depth); i > 0; i--) {
                    array.add(value(name, schema.get("items"), n, depth + 1));
                }
                return array;
            case "object":
                return object(name, schema, n, depth);
            default:
                return NODES.nullNode();
        }
    }

    private ObjectNode object(String name, JsonNode schema, long n, int depth) {
        ObjectNode object = NODES.objectNode();
        schema.path("properties")
                .properties()
                .forEach(each -> object.set(each.getKey(), value(each.getKey(), each.getValue(), n, depth + 1)));
        if (schema.path("additionalProperties").isObject()) {
            for (int i = values.size(depth); i > 0; i--) {
                object.set("key-" + i, value(name, schema.get("additionalProperties"), n, depth + 1));
            }
        }
        return object;
    }
}
