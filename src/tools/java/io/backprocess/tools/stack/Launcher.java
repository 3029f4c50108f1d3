package io.backprocess.tools.stack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Starts the processes of a stack. */
final class Launcher {
    private static final String RESULT = "BASH_JAVA_UTILS_EXEC_RESULT:";
    private static final Pattern CAUSE = Pattern.compile("^Caused by: \\S* ");
    private static final int CLUSTER_ID_BYTES = 16;

    private final Place place;
    private final Settings settings;
    private final Processes processes;
    private final Configuration configuration;
    private final Commands commands;

    Launcher(Place place, Settings settings, Processes processes, Configuration configuration, Commands commands) {
        this.place = place;
        this.settings = settings;
        this.processes = processes;
        this.configuration = configuration;
        this.commands = commands;
    }

    /** Formats Kafka's directory and asks Flink for its memory, all at once. */
    void prepare() throws IOException, InterruptedException {
        Path formatted = place.log("broker.out");
        Optional<Process> format = Optional.empty();
        if (Files.notExists(place.data("kafka").resolve("meta.properties"))) {
            format = Optional.of(new ProcessBuilder(commands.formatKafka(clusterId()))
                    .redirectErrorStream(true)
                    .redirectOutput(formatted.toFile())
                    .start());
        }
        Process jobManager = askForMemory("GET_JM_RESOURCE_PARAMS", List.of());
        Process taskManager = askForMemory("GET_TM_RESOURCE_PARAMS", List.of());
        try {
            write(jobManager, commands.memoryFile("jobmanager"));
            write(taskManager, commands.memoryFile("taskmanager"));
            if (format.isPresent() && format.get().waitFor() != 0) {
                System.err.print(new Logs(place).ends("broker"));
                throw new Failure("kafka.tools.StorageTool could not format %s; see above and %s"
                        .formatted(place.data("kafka"), place.directory().resolve("log")));
            }
        } finally {
            format.ifPresent(Process::destroy);
            jobManager.destroy();
            taskManager.destroy();
        }
    }

    /** Returns a random id, in the letters that Kafka allows. It does not begin with a dash, which would make it an option. */
    private static String clusterId() {
        byte[] random = new byte[CLUSTER_ID_BYTES];
        new SecureRandom().nextBytes(random);
        return "b"
                + Base64.getUrlEncoder().withoutPadding().encodeToString(random).substring(1);
    }

    private Process askForMemory(String what, List<String> options) throws IOException {
        return new ProcessBuilder(commands.memorySizes(what, options))
                .redirectErrorStream(true)
                .start();
    }

    private static void write(Process answer, Path file) throws IOException, InterruptedException {
        List<String> lines = new String(answer.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        if (answer.waitFor() != 0) {
            String cause = lines.stream()
                    .filter(line -> CAUSE.matcher(line).find())
                    .reduce("", (earlier, later) -> CAUSE.matcher(later).replaceFirst(""));
            throw new Failure("Flink rejects the memory settings: " + cause);
        }
        Files.write(
                file,
                lines.stream()
                        .filter(line -> line.startsWith(RESULT))
                        .map(line -> line.substring(RESULT.length()))
                        .collect(Collectors.toList()));
    }

    /** Starts one process. The options are lines of Flink's configuration for a TaskManager. */
    void launch(String name, List<String> options) throws IOException, InterruptedException {
        switch (name) {
            case "zookeeper" -> processes.launch(name, commands.zookeeper(), commands.flinkEnvironment());
            case "broker" -> processes.launch(name, commands.broker(), Map.of());
            case "prometheus" -> processes.launch(name, installed(name, place, settings), Map.of());
            case "alertmanager" -> processes.launch(name, installed(name, place, settings), Map.of());
            case "jobmanager" -> {
                int port = configuration.metricsPort(name);
                processes.launch(name, commands.jobManager(port), commands.flinkEnvironment());
                configuration.writeTargets();
            }
            default -> {
                if (!options.isEmpty()) {
                    write(askForMemory("GET_TM_RESOURCE_PARAMS", options), commands.memoryFile(name));
                }
                int port = configuration.metricsPort(name);
                processes.launch(name, commands.taskManager(name, port, options), commands.flinkEnvironment());
                configuration.writeTargets();
            }
        }
    }

    /** Fails if the stack needs a program that is not installed. */
    static void checkInstalled(Place place, Settings settings) {
        if (settings.yes(Setting.MONITORING)) {
            installed("prometheus", place, settings);
            installed("alertmanager", place, settings);
        }
    }

    private static List<String> installed(String name, Place place, Settings settings) {
        Optional<List<String>> command = name.equals("prometheus")
                ? Commands.prometheus(place, settings)
                : Commands.alertmanager(place, settings);
        return command.orElseThrow(() -> new Failure(name + " is not installed; install it (Debian: apt-get install"
                + " prometheus prometheus-alertmanager) or leave out --monitoring"));
    }
}
