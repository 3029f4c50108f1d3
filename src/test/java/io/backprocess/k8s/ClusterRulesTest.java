package io.backprocess.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.batch.Framing;
import io.backprocess.batch.RegistryUrl;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What stands around the pods: who reaches them, what they may ask of Kubernetes, how many may go at a time. */
class ClusterRulesTest {
    static Stream<String> overlays() {
        return Manifests.overlays().stream();
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void letsNoPodTalkToWhomItNeedNot(String overlay) {
        List<JsonNode> documents = withNamespace(overlay);

        assertThat(Pod.in(documents)).isNotEmpty().allSatisfy(pod -> assertThat(unguarded(pod, documents))
                .isEmpty());
    }

    @Test
    void noticesAPolicyThatIsGone() {
        List<JsonNode> documents = withNamespace("overlays/production");
        Pod pod = Pod.in(documents).get(0);

        for (String name : List.of("backprocess-nothing", "backprocess-out", "batch-20251115")) {
            List<JsonNode> without = documents.stream()
                    .filter(each -> !Manifests.name(each).equals("NetworkPolicy/" + name))
                    .toList();

            assertThat(unguarded(pod, without)).as(name).isNotEmpty();
        }
    }

    /** The overlay of values with a schema: Flink's processes alone ask the registry, on the port of its URL. */
    @Test
    void letsTheJobReachTheRegistryThatItsArgumentsName() throws IOException {
        String overlay = "overlays/registry";
        Properties batch = new Properties();
        try (var reader = Files.newBufferedReader(Manifests.K8S.resolve(overlay).resolve("batch.env"))) {
            batch.load(reader);
        }
        List<JsonNode> documents = Manifests.of(overlay);
        JsonNode policy = documents.stream()
                .filter(each -> Manifests.name(each).endsWith("-registry"))
                .findFirst()
                .orElseThrow();

        List<String> arguments = Pod.elements(
                        ManifestsTest.one(overlay, "FlinkDeployment").at("/spec/job/args"))
                .map(JsonNode::asText)
                .toList();
        assertThat(arguments)
                .contains(
                        "--format=" + batch.getProperty("FORMAT"),
                        "--framing=" + batch.getProperty("FRAMING"),
                        "--registry=" + batch.getProperty("REGISTRY"));
        assertThat(RegistryUrl.problems(
                        batch.getProperty("REGISTRY"),
                        Framing.valueOf(batch.getProperty("FRAMING").toUpperCase(Locale.ROOT))))
                .isEmpty();
        assertThat(policy.at("/spec/egress/0/ports/0/port").isInt()).isTrue();
        assertThat(policy.at("/spec/egress/0/ports/0/port").asInt())
                .isEqualTo(URI.create(batch.getProperty("REGISTRY")).getPort());
        assertThat(Pod.in(documents)).allSatisfy(pod -> assertThat(pod.isSelectedBy(policy.at("/spec/podSelector")))
                .as(pod.toString())
                .isEqualTo(pod.component().endsWith("manager")));
    }

    /** What is missing of: nothing by default, the pods of its batch, what lies outside. */
    private static List<String> unguarded(Pod pod, List<JsonNode> documents) {
        List<JsonNode> policies = documents.stream()
                .filter(Manifests.kind("NetworkPolicy"))
                .filter(policy -> pod.isSelectedBy(policy.at("/spec/podSelector")))
                .toList();
        List<String> missing = new ArrayList<>();
        if (policies.stream()
                .noneMatch(policy -> policy.at("/spec/podSelector").isEmpty()
                        && policy.at("/spec/policyTypes").size() == 2
                        && !policy.path("spec").has("ingress")
                        && !policy.path("spec").has("egress"))) {
            missing.add("nothing closes it");
        }
        if (policies.stream()
                .noneMatch(policy -> policy.at("/spec/ingress/0/from/0/podSelector")
                                .equals(policy.at("/spec/podSelector"))
                        && policy.at("/spec/egress/0/to/0/podSelector").equals(policy.at("/spec/podSelector")))) {
            missing.add("its batch does not reach it");
        }
        if (policies.stream().noneMatch(policy -> policy.at("/spec/egress/1/to/0/ipBlock/except/0")
                .asText()
                .equals("169.254.0.0/16"))) {
            missing.add("it does not reach Kafka");
        }
        return missing;
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void drainsOneNodeAtATime(String overlay) {
        List<JsonNode> documents = Manifests.of(overlay);
        List<JsonNode> budgets = Manifests.of(overlay, "PodDisruptionBudget");

        for (Pod pod : Pod.in(documents)) {
            int count = count(pod);
            List<Integer> available = budgets.stream()
                    .filter(budget -> pod.isSelectedBy(budget.at("/spec/selector")))
                    .map(budget -> budget.at("/spec/minAvailable").asInt())
                    .toList();

            // One alone would hold its node for ever.
            assertThat(available)
                    .as("%s, %d of them", pod, count)
                    .isEqualTo(count > 1 ? List.of(count - 1) : List.of());
        }
    }

    /** How many of such pods run at the same time. */
    private static int count(Pod pod) {
        JsonNode spec = pod.document().path("spec");
        if (!pod.isOfFlinkDeployment()) {
            return spec.path("replicas").asInt(1);
        }
        if (pod.component().equals("jobmanager")) {
            return spec.at("/jobManager/replicas").asInt();
        }
        int slots = spec.path("flinkConfiguration")
                .path("taskmanager.numberOfTaskSlots")
                .asInt();
        return (spec.at("/job/parallelism").asInt() + slots - 1) / slots;
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void hasASlotForEachSubtask(String overlay) {
        for (JsonNode deployment : Manifests.of(overlay, "Deployment")) {
            var configuration = FlinkConfigurations.of(Manifests.of(overlay));

            assertThat(Integer.parseInt(configuration.get("parallelism.default")))
                    .isEqualTo(deployment.at("/spec/replicas").asInt()
                            * Integer.parseInt(configuration.get("taskmanager.numberOfTaskSlots")));
        }
    }

    @Test
    void givesTheFewestRights() {
        List<JsonNode> shared = Manifests.of(Manifests.NAMESPACE);
        Set<String> rights = new TreeSet<>();
        shared.stream().filter(Manifests.kind("Role")).forEach(role -> role.path("rules")
                .forEach(rule -> rule.path("resources").forEach(resource -> rule.path("verbs")
                        .forEach(verb -> rights.add("%s: %s %s"
                                .formatted(
                                        role.at("/metadata/name").asText().replace("backprocess-", ""),
                                        verb.asText(),
                                        resource.asText()))))));

        assertThat(rights)
                .containsExactlyInAnyOrder(
                        "jobmanager: create configmaps",
                        "jobmanager: delete configmaps",
                        "jobmanager: get configmaps",
                        "jobmanager: list configmaps",
                        "jobmanager: patch configmaps",
                        "jobmanager: update configmaps",
                        "jobmanager: watch configmaps",
                        "jobmanager: create pods",
                        "jobmanager: delete pods",
                        "jobmanager: get pods",
                        "jobmanager: list pods",
                        "jobmanager: watch pods",
                        "jobmanager: get deployments",
                        "taskmanager: get configmaps",
                        "taskmanager: list configmaps",
                        "taskmanager: watch configmaps");
        assertThat(shared.stream().filter(Manifests.kind("ServiceAccount")))
                .hasSize(3)
                .allMatch(
                        account -> !account.path("automountServiceAccountToken").asBoolean(true));
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void givesATokenOnlyToWhomNeedsOne(String overlay) {
        assertThat(Pod.in(Manifests.of(overlay))).allSatisfy(pod -> {
            boolean flink = Set.of("jobmanager", "taskmanager").contains(pod.component());
            assertThat(pod.spec().path("automountServiceAccountToken").asBoolean())
                    .isEqualTo(flink);
            if (!pod.isOfFlinkDeployment()) {
                assertThat(pod.spec().path("serviceAccountName").asText())
                        .isEqualTo(flink ? "backprocess-" + pod.component() : "backprocess-cli");
            }
        });
        assertThat(Manifests.of(overlay, "FlinkDeployment"))
                .allSatisfy(flink ->
                        assertThat(flink.at("/spec/serviceAccount").asText()).isEqualTo("backprocess-jobmanager"));
    }

    @Test
    void hasTheNamespaceRefuseWhatIsNotRestricted() {
        assertThat(ManifestsTest.one(Manifests.NAMESPACE, "Namespace")
                        .at("/metadata/labels/pod-security.kubernetes.io~1enforce")
                        .asText())
                .isEqualTo("restricted");
    }

    private static List<JsonNode> withNamespace(String overlay) {
        return Stream.concat(Manifests.of(overlay).stream(), Manifests.of(Manifests.NAMESPACE).stream())
                .toList();
    }
}
