package io.backprocess.tools.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class ConfigurationTest {
    private static final Project PROJECT = new Project(Path.of("").toAbsolutePath());

    @TempDir
    Path directory;

    private Place place;
    private Settings settings;

    @BeforeEach
    void begin() throws Exception {
        place = new Place(directory.resolve("a stack"));
        settings = new Settings();
        settings.set(Setting.KAFKA_PORT, 19092);
        settings.set(Setting.FLINK_PORT, 18081);
        settings.set(Setting.RPC_PORT, 20811);
        settings.set(Setting.CONTROLLER_PORT, 20810);
        settings.set(Setting.ZOOKEEPER_PORT, 20812);
        settings.set(Setting.METRICS_PORT, 45000);
        settings.set(Setting.ALERTMANAGER_PORT, 9093);
        settings.set(Setting.SLOTS, 2);
        settings.set(Setting.TM_MEMORY, "1g");
        Files.createDirectories(place.run("x").getParent());
    }

    @Test
    void replacesTheProjectsLinesByItsOwn() {
        assertThat(Configuration.replaced(
                        List.of("# a", "rest.port: 8081", "rest.port-x: 1", "key: v"),
                        List.of("# own", "rest.port: 1")))
                .isEqualTo("# a\nrest.port-x: 1\nkey: v\n# own\nrest.port: 1\n");
    }

    @Test
    void writesOneLineForEachKeyOfFlink() throws Exception {
        settings.set(Setting.HA, "yes");

        new Configuration(PROJECT, place, settings).write();

        List<String> lines = Files.readAllLines(place.conf("flink").resolve("config.yaml"));
        List<String> keys = lines.stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> line.substring(0, line.indexOf(": ")))
                .toList();
        assertThat(keys).doesNotHaveDuplicates();
        assertThat(lines)
                .contains(
                        "rest.port: 18081",
                        "jobmanager.rpc.port: 20811",
                        "taskmanager.memory.process.size: 1g",
                        "execution.checkpointing.dir: file://" + place.data("flink") + "/checkpoints",
                        "high-availability.zookeeper.quorum: 127.0.0.1:20812")
                .containsAll(PROJECT.flinkConfiguration().stream()
                        .filter(line -> line.startsWith("restart-strategy"))
                        .toList());
        assertThat(place.conf("flink").resolve("log4j.properties")).exists();
    }

    @Test
    void writesTheListenersOfKafka() throws Exception {
        new Configuration(PROJECT, place, settings).write();

        assertThat(place.conf("kafka").resolve("server.properties"))
                .content()
                .contains("listeners=PLAINTEXT://127.0.0.1:19092,CONTROLLER://127.0.0.1:20810\n")
                .contains("log.dirs=" + place.data("kafka") + "\n")
                .contains("process.roles=broker,controller\n");
    }

    @Test
    void keepsThePortOfMetricsAndTellsPrometheus() throws Exception {
        settings.set(Setting.MONITORING, "yes");
        Configuration configuration = new Configuration(PROJECT, place, settings);
        configuration.write();
        assertThat(place.conf("monitoring").resolve("targets.json")).hasContent("[{\"targets\": []}]");

        int jobManager = configuration.metricsPort("jobmanager");
        int taskManager = configuration.metricsPort("taskmanager-1");
        configuration.writeTargets();

        assertThat(jobManager).isGreaterThanOrEqualTo(45000);
        assertThat(taskManager).isGreaterThan(45000).isNotEqualTo(jobManager);
        assertThat(new Configuration(PROJECT, place, settings).metricsPort("taskmanager-1"))
                .isEqualTo(taskManager);
        assertThat(place.conf("monitoring").resolve("targets.json"))
                .hasContent("[{\"targets\": [\"127.0.0.1:%d\", \"127.0.0.1:%d\"]}]".formatted(jobManager, taskManager));
    }
}
