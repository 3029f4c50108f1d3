package io.backprocess.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A pod as some document describes it.
 *
 * @param document what makes such pods
 * @param place in the document, as a JSON pointer
 * @param template with {@code metadata} and {@code spec}
 */
record Pod(JsonNode document, String place, JsonNode template) {
    private static final List<String> FLINK_PLACES =
            List.of("/spec/jobManager/podTemplate", "/spec/taskManager/podTemplate");

    /** Of one document; none where it makes none. */
    static List<Pod> in(JsonNode document) {
        List<String> places =
                switch (document.path("kind").asText()) {
                    case "Deployment", "Job" -> List.of("/spec/template");
                    case "CronJob" -> List.of("/spec/jobTemplate/spec/template");
                    case "FlinkDeployment" -> FLINK_PLACES;
                    default -> List.of();
                };
        return places.stream()
                .map(place -> new Pod(document, place, document.at(place)))
                .toList();
    }

    static List<Pod> in(List<JsonNode> documents) {
        return documents.stream().flatMap(document -> in(document).stream()).toList();
    }

    boolean isOfFlinkDeployment() {
        return Manifests.kind("FlinkDeployment").test(document);
    }

    JsonNode spec() {
        return template.path("spec");
    }

    JsonNode labels() {
        return template.at("/metadata/labels");
    }

    String component() {
        return labels().path("app.kubernetes.io/component").asText();
    }

    /** Those that start first, too. */
    List<ObjectNode> containers() {
        List<ObjectNode> containers = new ArrayList<>();
        Stream.of("initContainers", "containers")
                .flatMap(each -> elements(spec().path(each)))
                .forEach(each -> containers.add((ObjectNode) each));
        return containers;
    }

    static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    /** Whether a selector takes this pod. */
    boolean isSelectedBy(JsonNode selector) {
        return selector.path("matchLabels").properties().stream()
                        .allMatch(label -> label.getValue().equals(labels().path(label.getKey())))
                && elements(selector.path("matchExpressions"))
                        .allMatch(each -> each.path("operator").asText().equals("In")
                                && elements(each.path("values"))
                                        .anyMatch(labels().path(each.path("key").asText())::equals));
    }

    @Override
    public String toString() {
        return Manifests.name(document) + place;
    }
}
