package io.backprocess.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What every pod has to keep to; says what one does not. */
final class PodPolicy {
    /** Volumes that a restricted namespace allows, and that we have a use for; none of them is the node's own file system. */
    private static final Set<String> VOLUMES =
            Set.of("configMap", "secret", "emptyDir", "ephemeral", "persistentVolumeClaim");

    private final List<String> problems = new ArrayList<>();
    private final Pod pod;

    private PodPolicy(Pod pod) {
        this.pod = pod;
    }

    static List<String> problems(Pod pod) {
        PodPolicy policy = new PodPolicy(pod);
        policy.checkPod();
        pod.containers().forEach(policy::checkContainer);
        return policy.problems;
    }

    private void checkPod() {
        JsonNode spec = pod.spec();
        JsonNode security = spec.path("securityContext");
        demand(security.path("runAsNonRoot").asBoolean(), "may run as root");
        demand(
                List.of("runAsUser", "runAsGroup", "fsGroup").stream()
                        .allMatch(each -> security.path(each).asInt() == 9999),
                "does not run as 9999, the user flink of the image");
        demand(security.at("/seccompProfile/type").asText().equals("RuntimeDefault"), "has no seccomp profile");
        List.of("hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace")
                .forEach(each -> demand(!spec.path(each).asBoolean(), "has " + each));
        demand(spec.has("automountServiceAccountToken"), "does not say whether it needs a token of Kubernetes");
        for (JsonNode volume : spec.path("volumes")) {
            volume.fieldNames()
                    .forEachRemaining(each ->
                            demand(each.equals("name") || VOLUMES.contains(each), "has a volume of kind " + each));
            demand(
                    !volume.has("emptyDir") || volume.at("/emptyDir").has("sizeLimit"),
                    "has an emptyDir without a limit: " + volume.path("name").asText());
        }
        if (Set.of("jobmanager", "taskmanager").contains(pod.component())) {
            List<String> keys = Pod.elements(spec.path("topologySpreadConstraints"))
                    .filter(each -> pod.isSelectedBy(each.path("labelSelector")))
                    .map(each -> each.path("topologyKey").asText())
                    .toList();
            demand(
                    keys.containsAll(List.of("topology.kubernetes.io/zone", "kubernetes.io/hostname")),
                    "is not spread over zones and nodes");
        }
    }

    private void checkContainer(ObjectNode container) {
        String name = container.path("name").asText();
        JsonNode security = container.path("securityContext");
        demand(security.path("readOnlyRootFilesystem").asBoolean(), name + " may write to its root file system");
        demand(
                security.has("allowPrivilegeEscalation")
                        && !security.path("allowPrivilegeEscalation").asBoolean(),
                name + " may gain privileges");
        demand(!security.path("privileged").asBoolean(), name + " is privileged");
        demand(
                security.at("/capabilities/drop/0").asText().equals("ALL")
                        && security.at("/capabilities/add").isEmpty(),
                name + " keeps capabilities");
        if (pod.component().equals("jobmanager")) {
            demand(
                    container.at("/livenessProbe/httpGet/path").asText().equals("/overview"),
                    name + " would live on without a leader: its probe asks for something else than Flink's overview");
        }
        demand(!container.path("image").asText().endsWith(":latest"), name + " runs whatever is latest");
        if (!pod.isOfFlinkDeployment()) {
            JsonNode resources = container.path("resources");
            demand(
                    List.of("cpu", "memory", "ephemeral-storage").stream()
                            .allMatch(each -> resources.at("/limits").has(each)),
                    name + " has no limits");
            demand(
                    resources.path("limits").equals(resources.path("requests")),
                    name + " requests other than its limits");
        }
        demand(
                Pod.elements(container.path("volumeMounts"))
                        .filter(mount -> mount.path("mountPath").asText().equals("/opt/flink/kafka"))
                        .allMatch(mount -> mount.path("readOnly").asBoolean() && isSecret(mount)),
                name + " has Kafka's credentials from elsewhere than a Secret, or may change them");
        for (JsonNode variable : container.path("env")) {
            demand(
                    !variable.path("name").asText().matches(".*(SECRET|PASSWORD|TOKEN|KEY).*")
                            || variable.at("/valueFrom/secretKeyRef").isObject(),
                    name + " has a secret in plain sight: "
                            + variable.path("name").asText());
        }
    }

    private boolean isSecret(JsonNode mount) {
        return Pod.elements(pod.spec().path("volumes"))
                .filter(volume -> volume.path("name").equals(mount.path("name")))
                // 0440
                .allMatch(volume -> volume.at("/secret/defaultMode").asInt() == 0440);
    }

    static long bytes(String quantity) {
        return Quantity.getAmountInBytes(new Quantity(quantity)).longValueExact();
    }

    private void demand(boolean kept, String problem) {
        if (!kept) {
            problems.add(pod + " " + problem);
        }
    }
}
