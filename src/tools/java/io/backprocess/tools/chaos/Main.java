package io.backprocess.tools.chaos;

import io.backprocess.tools.stack.Failure;
import io.backprocess.tools.stack.Place;
import io.backprocess.tools.stack.Program;
import io.backprocess.tools.stack.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The program of {@code scripts/chaos}. It runs one round after the other, until the time is over. */
public final class Main {
    private final Options options;
    private final Place place;
    private final Path log;
    private final Journal journal;
    private final Cluster cluster;
    private final Disk disk;
    private final Backprocess backprocess;
    private final Transactions transactions;
    private final CommittedRecords topics;
    private List<Fault> faults;

    private Main(Options options, Project project) {
        this.options = options;
        String directory = System.getenv("BACKPROCESS_STACK_DIR");
        place = new Place(Project.absolute(
                directory == null || directory.isEmpty() ? project.directory() + "/.stack-chaos" : directory));
        log = place.log("chaos.log");
        journal = new Journal(options, System.out);
        cluster = new Cluster(project, place, options, journal);
        disk = new Disk(place);
        backprocess = new Backprocess(
                project,
                Map.of(
                        "BACKPROCESS_STACK_DIR",
                        place.directory().toString(),
                        "BACKPROCESS_BOOTSTRAP_SERVERS",
                        cluster.bootstrapServers(),
                        "BACKPROCESS_FLINK",
                        "127.0.0.1:" + options.flinkPort),
                log);
        transactions = new Transactions(cluster, disk, backprocess, journal, options, log);
        topics = new CommittedRecords(cluster.bootstrapServers());
        faults = options.faults;
        // The log of Kafka's client in this program.
        System.setProperty("log.file", place.log("chaos-kafka.log").toString());
        System.setProperty(
                "log4j2.configurationFile",
                project.script("stack.d/kafka/log4j2.properties").toString());
    }

    public static void main(String[] arguments) {
        Program.run("chaos", () -> {
            Options options = Options.parse(List.of(arguments));
            if (options.help) {
                System.out.print(Help.TEXT);
                return 0;
            }
            return new Main(options, Project.ofWrapper()).run();
        });
    }

    private int run() throws IOException, InterruptedException {
        disk.unmount();
        cluster.down();
        try {
            cluster.up();
            mountCheckpoints();
            Files.write(log, new byte[0]);
            journal.startClock();
            for (int round = 0; journal.seconds() < options.minutes * 60; round++) {
                runRound(round);
            }
        } finally {
            end();
        }
        return journal.violations() == 0 ? 0 : 1;
    }

    private void end() throws IOException, InterruptedException {
        // A second signal does not stop the cleaning.
        boolean interrupted = Thread.interrupted();
        if (journal.hasRounds()) {
            journal.heading("what was broken, and what came of it");
            String table = journal.table(faults);
            System.out.print(table);
            if (options.table.isPresent()) {
                Files.writeString(options.table.get(), table);
            }
        }
        if (!options.keep) {
            disk.unmount();
            cluster.down();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void mountCheckpoints() throws IOException, InterruptedException {
        if (!disk.mount()) {
            journal.say("no disk can be mounted here (this needs root): disk-full and disk-read-only are left out");
            faults = faults.stream()
                    .filter(fault -> !Fault.OF_THE_DISK.contains(fault))
                    .toList();
        }
    }

    private void runRound(int round) throws IOException, InterruptedException {
        int begun = journal.seconds();
        int violations = journal.violations();
        journal.beginRound(round);
        Path gone = place.run("checkpoint-gone");
        Files.deleteIfExists(gone);
        History history = options.history(round);
        Batch first = new Batch(backprocess, topics, journal, history, "history-" + round, "chaos-" + round);
        Operator operator = new Operator(cluster, disk, journal, gone, first);
        List<Schedule.Entry> schedule = new Schedule(options.seed, faults).round(round);
        StringBuilder heading =
                new StringBuilder("round %d of seed %d over %s: ".formatted(round, options.seed, history));
        schedule.forEach(entry -> heading.append(entry).append("; "));
        journal.heading(heading.toString());
        if (!first.sample(options.events, options.historySeed(round))) {
            throw new Failure("no history; see " + log);
        }
        first.begin();
        List<Fault> done = breakIt(operator, schedule);
        operator.completeBatch();
        if (journal.violations() == violations || operator.batch().isCompleted()) {
            transactions.waitOutHanging();
            operator.batch().judge();
        }
        journal.endRound(begun, violations, done, operator.resumes(), operator.repairs(), operator.overs());
    }

    private List<Fault> breakIt(Operator operator, List<Schedule.Entry> schedule)
            throws IOException, InterruptedException {
        Faults round = new Faults(cluster, disk, journal, operator, transactions, place.run("pause-begun"));
        List<Fault> done = new ArrayList<>();
        for (Schedule.Entry entry : schedule) {
            Thread.sleep(entry.after() * 1000L);
            String state = operator.batch().state();
            if (state.equals("completed")) {
                journal.note("completed before " + entry.fault());
                break;
            }
            if (state.equals("failed") || state.equals("paused")) {
                operator.letItRun();
            }
            journal.note("%s (%d s, %d)".formatted(entry.fault(), entry.seconds(), entry.number()));
            done.add(entry.fault());
            journal.count(entry.fault());
            round.breakIt(entry.fault(), entry.seconds(), entry.number());
        }
        return done;
    }
}
