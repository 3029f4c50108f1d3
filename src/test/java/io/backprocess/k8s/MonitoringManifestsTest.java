package io.backprocess.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules and dashboard on Kubernetes are those of the local stack, and the PodMonitor finds what they are about. */
class MonitoringManifestsTest {
    private static final Path MONITORING = Manifests.K8S.resolve("monitoring");

    static Stream<String> overlays() {
        return Manifests.overlays().stream();
    }

    @Test
    void hasTheRulesOfTheirOneSource() {
        JsonNode source = Manifests.read(MONITORING.resolve("rules.yml")).get(0);
        JsonNode made =
                Manifests.read(MONITORING.resolve("prometheus-rule.yaml")).get(0);
        JsonNode rendered = ManifestsTest.one(Manifests.NAMESPACE, "PrometheusRule");

        assertThat(made.at("/spec/groups"))
                .as("prometheus-rule.yaml is not made of rules.yml as it is now: run .ci/monitoring")
                .isEqualTo(source.path("groups"));
        assertThat(rendered.path("spec")).isEqualTo(source);
        assertThat(source.at("/groups/0/rules").size()).isGreaterThan(20);
        // Drift is seen.
        ((ObjectNode) made.at("/spec/groups/0/rules/0")).put("expr", "1");
        assertThat(made.at("/spec/groups")).isNotEqualTo(source.path("groups"));
    }

    @Test
    void hasTheDashboardOfItsOneSource() throws IOException {
        JsonNode dashboard = ManifestsTest.one(Manifests.NAMESPACE, "ConfigMap");

        assertThat(dashboard.at("/data/dashboard.json").asText())
                .isEqualTo(Files.readString(MONITORING.resolve("dashboard.json")));
        assertThat(dashboard.at("/metadata/labels/grafana_dashboard").asText()).isEqualTo("1");
        assertThat(new ObjectMapper()
                        .readTree(dashboard.at("/data/dashboard.json").asText())
                        .path("uid")
                        .asText())
                .isEqualTo("backprocess");
    }

    /** kustomize reads nothing outside of k8s/, so the file is there again. */
    @Test
    void logsAsTheImageDoes() throws IOException {
        assertThat(Files.readString(Manifests.K8S.resolve("base/log4j-console.properties")))
                .as("copy flink-conf/log4j-console.properties to k8s/base")
                .isEqualTo(Files.readString(Path.of("flink-conf/log4j-console.properties")));
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void findsEveryProcessOfFlink(String overlay) throws IOException {
        JsonNode monitor = ManifestsTest.one(Manifests.NAMESPACE, "PodMonitor").path("spec");
        JsonNode endpoint = monitor.at("/podMetricsEndpoints/0");

        for (Pod pod : Pod.in(Manifests.of(overlay))) {
            boolean found = pod.isSelectedBy(monitor.path("selector"))
                    && Pod.elements(pod.spec().at("/containers/0/ports"))
                            .anyMatch(port -> port.path("name").equals(endpoint.path("port")));
            assertThat(found).as(pod.toString()).isEqualTo(pod.component().endsWith("manager"));
        }
        // The alert that a process is gone knows it by this name.
        assertThat(Files.readString(MONITORING.resolve("rules.yml")))
                .contains("up{job=\"%s\"}"
                        .formatted(endpoint.at("/relabelings/0/replacement").asText()));
        assertThat(endpoint.at("/relabelings/0/targetLabel").asText()).isEqualTo("job");
    }
}
