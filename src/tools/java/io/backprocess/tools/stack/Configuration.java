package io.backprocess.tools.stack;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes the configuration files of a stack's processes. */
final class Configuration {
    private static final Pattern KEY = Pattern.compile("^([a-z][A-Za-z.-]*):");

    private final Project project;
    private final Place place;
    private final Settings settings;

    Configuration(Project project, Place place, Settings settings) {
        this.project = project;
        this.place = place;
        this.settings = settings;
    }

    void write() throws IOException {
        for (String directory : List.of("tmp", "upload", "checkpoints", "savepoints")) {
            Files.createDirectories(place.data("flink").resolve(directory));
        }
        writeKafka();
        writeZooKeeper();
        writeFlink();
        if (settings.yes(Setting.MONITORING)) {
            writeMonitoring();
        }
    }

    /** Writes Flink's configuration: the project's lines, with this stack's own lines instead of the same keys. */
    private void writeFlink() throws IOException {
        Path conf = Files.createDirectories(place.conf("flink"));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(project.file("flink-conf"), "log4j*.properties")) {
            for (Path file : files) {
                Files.copy(file, conf.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.writeString(
                conf.resolve("config.yaml"),
                replaced(project.flinkConfiguration(), ownFlinkLines().lines().toList()));
    }

    static String replaced(List<String> lines, List<String> own) {
        Set<String> replaced = own.stream()
                .map(KEY::matcher)
                .filter(Matcher::find)
                .map(key -> key.group(1))
                .collect(Collectors.toSet());
        List<String> all = new ArrayList<>(lines);
        all.removeIf(line -> {
            Matcher key = KEY.matcher(line);
            return key.find() && replaced.contains(key.group(1));
        });
        all.addAll(own);
        return String.join("\n", all) + "\n";
    }

    private String ownFlinkLines() {
        Path data = place.data("flink");
        String lines = """

                # --- This stack: written by scripts/stack up ------------------------------------------------------------------------------
                rest.port: %s
                jobmanager.rpc.port: %s
                taskmanager.numberOfTaskSlots: %s
                taskmanager.memory.process.size: %s
                execution.checkpointing.dir: file://%s/checkpoints
                execution.checkpointing.savepoint-dir: file://%s/savepoints
                io.tmp.dirs: %s/tmp
                web.tmpdir: %s/tmp
                web.upload.dir: %s/upload
                # Processes are killed here on purpose, and Flink must notice it within seconds.
                heartbeat.interval: 2s
                heartbeat.timeout: 10s
                cluster.registration.error-delay: 1s
                # With other programs on a small machine, the first actor takes longer than the usual 10 s.
                pekko.startup-timeout: 1min
                """.formatted(
                        settings.get(Setting.FLINK_PORT),
                        settings.get(Setting.RPC_PORT),
                        settings.get(Setting.SLOTS),
                        settings.get(Setting.TM_MEMORY),
                        data,
                        data,
                        data,
                        data,
                        data);
        return settings.yes(Setting.HA) ? lines + highAvailability(data) : lines;
    }

    private String highAvailability(Path data) {
        return """
                high-availability.type: zookeeper
                high-availability.cluster-id: /backprocess-%s
                high-availability.storageDir: file://%s/ha
                high-availability.jobmanager.port: %s
                high-availability.zookeeper.quorum: 127.0.0.1:%s
                # The time for which a killed JobManager still counts as the leader.
                high-availability.zookeeper.client.session-timeout: 8s
                # If ZooKeeper is killed and started again within that time, no process loses the leadership.
                high-availability.zookeeper.client.tolerate-suspended-connections: true
                """.formatted(
                        settings.get(Setting.FLINK_PORT),
                        data,
                        settings.get(Setting.RPC_PORT),
                        settings.get(Setting.ZOOKEEPER_PORT));
    }

    private void writeKafka() throws IOException {
        Path conf = Files.createDirectories(place.conf("kafka"));
        Path source = project.script("stack.d/kafka");
        Files.copy(
                source.resolve("log4j2.properties"),
                conf.resolve("log4j2.properties"),
                StandardCopyOption.REPLACE_EXISTING);
        String controller = "127.0.0.1:" + settings.get(Setting.CONTROLLER_PORT);
        String listeners =
                "PLAINTEXT://127.0.0.1:%s,CONTROLLER://%s".formatted(settings.get(Setting.KAFKA_PORT), controller);
        Files.writeString(
                conf.resolve("server.properties"),
                Files.readString(source.resolve("server.properties"))
                        + """

                        # This stack: written by scripts/stack up.
                        listeners=%s
                        advertised.listeners=%s
                        controller.quorum.bootstrap.servers=%s
                        log.dirs=%s
                        """.formatted(listeners, listeners, controller, place.data("kafka")));
    }

    private void writeZooKeeper() throws IOException {
        Files.writeString(Files.createDirectories(place.conf("zookeeper")).resolve("zoo.cfg"), """
                tickTime=1000
                clientPort=%s
                clientPortAddress=127.0.0.1
                dataDir=%s
                admin.enableServer=false
                # A single server: Flink's peer requires this line; its ports stay unused.
                server.1=127.0.0.1:2888:3888
                """.formatted(
                        settings.get(Setting.ZOOKEEPER_PORT), place.data("zookeeper")));
    }

    /**
     * Writes the configuration of Prometheus and Alertmanager. Prometheus scrapes every process of Flink (the file of targets
     * changes with them) and sends alerts to Alertmanager, which keeps and shows them.
     */
    private void writeMonitoring() throws IOException {
        Path conf = Files.createDirectories(place.conf("monitoring"));
        Files.createDirectories(place.data("prometheus"));
        Files.createDirectories(place.data("alertmanager"));
        Files.writeString(conf.resolve("prometheus.yml"), """
                global:
                  scrape_interval: 5s
                rule_files:
                  - '%s'
                alerting:
                  alertmanagers:
                    - static_configs:
                        - targets: [127.0.0.1:%s]
                scrape_configs:
                  - job_name: flink
                    file_sd_configs:
                      - files: ['%s/targets.json']
                        refresh_interval: 5s
                """.formatted(
                        project.file("k8s/monitoring/rules.yml"), settings.get(Setting.ALERTMANAGER_PORT), conf));
        Files.writeString(conf.resolve("alertmanager.yml"), """
                route:
                  receiver: none
                  group_by: [alertname, batch]
                receivers:
                  - name: none
                """);
        writeTargets();
    }

    /** Writes the targets of Prometheus: every process of Flink that has a metrics port here. */
    void writeTargets() throws IOException {
        if (!settings.yes(Setting.MONITORING)) {
            return;
        }
        List<String> targets = new ArrayList<>();
        for (int port : metricsPorts()) {
            targets.add("\"127.0.0.1:" + port + "\"");
        }
        Path conf = place.conf("monitoring");
        Path written = Files.writeString(
                conf.resolve("targets.new"), "[{\"targets\": [" + String.join(", ", targets) + "]}]\n");
        // In one step, because Prometheus must not read half of it.
        Files.move(written, conf.resolve("targets.json"), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Returns the port of a process's Prometheus endpoint, which is chosen once and then kept. */
    int metricsPort(String name) throws IOException {
        Path file = metricsPortFile(name);
        if (Files.exists(file)) {
            return Integer.parseInt(Files.readString(file).strip());
        }
        int from = settings.number(Setting.METRICS_PORT);
        if (name.startsWith("taskmanager-")) {
            from += Integer.parseInt(name.substring("taskmanager-".length()));
        }
        Ports ports = new Ports();
        metricsPorts().forEach(ports::reserve);
        int port = ports.reserveFrom(from);
        Files.writeString(file, port + "\n");
        return port;
    }

    Path metricsPortFile(String name) {
        return place.run(name + ".metrics-port");
    }

    private List<Integer> metricsPorts() throws IOException {
        List<Integer> ports = new ArrayList<>();
        for (String name : place.namesInRun(".metrics-port")) {
            ports.add(metricsPort(name));
        }
        return ports;
    }
}
