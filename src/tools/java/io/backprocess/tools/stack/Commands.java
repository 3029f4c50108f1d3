package io.backprocess.tools.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The command lines of a stack's processes, with the memory that Flink's own scripts would give them. */
final class Commands {
    /** The options of a JVM that runs for a second: it compiles little, and collects in one thread. */
    private static final List<String> QUICK = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m");

    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private final Project project;
    private final Place place;
    private final Libraries libraries;

    Commands(Project project, Place place, Libraries libraries) {
        this.project = project;
        this.place = place;
        this.libraries = libraries;
    }

    List<String> broker() {
        String heap = System.getenv("KAFKA_HEAP_OPTS");
        List<String> command = new ArrayList<>(List.of(JAVA));
        command.addAll(Words.of(heap == null || heap.isEmpty() ? "-Xmx1g" : heap));
        command.addAll(kafkaLogging());
        command.addAll(List.of("-cp", jars(libraries.kafka()), "kafka.Kafka", kafkaConfiguration()));
        return command;
    }

    /** Returns the command that formats Kafka's log directory. This is done once, with an id of its own. */
    List<String> formatKafka(String clusterId) {
        List<String> command = new ArrayList<>(List.of(JAVA));
        command.addAll(QUICK);
        command.addAll(kafkaLogging());
        command.addAll(List.of("-cp", jars(libraries.kafka()), "kafka.tools.StorageTool", "format", "--standalone"));
        command.addAll(List.of("--cluster-id", clusterId, "--config", kafkaConfiguration()));
        return command;
    }

    private List<String> kafkaLogging() {
        return List.of(
                "-Dlog.file=" + place.log("broker.log"),
                "-Dlog4j2.configurationFile=" + place.conf("kafka").resolve("log4j2.properties"));
    }

    private String kafkaConfiguration() {
        return place.conf("kafka").resolve("server.properties").toString();
    }

    List<String> zookeeper() throws IOException {
        return flink(
                "zookeeper",
                List.of("-XX:TieredStopAtLevel=1", "-Xmx128m"),
                List.of(
                        "org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer",
                        "--zkConfigFile",
                        place.conf("zookeeper").resolve("zoo.cfg").toString(),
                        "--peerId",
                        "1"));
    }

    List<String> jobManager(int metricsPort) throws IOException {
        Memory memory = Memory.read(memoryFile("jobmanager"));
        // The JobManager has no hot path, so it starts faster with the quick compiler alone.
        List<String> jvm = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1"));
        jvm.addAll(memory.jvmOptions());
        List<String> program = new ArrayList<>(List.of(
                "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
                "--configDir",
                flinkConfiguration(),
                "--executionMode",
                "cluster",
                "-D",
                "jobmanager.resource-id=jobmanager",
                "-D",
                "metrics.reporter.prom.port=" + metricsPort));
        program.addAll(memory.arguments());
        return flink("jobmanager", jvm, program);
    }

    /**
     * Returns the command of a TaskManager. The options are lines of Flink's configuration; if there are any, the memory is
     * that in the file of this process.
     */
    List<String> taskManager(String name, int metricsPort, List<String> options) throws IOException {
        Memory memory = Memory.read(memoryFile(options.isEmpty() ? "taskmanager" : name));
        List<String> jvm = new ArrayList<>(memory.jvmOptions());
        jvm.addAll(Words.of(project.flinkOption("env.java.opts.taskmanager")));
        List<String> program = new ArrayList<>(List.of(
                "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
                "--configDir",
                flinkConfiguration(),
                // A fixed id, so that a successor replaces a killed one at once. The web UI shows this name, too.
                "-D",
                "taskmanager.resource-id=" + name,
                "-D",
                "metrics.reporter.prom.port=" + metricsPort));
        program.addAll(dynamic(options));
        program.addAll(memory.arguments());
        return flink(name, jvm, program);
    }

    private List<String> flink(String name, List<String> jvm, List<String> program) throws IOException {
        List<String> command = new ArrayList<>(List.of(JAVA));
        command.addAll(jvm);
        command.addAll(Words.of(project.flinkOption("env.java.opts.all")));
        command.add("-Dlog.file=" + place.log(name + ".log"));
        command.add("-Dlog4j.configurationFile=" + place.conf("flink").resolve("log4j.properties"));
        command.addAll(List.of("-cp", jars(libraries.flink())));
        command.addAll(program);
        return command;
    }

    Map<String, String> flinkEnvironment() {
        return Map.of(
                "FLINK_CONF_DIR",
                flinkConfiguration(),
                "FLINK_PLUGINS_DIR",
                libraries.flinkPlugins().toString());
    }

    /**
     * Returns the command that asks Flink for the sizes of memory, as its own scripts do.
     *
     * @param what {@code GET_JM_RESOURCE_PARAMS} or {@code GET_TM_RESOURCE_PARAMS}
     */
    List<String> memorySizes(String what, List<String> options) {
        List<String> command = new ArrayList<>(List.of(JAVA));
        command.addAll(QUICK);
        command.addAll(List.of("-cp", jars(libraries.flink()), "org.apache.flink.runtime.util.bash.BashJavaUtils"));
        command.addAll(List.of(what, "--configDir", flinkConfiguration()));
        command.addAll(dynamic(options));
        return command;
    }

    Path memoryFile(String name) {
        return place.conf("flink").resolve(name + ".memory");
    }

    private static List<String> dynamic(List<String> options) {
        return options.stream().flatMap(option -> Stream.of("-D", option)).toList();
    }

    private String flinkConfiguration() {
        return place.conf("flink").toString();
    }

    private static String jars(Path directory) {
        return directory + "/*";
    }

    static Optional<List<String>> prometheus(Place place, Settings settings) {
        return monitoring("prometheus")
                .map(program -> List.of(
                        program,
                        "--config.file",
                        place.conf("monitoring").resolve("prometheus.yml").toString(),
                        "--storage.tsdb.path",
                        place.data("prometheus").toString(),
                        "--web.listen-address",
                        "127.0.0.1:" + settings.get(Setting.PROMETHEUS_PORT)));
    }

    static Optional<List<String>> alertmanager(Place place, Settings settings) {
        return monitoring("alertmanager")
                .map(program -> List.of(
                        program,
                        "--config.file",
                        place.conf("monitoring").resolve("alertmanager.yml").toString(),
                        "--storage.path",
                        place.data("alertmanager").toString(),
                        "--web.listen-address",
                        "127.0.0.1:" + settings.get(Setting.ALERTMANAGER_PORT),
                        "--cluster.listen-address",
                        ""));
    }

    /** Finds a program by its name or by Debian's, which for Alertmanager has the prefix {@code prometheus-}. */
    private static Optional<String> monitoring(String name) {
        return Stream.of(name, "prometheus-" + name)
                .flatMap(program ->
                        Stream.of(System.getenv("PATH").split(":", -1)).map(path -> Path.of(path, program)))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    /** The answer of Flink: a line of options for the JVM, and a line of arguments for the process. */
    record Memory(List<String> jvmOptions, List<String> arguments) {
        static Memory read(Path file) throws IOException {
            List<String> lines = Files.readAllLines(file);
            return new Memory(Words.of(lines.get(0)), lines.size() > 1 ? Words.of(lines.get(1)) : List.of());
        }
    }
}
