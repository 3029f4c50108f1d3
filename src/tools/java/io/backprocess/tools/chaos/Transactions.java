package io.backprocess.tools.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The faults around Kafka's transactions: another producer's transaction that hangs, two submitters of one batch id, and a
 * batch that is down too long.
 */
final class Transactions {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern JOB = Pattern.compile(" runs as Flink job ([0-9a-f]+)");
    private static final Pattern STACK_TRACE = Pattern.compile("(?m)^\tat ");
    private static final Pattern OFFSETS = Pattern.compile("(?m)^.*(?:ledger-gap|is incomplete).*$");
    private static final int TIMEOUT_SECONDS = 20;
    /** The broker ends a transaction within ten seconds after its timeout. */
    private static final int HANGING_SECONDS = 45;

    private final Cluster cluster;
    private final Disk disk;
    private final Backprocess backprocess;
    private final Journal journal;
    private final Options options;
    private final Path log;
    private int hungUntil;

    Transactions(Cluster cluster, Disk disk, Backprocess backprocess, Journal journal, Options options, Path log) {
        this.cluster = cluster;
        this.disk = disk;
        this.backprocess = backprocess;
        this.journal = journal;
        this.options = options;
        this.log = log;
    }

    /** The exit codes of two commands that ran at once. */
    record Codes(int one, int other) {
        boolean are(int some, int another) {
            return (one == some && other == another) || (one == another && other == some);
        }

        @Override
        public String toString() {
            return one + " and " + other;
        }
    }

    Codes both(List<String> one, List<String> other) throws IOException, InterruptedException {
        Backprocess.Running first = backprocess.start(one);
        int second = backprocess.run(other).code();
        return new Codes(first.end().code(), second);
    }

    /**
     * Waits until Kafka has ended the transaction of a producer that died. It may hide the end of any batch's ledger, so commands
     * may correctly end with "cannot tell" until then.
     */
    void waitOutHanging() throws InterruptedException {
        while (journal.seconds() < hungUntil) {
            Thread.sleep(1000);
        }
    }

    /**
     * Lets another producer's transaction hang: in turns in the ledger, which all batches share, in the source and in the
     * results. The readers have to say so or wait, and the batch must go on.
     */
    void hangAnother(Batch batch, int seconds, int number) throws IOException, InterruptedException {
        String topic = List.of("backprocess.ledger", batch.topic, batch.topic + "." + batch.id)
                .get(number - 1);
        if (!hang(topic)) {
            return;
        }
        journal.note("  open in " + topic);
        if (number == 1) {
            cluster.kill("taskmanager-1", 1);
        }
        for (String command : List.of("status", "verify")) {
            Backprocess.Answer answer = batch.command(command);
            journal.note("  " + command + " ended with " + answer.code());
            if (STACK_TRACE.matcher(answer.said()).find()) {
                batch.violation(command + " under another's open transaction ends in a stack trace");
            }
            if (command.equals("verify") && answer.said().contains("is wrong")) {
                batch.violation("verify calls another's open transaction wrong");
            }
        }
        Thread.sleep(seconds * 1000L);
    }

