package io.backprocess.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Flink's configuration on Kubernetes: each key is one, each value is readable, and it says what flink-conf says. */
class FlinkConfigurationTest {
    private static final FlinkOptions OPTIONS = new FlinkOptions();

    /** Lines of flink-conf/config.yaml that are about the one machine of a local stack, and why they do not apply. */
    private static final Map<String, String> ONLY_LOCAL = Map.ofEntries(
            Map.entry("jobmanager.memory.process.size", "the pod's limit"),
            Map.entry("taskmanager.memory.process.size", "the pod's limit"),
            Map.entry("metrics.reporter.prom.port", "one process a pod"),
            Map.entry("web.submit.enable", "one batch a cluster"),
            Map.entry("jobmanager.rpc.address", "found by the leader election"),
            Map.entry("jobmanager.bind-host", "other pods have to reach it"),
            Map.entry("taskmanager.host", "the pod's address"),
            Map.entry("taskmanager.bind-host", "other pods have to reach it"),
            Map.entry("rest.address", "found by the leader election"),
            Map.entry("rest.bind-address", "other pods have to reach it"),
            Map.entry("rest.port", "Flink's own"));

    /** What makes a batch safe, whoever changes the manifests. */
    private static final Map<String, String> DEMANDED = Map.ofEntries(
            Map.entry("high-availability.type", "kubernetes"),
            Map.entry("execution.checkpointing.mode", "EXACTLY_ONCE"),
            Map.entry("execution.checkpointing.externalized-checkpoint-retention", "RETAIN_ON_CANCELLATION"),
            Map.entry("execution.submit-failed-job-on-application-error", "true"),
            Map.entry("jobmanager.scheduler", "Default"),
            Map.entry("state.backend.type", "rocksdb"),
            Map.entry("state.backend.rocksdb.localdir", "/opt/flink/state"),
            Map.entry("metrics.reporter.prom.port", "9249"),
            Map.entry("web.submit.enable", "false"),
            Map.entry("web.cancel.enable", "false"));

    private static final Map<String, String> DEMANDED_OF_THE_OPERATOR = Map.of(
            "kubernetes.operator.job.upgrade.last-state-fallback.enabled", "false",
            "kubernetes.operator.savepoint.cleanup.enabled", "false",
            "kubernetes.operator.job.savepoint-on-deletion", "true",
            "kubernetes.operator.job.drain-on-savepoint-deletion", "false",
            "job.autoscaler.enabled", "false",
            "kubernetes.jobmanager.cpu.limit-factor", "1.0",
            "kubernetes.jobmanager.memory.limit-factor", "1.0",
            "kubernetes.taskmanager.cpu.limit-factor", "1.0",
            "kubernetes.taskmanager.memory.limit-factor", "1.0");

