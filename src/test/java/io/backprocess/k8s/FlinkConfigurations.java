package io.backprocess.k8s;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Flink's configuration as the processes of a batch get it. */
final class FlinkConfigurations {
    private FlinkConfigurations() {}

    /** Out of the FlinkDeployment, or out of the file and what the JobManager's arguments add to it. */
    static Map<String, String> of(List<JsonNode> documents) {
        Map<String, String> configuration = new TreeMap<>();
        for (JsonNode document : documents) {
            switch (document.path("kind").asText()) {
                case "FlinkDeployment" -> put(configuration, document.at("/spec/flinkConfiguration"));
                case "ConfigMap" ->
                    put(configuration, yaml(document.at("/data/config.yaml").asText()));
                case "Job", "Deployment" ->
                    putDynamic(configuration, Pod.in(document).get(0));
                default -> {
                    // Nothing to do with Flink's processes.
                }
            }
        }
        return configuration;
    }

    static JsonNode yaml(String text) {
        try {
            return new YAMLMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    private static void put(Map<String, String> configuration, JsonNode lines) {
        lines.properties()
                .forEach(
                        line -> configuration.put(line.getKey(), line.getValue().asText()));
    }

    private static void putDynamic(Map<String, String> configuration, Pod pod) {
        JsonNode container = pod.containers().get(0);
        Map<String, String> environment = new TreeMap<>();
        container
                .path("env")
                .forEach(each -> environment.put(
                        each.path("name").asText(),
                        each.path("value").asText("$(" + each.path("name").asText() + ")")));
        Pod.elements(container.path("args"))
                .map(JsonNode::asText)
                .filter(argument -> argument.startsWith("-D"))
                .map(argument -> argument.substring(2).split("=", 2))
                .forEach(parts -> configuration.put(parts[0], expand(parts[1], environment)));
    }

    /** As Kubernetes does it. */
    static String expand(String text, Map<String, String> environment) {
        String expanded = text;
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            expanded = expanded.replace("$(" + variable.getKey() + ")", variable.getValue());
        }
        return expanded;
    }
}