    /** Lets another producer die in a transaction that spans the topic. Returns whether it could. */
    private boolean hang(String topic) throws IOException, InterruptedException {
        String id = "another-" + journal.round() + "-" + journal.seconds();
        int code = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Hang.class.getName(),
                        cluster.bootstrapServers(),
                        id,
                        "" + TIMEOUT_SECONDS,
                        topic)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start()
                .waitFor();
        // Also if it did not reach the last partition: its transaction is open in the others.
        hungUntil = journal.seconds() + HANGING_SECONDS;
        return code == 0;
    }

    /**
     * Uses one batch id twice at once, with two specifications. One plan must be stored and run, and the second run be refused.
     * Exit code 5 of the run is not a violation: another transaction hides the end of the ledger, and the outcome is visible
     * once that has ended.
     */
    void submitTwice(Batch race) throws IOException, InterruptedException {
        waitOutHanging();
        if (!race.sample(3000, options.historySeed(journal.round()))) {
            return;
        }
        Codes codes = both(
                race.runArguments(List.of("--local")),
                race.runArguments(List.of("--local", "--result-headers", "full")));
        journal.note("  exit codes of run: " + codes);
        if (codes.are(0, 4)) {
            race.judge();
        } else if (codes.are(5, 4)) {
            for (int tries = 0;
                    tries < 30
                            && !race.command("status", "--expect", "completed").succeeded();
                    tries++) {
                Thread.sleep(2000);
            }
            race.judge();
        } else if (codes.are(0, 0)) {
            race.violation("two plans under one batch id were both run");
        } else {
            race.violation("of two runs at once neither succeeded: " + codes);
        }
    }

    /**
     * Keeps the batch down between pre-commit and commit for longer than the transaction timeout. The batch must fail at its
     * end, and the repair must correct it.
     */
    void outlast(Operator operator) throws IOException, InterruptedException {
        Batch batch = operator.batch();
        waitOutHanging();
        if (!batch.command("pause").succeeded()) {
            return;
        }
        Optional<String> savepoint = killAfterPreCommit(batch);
        if (savepoint.isEmpty()) {
            journal.note("  it could not be stopped in time");
            return;
        }
        journal.note("  open: "
                + batch.openTransactions().stream()
                        .filter(id -> id.contains("results"))
                        .count() + " transactions of results");
        for (int tries = 0; tries < 60 && !batch.hasNoOpenTransaction(); tries++) {
            Thread.sleep(2000);
        }
        journal.note("  Kafka has aborted what was open");
        int code =
                batch.resume("--savepoint", savepoint.get(), "--accept-recount").code();
        journal.note("  resume --accept-recount ended with " + code);
        if (code == 1) {
            expectLoss(batch);
            operator.repair();
        }
    }

    private void expectLoss(Batch batch) throws IOException, InterruptedException {
        String state = batch.state();
        if (!state.equals("failed")) {
            batch.violation("lost a transaction and is " + state);
        }
        Backprocess.Answer verify = batch.command("verify");
        if (verify.succeeded()) {
            batch.violation("verify calls a lost transaction complete");
        }
        Matcher offsets = OFFSETS.matcher(verify.said());
        if (offsets.find()) {
            journal.say(
                    offsets.group().substring(0, Math.min(200, offsets.group().length())));
        } else {
            batch.violation("verify does not name the offsets");
        }
    }

    /**
     * Returns a snapshot whose transactions are pre-committed but not committed. Flink commits those of a plain savepoint with the
     * next checkpoint, and this job is cancelled before that.
     */
    private Optional<String> killAfterPreCommit(Batch batch) throws IOException, InterruptedException {
        Backprocess.Answer resumed = batch.command(
                "resume",
                "--max-rate",
                "" + Batch.RATE,
                "--checkpoint-interval",
                "30s",
                "--transaction-timeout",
                "60s",
                "--detached");
        Matcher job = JOB.matcher(resumed.said());
        if (!resumed.succeeded() || !job.find()) {
            return Optional.empty();
        }
        for (int tries = 0; tries < 30 && !hasOpenResults(batch); tries++) {
            Thread.sleep(1000);
        }
        String savepoints = "/jobs/" + job.group(1) + "/savepoints";
        String request =
                JSON.writeValueAsString(Map.of("cancel-job", true, "target-directory", "file://" + disk.savepoints()));
        String requestId = json(cluster.flink().post(savepoints, request))
                .path("request-id")
                .asText();
        for (int tries = 0; tries < 120 && !requestId.isEmpty(); tries++) {
            JsonNode answer = json(cluster.flink().get(savepoints + "/" + requestId));
            if (answer.at("/status/id").asText().equals("COMPLETED")) {
                return Optional.of(answer.at("/operation/location").asText()).filter(location -> !location.isEmpty());
            }
            Thread.sleep(500);
        }
        return Optional.empty();
    }

    private static boolean hasOpenResults(Batch batch) throws IOException, InterruptedException {
        return batch.openTransactions().stream().anyMatch(id -> id.contains(".results-"));
    }

    private static JsonNode json(Optional<String> answer) throws IOException {
        return JSON.readTree(answer.orElse("{}"));
    }
}