    static Stream<String> overlays() {
        return Manifests.overlays().stream();
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void saysNothingThatFlinkDoesNotKnow(String overlay) {
        assertThat(OPTIONS.size()).isGreaterThan(600);
        assertThat(problems(FlinkConfigurations.of(Manifests.of(overlay)))).isEmpty();
    }

    @Test
    void saysNothingLocallyThatFlinkDoesNotKnow() throws IOException {
        assertThat(problems(local())).isEmpty();
    }

    @Test
    void findsATypoInAKeyAndInAValue() {
        assertThat(problems(Map.of("execution.checkpointing.intervall", "10s")))
                .containsExactly("execution.checkpointing.intervall is no option of Flink or its operator");
        assertThat(problems(Map.of("execution.checkpointing.interval", "10 seks")))
                .hasSize(1);
        assertThat(problems(Map.of("execution.checkpointing.mode", "exactly"))).hasSize(1);
        assertThat(problems(Map.of("kubernetes.operator.job.restart.failed", "no")))
                .hasSize(1);
        assertThat(problems(Map.of("kubernetes.operator.job.restart.fail", "false")))
                .hasSize(1);
        // The name that it had until Flink 1.20.
        assertThat(problems(Map.of("state.checkpoints.dir", "s3://b/c"))).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void saysWhatTheLocalStackIsToldToo(String overlay) throws IOException {
        Map<String, String> expected = local();
        expected.keySet().removeAll(ONLY_LOCAL.keySet());

        assertThat(FlinkConfigurations.of(Manifests.of(overlay))).containsAllEntriesOf(expected);
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void keepsABatchSafe(String overlay) {
        List<JsonNode> documents = Manifests.of(overlay);
        Map<String, String> configuration = FlinkConfigurations.of(documents);

        assertThat(configuration).containsAllEntriesOf(DEMANDED);
        assertThat(List.of(
                        "execution.checkpointing.dir",
                        "execution.checkpointing.savepoint-dir",
                        "high-availability.storageDir"))
                .allSatisfy(each -> assertThat(configuration.get(each)).startsWith("s3://"));
        for (JsonNode flink : Manifests.of(overlay, "FlinkDeployment")) {
            assertThat(configuration).containsAllEntriesOf(DEMANDED_OF_THE_OPERATOR);
            assertThat(configuration).doesNotContainKeys(FlinkOptions.FORBIDDEN.toArray(String[]::new));
            assertThat(flink.at("/spec/flinkVersion").asText()).isEqualTo("v2_2");
            assertThat(flink.at("/spec/mode").asText()).isEqualTo("native");
            assertThat(flink.at("/spec/job/upgradeMode").asText()).isEqualTo("savepoint");
            assertThat(flink.at("/spec/job/state").asText()).isEqualTo("running");
            assertThat(flink.at("/spec/job/allowNonRestoredState").asBoolean(true))
                    .isFalse();
            assertThat(flink.at("/spec/job/jarURI").asText()).isEqualTo("local:///opt/flink/usrlib/backprocess.jar");
            assertThat(flink.at("/spec/job/entryClass").asText()).isEqualTo("io.backprocess.Backprocess");
        }
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void dividesTheMemoryThatThePodsHave(String overlay) {
        Map<String, String> configuration = FlinkConfigurations.of(Manifests.of(overlay));
        long jobManager = limit(overlay, "jobmanager");
        long taskManager = limit(overlay, "taskmanager");
        assertThat(configuration.getOrDefault("jobmanager.memory.process.size", jobManager + "b"))
                .satisfies(size -> assertThat(MemorySize.parseBytes(size)).isEqualTo(jobManager));
        assertThat(configuration.getOrDefault("taskmanager.memory.process.size", taskManager + "b"))
                .satisfies(size -> assertThat(MemorySize.parseBytes(size)).isEqualTo(taskManager));
        Configuration flink = Configuration.fromMap(new TreeMap<>(configuration));
        flink.set(JobManagerOptions.TOTAL_PROCESS_MEMORY, new MemorySize(jobManager));
        flink.set(TaskManagerOptions.TOTAL_PROCESS_MEMORY, new MemorySize(taskManager));

        // Flink's own reckoning, which fails where the shares do not fit.
        long heap = TaskExecutorProcessUtils.processSpecFromConfig(flink)
                .getJvmHeapMemorySize()
                .getBytes();
        long off = JobManagerProcessUtils.processSpecFromConfig(flink)
                .getTotalProcessMemorySize()
                .getBytes();

        // The eventIds live there.
        assertThat(heap).isGreaterThan(taskManager / 3);
        assertThat(off).isEqualTo(jobManager);
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void keepsRocksDbOnADiskOfTheNode(String overlay) {
        List<Pod> pods = Pod.in(Manifests.of(overlay)).stream()
                .filter(pod -> pod.component().equals("taskmanager"))
                .toList();

        assertThat(pods).singleElement().satisfies(pod -> {
            assertThat(Pod.elements(pod.spec().at("/containers/0/volumeMounts")))
                    .anyMatch(mount -> mount.path("mountPath").asText().equals("/opt/flink/state"));
            JsonNode state = Pod.elements(pod.spec().path("volumes"))
                    .filter(volume -> volume.path("name").asText().equals("state"))
                    .findFirst()
                    .orElseThrow();
            assertThat(state.has("emptyDir") || state.has("ephemeral")).isTrue();
            if (state.has("emptyDir")) {
                // Else the pod is evicted before the disk is full.
                assertThat(PodPolicy.bytes(state.at("/emptyDir/sizeLimit").asText()))
                        .isLessThan(ephemeralStorage(overlay));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void logsInTheSameLayoutAsEverywhere(String overlay) throws IOException {
        String local = layout(Files.readString(Path.of("flink-conf/log4j.properties")));
        List<String> layouts = Manifests.of(overlay).stream()
                .flatMap(document -> Stream.of(
                        document.at("/spec/logConfiguration/log4j-console.properties"),
                        document.at("/data/log4j-console.properties")))
                .filter(JsonNode::isTextual)
                .map(JsonNode::asText)
                .toList();

        assertThat(layouts).singleElement().satisfies(text -> {
            assertThat(layout(text)).isEqualTo(local).contains("\"CorrelationId\"");
            assertThat(text).contains("appender.console.target = SYSTEM_OUT").doesNotContain("RollingFile");
        });
        Path image = Path.of("flink-conf/log4j-console.properties");
        if (Files.exists(image)) {
            assertThat(layouts).containsExactly(Files.readString(image));
        }
    }

    @Test
    void namesThePortsThatFlinkListensOn() {
        Map<String, String> configuration = FlinkConfigurations.of(Manifests.of("overlays/standalone"));
        Map<String, String> options = Map.of(
                "jobmanager/rpc", "high-availability.jobmanager.port",
                "jobmanager/blob", "blob.server.port",
                "jobmanager/rest", "rest.port",
                "jobmanager/metrics", "metrics.reporter.prom.port",
                "taskmanager/rpc", "taskmanager.rpc.port",
                "taskmanager/metrics", "metrics.reporter.prom.port");
        Set<String> seen = new TreeSet<>();

        for (Pod pod : Pod.in(Manifests.of("overlays/standalone"))) {
            for (JsonNode port : pod.spec().at("/containers/0/ports")) {
                String name = pod.component() + "/" + port.path("name").asText();
                seen.add(name);
                assertThat(configuration.get(options.get(name)))
                        .as(name)
                        .isEqualTo(port.path("containerPort").asText());
            }
        }

        assertThat(seen).isEqualTo(new TreeSet<>(options.keySet()));
    }

    private static List<String> problems(Map<String, String> configuration) {
        return configuration.entrySet().stream()
                .flatMap(line -> OPTIONS.problem(line.getKey(), line.getValue()).stream())
                .toList();
    }

    private static Map<String, String> local() throws IOException {
        Map<String, String> lines = new TreeMap<>();
        FlinkConfigurations.yaml(Files.readString(Path.of("flink-conf/config.yaml")))
                .properties()
                .forEach(line -> lines.put(line.getKey(), line.getValue().asText()));
        return lines;
    }

    private static String layout(String log4j) {
        int start = log4j.indexOf("layout.eventTemplate");
        return log4j.substring(start, log4j.indexOf("\n  }\n", start));
    }

    private static long limit(String overlay, String component) {
        for (JsonNode flink : Manifests.of(overlay, "FlinkDeployment")) {
            String part = component.equals("jobmanager") ? "jobManager" : "taskManager";
            return MemorySize.parseBytes(
                    flink.at("/spec/" + part + "/resource/memory").asText());
        }
        return Pod.in(Manifests.of(overlay)).stream()
                .filter(pod -> pod.component().equals(component))
                .mapToLong(pod -> PodPolicy.bytes(
                        pod.spec().at("/containers/0/resources/limits/memory").asText()))
                .findFirst()
                .orElseThrow();
    }

    private static long ephemeralStorage(String overlay) {
        for (JsonNode flink : Manifests.of(overlay, "FlinkDeployment")) {
            return PodPolicy.bytes(
                    flink.at("/spec/taskManager/resource/ephemeralStorage").asText());
        }
        return PodPolicy.bytes(ManifestsTest.one(overlay, "Deployment")
                .at("/spec/template/spec/containers/0/resources/limits/ephemeral-storage")
                .asText());
    }
}
