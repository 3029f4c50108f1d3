package io.backprocess.tools.stack;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One {@code up}: a new stack, or one whose data was kept, or the missing processes of one that runs. */
final class Start {
    private final Project project;
    private final Place place;
    private final Processes processes;
    private final Settings settings;
    /** True if nothing of the stack runs. */
    private final boolean fresh;
    /** True if there is data of an earlier start. */
    private final boolean kept;

    private Start(Project project, Place place, Processes processes, Settings settings, boolean fresh, boolean kept) {
        this.project = project;
        this.place = place;
        this.processes = processes;
        this.settings = settings;
        this.fresh = fresh;
        this.kept = kept;
    }

    static Start plan(Project project, Place place, Processes processes, Map<Setting, String> asked)
            throws IOException {
        Optional<Settings> remembered = Settings.read(place.settings());
        if (remembered.isPresent() && processes.anyRuns()) {
            refuseOtherSettings(place, remembered.get(), asked);
            return new Start(project, place, processes, remembered.get(), false, true);
        }
        if (remembered.isEmpty() && place.isUsed()) {
            throw new Failure(place.directory() + " holds files that are not a stack; choose another --dir");
        }
        Settings settings = remembered.orElseGet(Settings::new);
        boolean kept = remembered.isPresent();
        asked.forEach(settings::set);
        settle(settings, kept, project.flinkOption("taskmanager.memory.process.size"));
        return new Start(project, place, processes, settings, true, kept);
    }

    /** Refuses other settings than those of a running stack, which keeps the options that it was started with. */
    private static void refuseOtherSettings(Place place, Settings running, Map<Setting, String> asked) {
        asked.forEach((setting, value) -> {
            if (!running.get(setting).equals(value)) {
                throw new Failure("the stack in %s runs with another %s; first: scripts/stack down --dir %s"
                        .formatted(place.directory(), setting.option, place.directory()));
            }
        });
    }

    private static void settle(Settings settings, boolean kept, String taskManagerMemory) {
        settings.setIfMissing(Setting.KAFKA_PORT, "9092");
        settings.setIfMissing(Setting.FLINK_PORT, "8081");
        settings.setIfMissing(Setting.TASK_MANAGERS, "1");
        settings.setIfMissing(Setting.SLOTS, "2");
        settings.setIfMissing(Setting.TM_MEMORY, taskManagerMemory);
        settings.setIfMissing(Setting.HA, "no");
        settings.setIfMissing(Setting.MONITORING, "no");
        int kafka = settings.number(Setting.KAFKA_PORT);
        int flink = settings.number(Setting.FLINK_PORT);
        if (kafka == flink) {
            throw Failure.wrongUsage("--kafka-port and --flink-port are both " + kafka);
        }
        Ports ports = new Ports();
        for (Setting setting : List.of(Setting.KAFKA_PORT, Setting.FLINK_PORT)) {
            int port = settings.number(setting);
            if (Ports.answers(port)) {
                throw new Failure("port %d is in use; choose another one with %s".formatted(port, setting.option));
            }
            ports.reserve(port);
        }
        // No user needs to know the other ports. They are a free block below the range of outgoing connections, and
        // differ from stack to stack. The controller's port is part of Kafka's data and changes only with it.
        int block = 20000 + flink % 1000 * 10;
        if (!kept) {
            settings.set(Setting.CONTROLLER_PORT, ports.reserveFrom(block));
            settings.set(Setting.METRICS_PORT, ports.reserveFrom(9249));
            settings.set(Setting.PROMETHEUS_PORT, ports.reserveFrom(9090));
            settings.set(Setting.ALERTMANAGER_PORT, ports.reserveFrom(9093));
        }
        settings.set(Setting.RPC_PORT, ports.reserveFrom(block + 1));
        settings.set(Setting.ZOOKEEPER_PORT, ports.reserveFrom(block + 2));
    }

    Settings settings() {
        return settings;
    }

    /** Starts the missing processes. If it fails or is interrupted, it ends them, and deletes all of a new stack but its logs. */
    void run(List<String> missing, PrintStream out) throws IOException, InterruptedException {
        boolean done = false;
        try {
            launch(missing, out);
            done = true;
        } finally {
            if (!done) {
                // A second signal does not stop the cleaning.
                boolean interrupted = Thread.interrupted();
                processes.stop(processes.launched());
                if (fresh && !kept) {
                    place.wipe();
                }
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    private void launch(List<String> missing, PrintStream out) throws IOException, InterruptedException {
        Launcher.checkInstalled(place, settings);
        Configuration configuration = new Configuration(project, place, settings);
        Launcher launcher = new Launcher(
                place, settings, processes, configuration, new Commands(project, place, Libraries.find(project)));
        if (fresh) {
            for (String name : List.of("data", "run", "log", "conf")) {
                Files.createDirectories(place.directory().resolve(name));
            }
            settings.write(place.settings());
            configuration.write();
            launcher.prepare();
        }
        out.println("starting " + String.join(" ", missing));
        for (String name : missing) {
            launcher.launch(name, List.of());
        }
        Readiness readiness = new Readiness(place, settings, processes);
        for (String name : missing) {
            readiness.await(name);
        }
        readiness.awaitSlots();
    }
}
