package io.backprocess.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every pod of every overlay is hardened, and each line of it is missed when it is gone. */
class PodPolicyTest {
    static Stream<String> clusters() {
        return Manifests.clusters().stream();
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void hardensEveryPod(String cluster) {
        List<Pod> pods = Pod.in(Manifests.of(cluster));

        List<String> components = new ArrayList<>(List.of("jobmanager", "taskmanager", "status", "verify"));
        if (cluster.equals(Manifests.PROOF)) {
            // The batch has ended before.
            components.remove("status");
        }
        if (cluster.endsWith("/production")) {
            components.addAll(List.of("promote", "retire"));
        }
        assertThat(pods).extracting(Pod::component).containsExactlyInAnyOrderElementsOf(components);
        assertThat(pods).allSatisfy(pod -> assertThat(PodPolicy.problems(pod)).isEmpty());
    }

    /** Each way to make a pod weaker, and what the policy says of it. */
    private static final Map<String, Consumer<JsonNode>> WEAKER = Map.ofEntries(
            Map.entry("may run as root", spec -> ((ObjectNode) spec.path("securityContext")).remove("runAsNonRoot")),
            Map.entry("does not run as 9999", spec -> ((ObjectNode) spec.path("securityContext")).put("runAsUser", 0)),
            Map.entry("has no seccomp profile", spec -> ((ObjectNode) spec).remove("securityContext")),
            Map.entry("has hostNetwork", spec -> ((ObjectNode) spec).put("hostNetwork", true)),
            Map.entry("has a volume of kind hostPath", spec -> ((ArrayNode) spec.path("volumes"))
                    .addObject()
                    .put("name", "node")
                    .putObject("hostPath")
                    .put("path", "/")),
            Map.entry("has an emptyDir without a limit", spec -> ((ArrayNode) spec.path("volumes"))
                    .addObject()
                    .put("name", "more")
                    .putObject("emptyDir")),
            Map.entry("does not say whether it needs a token", spec -> ((ObjectNode) spec)
                    .remove("automountServiceAccountToken")),
            Map.entry("is not spread", spec -> ((ObjectNode) spec).remove("topologySpreadConstraints")),
            Map.entry("may write to its root", spec -> security(spec).remove("readOnlyRootFilesystem")),
            Map.entry("may gain privileges", spec -> security(spec).remove("allowPrivilegeEscalation")),
            Map.entry("is privileged", spec -> security(spec).put("privileged", true)),
            Map.entry(
                    "would live on without a leader",
                    spec -> ((ObjectNode) spec.path("containers").path(0)).remove("livenessProbe")),
            Map.entry("keeps capabilities", spec -> security(spec).remove("capabilities")),
            Map.entry("may change them", spec -> ((ObjectNode) spec.at("/containers/0/volumeMounts/0"))
                    .put("readOnly", false)),
            Map.entry("in plain sight: PASSWORD", spec -> ((ArrayNode) spec.at("/containers/0/env"))
                    .addObject()
                    .put("name", "PASSWORD")
                    .put("value", "x")));

    @Test
    void missesEachLineThatIsGone() {
        for (String overlay : List.of("overlays/production", "overlays/standalone")) {
            WEAKER.forEach((words, change) -> {
                for (Pod pod : Pod.in(Manifests.of(overlay))) {
                    if ((words.equals("is not spread") && pod.component().matches("status|verify|promote|retire"))
                            || (words.startsWith("would live on")
                                    && !pod.component().equals("jobmanager"))) {
                        continue;
                    }
                    change.accept(pod.spec());

                    assertThat(PodPolicy.problems(pod))
                            .as("%s: %s", pod, words)
                            .anyMatch(problem -> problem.contains(words));
                }
            });
        }
    }

    @Test
    void missesRequestsThatAreNotLimits() {
        Pod pod = Pod.in(ManifestsTest.one("overlays/standalone", "Deployment")).get(0);
        ((ObjectNode) pod.spec().at("/containers/0/resources/requests")).put("memory", "1Gi");

        assertThat(PodPolicy.problems(pod)).singleElement().asString().endsWith("requests other than its limits");
    }

    private static ObjectNode security(JsonNode spec) {
        return (ObjectNode) spec.at("/containers/0/securityContext");
    }
}
