package io.backprocess.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.backprocess.Backprocess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.ParseResult;

/** What batch.env says arrives everywhere, and whatever a manifest refers to exists. */
class BatchWiringTest {
    /** What the platform has to bring, as the docs say. */
    private static final Set<String> FROM_THE_PLATFORM =
            Set.of("Secret/backprocess-kafka", "Secret/backprocess-s3", "PersistentVolumeClaim/backprocess-revisions");

    static Stream<String> overlays() {
        return Manifests.overlays().stream();
    }

    static Stream<String> clusters() {
        return Manifests.clusters().stream();
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void runsTheBatchOfItsEnvFile(String overlay) throws IOException {
        Properties batch = new Properties();
        try (var reader = Files.newBufferedReader(Manifests.K8S.resolve(overlay).resolve("batch.env"))) {
            batch.load(reader);
        }
        List<JsonNode> documents = Manifests.of(overlay);

        Map<String, String> options = options(runArguments(documents));

        assertThat(options)
                .containsEntry("--batch-id", batch.getProperty("BATCH_ID"))
                .containsEntry("--source-topic", batch.getProperty("SOURCE_TOPIC"))
                .containsEntry("--from", batch.getProperty("FROM"))
                .containsEntry("--until", batch.getProperty("UNTIL"))
                .containsEntry("--from-version", batch.getProperty("FROM_VERSION"))
                .containsEntry("--revision", batch.getProperty("REVISION"))
                .containsEntry("--dedupe-scope", batch.getProperty("DEDUPE_SCOPE"))
                .containsEntry("--reason", batch.getProperty("REASON"))
                .containsEntry("--bootstrap-servers", batch.getProperty("BOOTSTRAP_SERVERS"))
                .containsEntry("--command-config", "/opt/flink/kafka/client.properties");
        String id = batch.getProperty("BATCH_ID");
        Map<String, String> flink = FlinkConfigurations.of(documents);
        String home = "s3://%s/%s/".formatted(batch.getProperty("STATE_BUCKET"), id);
        assertThat(flink)
                .containsEntry("execution.checkpointing.dir", home + "checkpoints")
                .containsEntry("execution.checkpointing.savepoint-dir", home + "savepoints")
                .containsEntry("high-availability.storageDir", home + "ha");
        // The dev overlay brings one policy of its own for the whole namespace.
        assertThat(documents.stream().filter(each -> !Manifests.name(each).equals("NetworkPolicy/backprocess-minio")))
                .allSatisfy(
                        each -> assertThat(each.at("/metadata/name").asText()).startsWith(id))
                .allSatisfy(each -> assertThat(each.at("/metadata/labels/app.kubernetes.io~1instance")
                                .asText())
                        .isEqualTo(id));
        assertThat(images(documents)).containsOnly(batch.getProperty("IMAGE"));
        assertThat(Pod.in(documents)).allSatisfy(pod -> assertThat(
                        pod.labels().path("app.kubernetes.io/instance").asText())
                .isEqualTo(id));
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void typesCommandsThatThereAre(String overlay) {
        List<JsonNode> documents = Manifests.of(overlay);
        List<List<String>> commands = new ArrayList<>();
        commands.add(runArguments(documents));
        for (Pod pod :
                Pod.in(documents.stream().filter(Manifests.kind("CronJob")).toList())) {
            for (ObjectNode container : pod.containers()) {
                List<String> arguments = expanded(container);
                commands.add(arguments.subList(arguments.indexOf("io.backprocess.Backprocess") + 1, arguments.size()));
                assertThat(environment(container))
                        .containsEntry(
                                "BACKPROCESS_FLINK",
                                pod.labels().path("app.kubernetes.io/instance").asText() + "-rest:8081");
            }
        }

        assertThat(commands).hasSize(overlay.endsWith("/production") ? 6 : 4);
        assertThat(commands).allSatisfy(command -> {
            ParseResult parsed = Backprocess.commandLine().parseArgs(command.toArray(String[]::new));
            assertThat(parsed.hasSubcommand()).isTrue();
        });
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void refersOnlyToWhatExists(String overlay) {
        List<JsonNode> documents = new ArrayList<>(Manifests.of(overlay));
        documents.addAll(Manifests.of(Manifests.NAMESPACE));
        Set<String> existing = documents.stream().map(Manifests::name).collect(Collectors.toCollection(TreeSet::new));
        existing.addAll(FROM_THE_PLATFORM);

        assertThat(references(documents)).isNotEmpty().isSubsetOf(existing);
        assertThat(Pod.in(documents)).allSatisfy(pod -> {
            Set<String> volumes = Pod.elements(pod.spec().path("volumes"))
                    .map(volume -> volume.path("name").asText())
                    .collect(Collectors.toSet());
            Set<String> mounted = pod.containers().stream()
                    .flatMap(container -> Pod.elements(container.path("volumeMounts")))
                    .map(mount -> mount.path("name").asText())
                    .collect(Collectors.toSet());
            assertThat(mounted).isEqualTo(volumes);
        });
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void selectsPodsThatThereAre(String overlay) {
        List<JsonNode> documents = Manifests.of(overlay);
        List<Pod> pods = Pod.in(documents);

        for (JsonNode document : documents) {
            JsonNode selector =
                    switch (document.path("kind").asText()) {
                        case "PodDisruptionBudget", "Deployment" -> document.at("/spec/selector");
                        case "NetworkPolicy" -> document.at("/spec/podSelector");
                        case "Service" ->
                            ((ObjectNode) document.path("spec"))
                                    .putObject("wrapped")
                                    .set("matchLabels", document.at("/spec/selector"));
                        default -> null;
                    };
            if (selector != null) {
                assertThat(pods).as(Manifests.name(document)).anyMatch(pod -> pod.isSelectedBy(selector));
            }
        }
    }

    @Test
    void provesTheBatchOfItsEnvFileOnASessionCluster() throws IOException {
        Properties proof = new Properties();
        try (var reader =
                Files.newBufferedReader(Manifests.K8S.resolve(Manifests.PROOF).resolve("batch.env"))) {
            proof.load(reader);
        }
        List<JsonNode> documents = Manifests.of(Manifests.PROOF);

        ObjectNode command = Pod.in(
                        documents.stream().filter(Manifests.kind("CronJob")).toList())
                .get(0)
                .containers()
                .get(0);

        List<String> arguments = expanded(command);
        assertThat(arguments.subList(arguments.indexOf("io.backprocess.Backprocess") + 1, arguments.size()))
                .containsExactly(
                        "verify",
                        "--batch-id=" + proof.getProperty("PROVEN_BATCH_ID"),
                        "--on-cluster",
                        "--command-config=/opt/flink/kafka/client.properties");
        assertThat(environment(command))
                .containsEntry("BACKPROCESS_FLINK", proof.getProperty("BATCH_ID") + "-rest:8081")
                .containsEntry("BACKPROCESS_BOOTSTRAP_SERVERS", proof.getProperty("BOOTSTRAP_SERVERS"));
        JsonNode cluster = ManifestsTest.one(Manifests.PROOF, "FlinkDeployment");
        assertThat(cluster.path("metadata").path("name").asText()).isEqualTo(proof.getProperty("BATCH_ID"));
        assertThat(cluster.path("spec").has("job")).isFalse();
        assertThat(images(documents)).containsOnly(proof.getProperty("IMAGE"));
    }

    @Test
    void handsOverTheBatchOfItsEnvFileToItsAlias() {
        List<List<String>> commands = Pod.in(Manifests.of("overlays/production", "CronJob")).stream()
                .flatMap(pod -> pod.containers().stream())
                .map(BatchWiringTest::expanded)
                .map(arguments ->
                        arguments.subList(arguments.indexOf("io.backprocess.Backprocess") + 1, arguments.size()))
                .toList();

        assertThat(commands)
                .contains(
                        List.of(
                                "promote",
                                "--batch-id=batch-20251115",
                                "--alias=purchases",
                                "--execute",
                                "--command-config=/opt/flink/kafka/client.properties"),
                        List.of(
                                "retire",
                                "--batch-id=batch-20251115",
                                "--execute",
                                "--command-config=/opt/flink/kafka/client.properties"));
    }

    @Test
    void writesDownWhatThePlatformHasToBring() throws IOException {
        String docs = Files.readString(Path.of("docs/kubernetes.md"));

        assertThat(FROM_THE_PLATFORM)
                .allSatisfy(each -> assertThat(docs).contains(each.substring(each.indexOf('/') + 1)));
        assertThat(Manifests.overlays()).allSatisfy(overlay -> assertThat(docs).contains("`k8s/" + overlay + "`"));
    }

    @Test
    void noticesAReferenceToNothing() {
        JsonNode deployment = ManifestsTest.one("overlays/standalone", "Deployment");
        ((ArrayNode) deployment.at("/spec/template/spec/volumes"))
                .addObject()
                .put("name", "x")
                .putObject("configMap")
                .put("name", "not-there");

        assertThat(references(List.of(deployment))).contains("ConfigMap/not-there");
    }

    private static Set<String> references(List<JsonNode> documents) {
        Set<String> references = new TreeSet<>();
        for (Pod pod : Pod.in(documents)) {
            for (JsonNode volume : pod.spec().path("volumes")) {
                add(references, "Secret", volume.at("/secret/secretName"));
                add(references, "ConfigMap", volume.at("/configMap/name"));
                add(references, "PersistentVolumeClaim", volume.at("/persistentVolumeClaim/claimName"));
            }
            add(references, "ServiceAccount", pod.spec().path("serviceAccountName"));
            pod.containers().stream()
                    .flatMap(container -> Pod.elements(container.path("env")))
                    .forEach(each -> add(references, "Secret", each.at("/valueFrom/secretKeyRef/name")));
        }
        for (JsonNode document : documents) {
            add(references, "ServiceAccount", document.at("/spec/serviceAccount"));
            add(
                    references,
                    "ServiceAccount",
                    document.at("/spec/flinkConfiguration").path("kubernetes.taskmanager.service-account"));
            if (Manifests.kind("RoleBinding").test(document)) {
                add(references, document.at("/roleRef/kind").asText(), document.at("/roleRef/name"));
                document.path("subjects")
                        .forEach(subject -> add(references, subject.path("kind").asText(), subject.path("name")));
            }
        }
        return references;
    }

    private static void add(Set<String> references, String kind, JsonNode name) {
        if (name.isTextual()) {
            references.add(kind + "/" + name.asText());
        }
    }

    /** What the job's main gets. */
    private static List<String> runArguments(List<JsonNode> documents) {
        for (JsonNode document : documents) {
            if (Manifests.kind("FlinkDeployment").test(document)) {
                return Pod.elements(document.at("/spec/job/args"))
                        .map(JsonNode::asText)
                        .toList();
            }
            if (Manifests.kind("Job").test(document)) {
                List<String> arguments =
                        expanded(Pod.in(document).get(0).containers().get(0));
                return arguments.subList(arguments.indexOf("run"), arguments.size());
            }
        }
        throw new AssertionError("nothing runs the batch");
    }

    private static Map<String, String> options(List<String> arguments) {
        Map<String, String> options = new TreeMap<>();
        for (String argument : arguments.subList(1, arguments.size())) {
            String[] parts = argument.split("=", 2);
            options.put(parts[0], parts[1]);
        }
        return options;
    }

    private static Set<String> images(List<JsonNode> documents) {
        Set<String> images = new TreeSet<>();
        documents.forEach(document -> document.findValues("image").forEach(image -> images.add(image.asText())));
        return images;
    }

    private static Map<String, String> environment(ObjectNode container) {
        Map<String, String> environment = new TreeMap<>();
        for (JsonNode variable : container.path("env")) {
            environment.put(
                    variable.path("name").asText(),
                    FlinkConfigurations.expand(variable.path("value").asText(), environment));
        }
        return environment;
    }

    private static List<String> expanded(ObjectNode container) {
        Map<String, String> environment = environment(container);
        return Pod.elements(container.path("args"))
                .map(argument -> FlinkConfigurations.expand(argument.asText(), environment))
                .toList();
    }
}
