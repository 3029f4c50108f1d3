package io.backprocess.tools.stack;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** A Kafka broker and a Flink cluster in one directory: what the commands of {@code scripts/stack} do. */
public final class Stack {
    private final Project project;
    private final Place place;
    private final Processes processes;
    private final PrintStream out;
    private final long begun = System.nanoTime();

    public Stack(Project project, Place place, PrintStream out) {
        this.project = project;
        this.place = place;
        this.processes = new Processes(place);
        this.out = out;
    }

    public void up(Map<Setting, String> asked) throws IOException, InterruptedException {
        Start start = Start.plan(project, place, processes, asked);
        Settings settings = start.settings();
        List<String> missing = new ArrayList<>();
        for (String name : settings.components()) {
            if (!processes.runs(name)) {
                missing.add(name);
            }
        }
        if (missing.isEmpty()) {
            out.println("The stack in " + place.directory() + " is already running.");
        } else {
            start.run(missing, out);
            out.println("The stack in %s is up (%d s).".formatted(place.directory(), seconds()));
        }
        where(settings);
    }

    private long seconds() {
        return (System.nanoTime() - begun) / 1_000_000_000;
    }

    private void where(Settings settings) throws IOException {
        FlinkRest flink = flink(settings);
        out.println("  Kafka           127.0.0.1:" + settings.get(Setting.KAFKA_PORT));
        out.println("  Flink web UI    http://127.0.0.1:" + settings.get(Setting.FLINK_PORT));
        out.println("  TaskManagers    %d, with %d slots"
                .formatted(flink.overview("taskmanagers"), flink.overview("slots-total")));
        out.println("  metrics         " + metrics("jobmanager") + " (JobManager)");
        if (settings.yes(Setting.MONITORING)) {
            out.println("  Prometheus      http://127.0.0.1:" + settings.get(Setting.PROMETHEUS_PORT));
            out.println("  Alertmanager    http://127.0.0.1:" + settings.get(Setting.ALERTMANAGER_PORT));
        }
        out.println("Next:");
        out.println("  export BACKPROCESS_BOOTSTRAP_SERVERS=127.0.0.1:%s BACKPROCESS_FLINK=127.0.0.1:%s"
                .formatted(settings.get(Setting.KAFKA_PORT), settings.get(Setting.FLINK_PORT)));
        String option = "";
        if (!place.directory().equals(project.defaultStack())) {
            String directory = place.directory().toString();
            option = " --dir " + (directory.contains(" ") ? "'" + directory + "'" : directory);
        }
        out.println("  scripts/stack status" + option);
        out.println("  scripts/stack down" + option);
    }

    private String metrics(String name) throws IOException {
        String port = Files.readString(place.run(name + ".metrics-port")).strip();
        return "http://127.0.0.1:" + port + "/metrics";
    }

    public void down(boolean keepData) throws IOException, InterruptedException {
        if (Settings.read(place.settings()).isEmpty()) {
            out.println("There is no stack in " + place.directory() + ".");
            return;
        }
        // Jobs first, then the processes that they need.
        processes.stop(processes.started().stream()
                .filter(name -> !name.equals("broker") && !name.equals("zookeeper"))
                .toList());
        processes.stop(processes.started());
        if (keepData) {
            out.println("The stack in " + place.directory() + " is down; its data is kept.");
        } else {
            place.wipe();
            out.println("The stack in %s is down and its data deleted; logs are in %s."
                    .formatted(place.directory(), place.directory().resolve("log")));
        }
    }

    /** Prints what runs. Returns true only if everything runs and the JobManager is the leader. */
    boolean status() throws IOException {
        if (Settings.read(place.settings()).isEmpty()) {
            out.println("There is no stack in " + place.directory() + ".");
            return false;
        }
        boolean complete = true;
        for (String name : names()) {
            OptionalLong pid = processes.pid(name);
            if (pid.isPresent()) {
                out.println("%-16s running  pid %-8s %s".formatted(name, pid.getAsLong(), address(name)));
            } else {
                complete = false;
                out.println("%-16s stopped".formatted(name));
            }
        }
        return leads() && complete;
    }

    private Set<String> names() throws IOException {
        Set<String> names = new LinkedHashSet<>(settings().components());
        names.addAll(processes.started());
        return names;
    }

