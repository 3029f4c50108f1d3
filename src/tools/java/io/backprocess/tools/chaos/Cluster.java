package io.backprocess.tools.chaos;

import io.backprocess.tools.stack.Failure;
import io.backprocess.tools.stack.FlinkRest;
import io.backprocess.tools.stack.Place;
import io.backprocess.tools.stack.Project;
import io.backprocess.tools.stack.Setting;
import io.backprocess.tools.stack.Stack;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** The stack whose processes are killed and frozen, and started again as an operator would. */
final class Cluster {
    private static final int SECONDS_WITHOUT_LEADER = 40;

    private final Project project;
    private final Place place;
    private final Options options;
    private final Journal journal;
    /** The second in which the JobManager was first seen without leadership; negative while it has it. */
    private int leaderlessSince = -1;

    Cluster(Project project, Place place, Options options, Journal journal) {
        this.project = project;
        this.place = place;
        this.options = options;
        this.journal = journal;
    }

    /** Starts the stack. It tries twice, because on a busy machine a process may take longer to start than Flink waits. */
    void up() throws IOException, InterruptedException {
        Map<Setting, String> asked = Map.of(
                Setting.KAFKA_PORT,
                "" + options.kafkaPort,
                Setting.FLINK_PORT,
                "" + options.flinkPort,
                Setting.HA,
                "yes",
                Setting.TASK_MANAGERS,
                "" + Schedule.TASK_MANAGERS,
                Setting.SLOTS,
                "1",
                Setting.TM_MEMORY,
                "1400m");
        try {
            new Stack(project, place, System.out).up(asked);
        } catch (Failure e) {
            journal.say("stack: " + e.getMessage());
            new Stack(project, place, System.out).up(asked);
        }
    }

    void down() throws IOException, InterruptedException {
        quiet().down(false);
    }

    String bootstrapServers() {
        return "127.0.0.1:" + options.kafkaPort;
    }

    FlinkRest flink() {
        return new FlinkRest(options.flinkPort);
    }

    /** Kills a process, and starts it again after some seconds. */
    void kill(String name, int seconds) throws IOException, InterruptedException {
        try {
            quiet().kill(name);
        } catch (Failure e) {
            // It has ended already.
            return;
        }
        Thread.sleep(seconds * 1000L);
        start(name);
    }

    private void start(String name) throws IOException, InterruptedException {
        try {
            quiet().start(name, List.of());
        } catch (Failure e) {
            journal.note(name + " has not started: " + e.getMessage());
        }
    }

    /** Stops a process, and lets it go on after some seconds. */
    void freeze(String name, int seconds) throws IOException, InterruptedException {
        long pid;
        try {
            pid = quiet().pid(name);
        } catch (Failure e) {
            return;
        }
        try {
            signal("STOP", pid);
            Thread.sleep(seconds * 1000L);
        } finally {
            signal("CONT", pid);
        }
    }

    private static void signal(String name, long pid) throws IOException {
        Process kill = new ProcessBuilder("bash", "-c", "kill -" + name + " " + pid)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        kill.onExit().join();
    }

    void startWhatIsDown() throws IOException, InterruptedException {
        for (String name : quiet().stopped()) {
            journal.note("starting " + name);
            start(name);
        }
        restartLeaderless();
    }

    /** Restarts a JobManager that runs but has had no leadership for a while. After ZooKeeper did not respond, this lasts. */
    private void restartLeaderless() throws IOException, InterruptedException {
        if (!quiet().hasNoLeader()) {
            leaderlessSince = -1;
            return;
        }
        if (leaderlessSince < 0) {
            leaderlessSince = journal.seconds();
        }
        if (journal.seconds() - leaderlessSince >= SECONDS_WITHOUT_LEADER) {
            journal.note("restarting the JobManager: has no leader since " + quiet().leaderlessSince());
            kill("jobmanager", 0);
            leaderlessSince = -1;
        }
    }

    private Stack quiet() {
        return new Stack(
                project, place, new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    }
}
