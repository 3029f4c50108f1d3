package io.backprocess.k8s;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The operator's own definition of a FlinkDeployment, to which no field may be unknown. It lies beside the project, if at all. */
final class FlinkDeploymentSchema {
    private static final Path DEFINITION = Path.of("../shared/k8s/flinkdeployments.flink.apache.org-v1.yml");

    private final JsonNode root;

    private FlinkDeploymentSchema(JsonNode root) {
        this.root = root;
    }

    static FlinkDeploymentSchema load() {
        assumeTrue(
                Files.exists(DEFINITION),
                () -> "FlinkDeployments are not checked: %s is not there; it is in release 1.15.0 of the operator"
                        .formatted(DEFINITION.toAbsolutePath().normalize()));
        JsonNode version = Manifests.read(DEFINITION).get(0).at("/spec/versions/0");
        ObjectNode root = (ObjectNode) version.at("/schema/openAPIV3Schema");
        ObjectNode properties = (ObjectNode) root.path("properties");
        // What every kind has is no part of its definition.
        List.of("apiVersion", "kind", "metadata").forEach(each -> properties.set(each, BooleanNode.TRUE));
        return new FlinkDeploymentSchema(closed(root));
    }

    /** What is wrong with a FlinkDeployment. */
    List<String> problems(JsonNode document) {
        return problems(root, document);
    }

    /** What is wrong with the template of a pod, in whatever document it stands. */
    List<String> podProblems(JsonNode template) {
        return problems(root.at("/properties/spec/properties/podTemplate"), template);
    }

    private static List<String> problems(JsonNode schema, JsonNode document) {
        Schema validator = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(schema);
        return validator.validate(document).stream()
                .map(error -> "%s: %s".formatted(error.getInstanceLocation(), error.getMessage()))
                .sorted()
                .toList();
    }

    /** Where fields are named, and no others are allowed for, there are no others. */
    private static JsonNode closed(JsonNode schema) {
        if (schema instanceof ObjectNode object
                && object.path("properties").isObject()
                && !object.has("additionalProperties")
                && !object.path("x-kubernetes-preserve-unknown-fields").asBoolean()) {
            object.put("additionalProperties", false);
        }
        schema.forEach(FlinkDeploymentSchema::closed);
        return schema;
    }
}