    private String address(String name) throws IOException {
        Settings settings = settings();
        String address =
                switch (name) {
                    case "broker" -> "127.0.0.1:" + settings.get(Setting.KAFKA_PORT);
                    case "jobmanager" -> "http://127.0.0.1:" + settings.get(Setting.FLINK_PORT);
                    case "zookeeper" -> "127.0.0.1:" + settings.get(Setting.ZOOKEEPER_PORT);
                    case "prometheus" -> "http://127.0.0.1:" + settings.get(Setting.PROMETHEUS_PORT);
                    case "alertmanager" -> "http://127.0.0.1:" + settings.get(Setting.ALERTMANAGER_PORT);
                    default -> "";
                };
        if (Files.exists(place.run(name + ".metrics-port"))) {
            address += (address.isEmpty() ? "" : ", ") + "metrics " + metrics(name);
        }
        return address;
    }

    /**
     * Prints what Flink says, and returns false if the JobManager runs but is not the leader. After ZooKeeper did not respond,
     * that may last (seen with Flink 2.2.1).
     */
    private boolean leads() throws IOException {
        if (!processes.runs("jobmanager")) {
            return true;
        }
        FlinkRest flink = flink(settings());
        if (hasNoLeader()) {
            out.println("Flink: the JobManager has no leader since " + leaderlessSince()
                    + ": restart it, unless it is just coming back:"
                    + " scripts/stack kill jobmanager; scripts/stack start jobmanager");
            return false;
        }
        out.println("Flink: TaskManagers: %d, slots: %d (%d free), running jobs: %d"
                .formatted(
                        flink.overview("taskmanagers"),
                        flink.overview("slots-total"),
                        flink.overview("slots-available"),
                        flink.overview("jobs-running")));
        return true;
    }

    public boolean hasNoLeader() throws IOException {
        return flink(settings()).status("/overview") == 503;
    }

    /** Returns the time of the JobManager's last log line about its leadership. */
    public String leaderlessSince() throws IOException {
        return new Logs(place).lastWordOnLeadership();
    }

    /** Returns the names of the processes that should run and do not. */
    public List<String> stopped() throws IOException {
        List<String> stopped = new ArrayList<>();
        for (String name : names()) {
            if (!processes.runs(name)) {
                stopped.add(name);
            }
        }
        return stopped;
    }

    /** Kills a process as a failure would; the name is what the user typed. */
    public void kill(String typed) throws IOException, InterruptedException {
        String name = settings().component(typed);
        long pid = pid(name);
        processes.kill(name);
        out.println("killed %s (pid %d)".formatted(name, pid));
    }

    public long pid(String name) throws IOException {
        return processes.pid(name).orElseThrow(() -> new Failure(name + " is not running"));
    }

    /** Starts a process again; the options are lines of Flink's configuration, for a TaskManager. */
    public void start(String typed, List<String> options) throws IOException, InterruptedException {
        Settings settings = settings();
        String name = settings.component(typed);
        if (!options.isEmpty() && !name.startsWith("taskmanager-")) {
            throw Failure.wrongUsage("-D is for a TaskManager");
        }
        if (processes.runs(name)) {
            out.println("%s is already running (pid %d)".formatted(name, pid(name)));
            return;
        }
        Configuration configuration = new Configuration(project, place, settings);
        Commands commands = new Commands(project, place, Libraries.find(project));
        new Launcher(place, settings, processes, configuration, commands).launch(name, options);
        Readiness readiness = new Readiness(place, settings, processes);
        readiness.await(name);
        // After a JobManager has started, the TaskManagers must come back too.
        if ((name.equals("jobmanager") || name.startsWith("taskmanager-")) && processes.runs("jobmanager")) {
            readiness.awaitSlots();
        }
        out.println("started %s (pid %d, %d s)".formatted(name, pid(name), seconds()));
    }

    /** Returns the log of a process, whether it runs or not. */
    Path log(String typed) throws IOException {
        Settings any = new Settings();
        any.set(Setting.HA, "yes");
        any.set(Setting.MONITORING, "yes");
        String name = Settings.read(place.settings()).orElse(any).component(typed);
        return new Logs(place).of(name);
    }

    private Settings settings() throws IOException {
        return Settings.read(place.settings())
                .orElseThrow(() ->
                        new Failure("there is no stack in " + place.directory() + ": scripts/stack up starts one"));
    }

    private static FlinkRest flink(Settings settings) {
        return new FlinkRest(settings.number(Setting.FLINK_PORT));
    }
}
