package io.backprocess.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every manifest is what its kind allows, to the last field. */
class ManifestsTest {
    static Stream<String> all() {
        return Manifests.all().stream();
    }

    @ParameterizedTest
    @MethodSource("all")
    void hasNoFieldThatKubernetesDoesNotKnow(String directory) {
        assertThat(Manifests.of(directory).stream()
                        .filter(Manifests.kind("FlinkDeployment").negate()))
                .isNotEmpty()
                .allSatisfy(document -> assertThat(KnownKinds.problem(document)).isEmpty());
    }

    @ParameterizedTest
    @MethodSource("all")
    void hasNoFieldThatTheOperatorDoesNotKnow(String directory) {
        FlinkDeploymentSchema schema = FlinkDeploymentSchema.load();

        assertThat(Manifests.of(directory, "FlinkDeployment"))
                .allSatisfy(document -> assertThat(schema.problems(document)).isEmpty());
        // The definition describes pods as well: a second opinion on all of them.
        assertThat(Pod.in(Manifests.of(directory))).allSatisfy(pod -> assertThat(schema.podProblems(pod.template()))
                .isEmpty());
    }

    @Test
    void findsAFieldWithATypo() {
        FlinkDeploymentSchema schema = FlinkDeploymentSchema.load();
        JsonNode flink = one("overlays/production", "FlinkDeployment");
        ((ObjectNode) flink.at("/spec/taskManager/podTemplate/spec/containers/0/securityContext"))
                .put("readOnlyRootFileSystem", true);
        JsonNode wrongType = one("overlays/production", "FlinkDeployment");
        ((ObjectNode) wrongType.at("/spec/job")).put("parallelism", "8").put("upgradeMode", "stateful");
        JsonNode budget = one("overlays/production", "PodDisruptionBudget");
        ((ObjectNode) budget.path("spec")).put("minAvailabel", 1);
        JsonNode command = one("overlays/production", "CronJob");
        ((ObjectNode) command.at("/spec/jobTemplate/spec/template/spec/containers/0/env/0")).put("value", 1);

        assertThat(schema.problems(flink)).singleElement().asString().contains("readOnlyRootFileSystem");
        assertThat(schema.problems(wrongType)).hasSize(2);
        assertThat(KnownKinds.problem(budget))
                .hasValueSatisfying(it -> assertThat(it).contains("minAvailabel"));
        assertThat(KnownKinds.problem(command))
                .hasValueSatisfying(it -> assertThat(it).contains("EnvVar[\"value\"]"));
    }

    @ParameterizedTest
    @MethodSource("all")
    void standsInOneNamespaceUnderNamesThatKubernetesTakes(String directory) {
        assertThat(Manifests.of(directory)).allSatisfy(document -> {
            assertThat(document.at("/metadata/name").asText()).matches("[a-z]([-a-z0-9]{0,61}[a-z0-9])?");
            if (!Manifests.kind("Namespace").test(document)) {
                assertThat(document.at("/metadata/namespace").asText()).isEqualTo("backprocess");
            }
        });
        // As the operator checks it.
        assertThat(Manifests.of(directory, "FlinkDeployment"))
                .allSatisfy(document ->
                        assertThat(document.at("/metadata/name").asText()).matches("[a-z]([-a-z\\d]{0,43}[a-z\\d])?"));
    }

    @Test
    void keepsTwoBatchesApart() {
        Set<String> first = names("overlays/production");
        Set<String> second = names("overlays/second-batch");

        // Deleting one overlay must take nothing from another, nor from what all share.
        assertThat(first).doesNotContainAnyElementsOf(second);
        assertThat(names(Manifests.NAMESPACE)).doesNotContainAnyElementsOf(first);
        assertThat(labels("overlays/production")).doesNotContainAnyElementsOf(labels("overlays/second-batch"));
    }

    static JsonNode one(String directory, String kind) {
        return Manifests.of(directory, kind).get(0);
    }

    private static Set<String> names(String directory) {
        return Manifests.of(directory).stream().map(Manifests::name).collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> labels(String directory) {
        return Pod.in(Manifests.of(directory)).stream()
                .map(pod -> pod.labels().path("app.kubernetes.io/instance").asText())
                .distinct()
                .toList();
    }
}
