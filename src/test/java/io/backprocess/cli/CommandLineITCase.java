package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.Shell;
import io.backprocess.testing.Shell.Answer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The command line as a user types it, in this JVM, with a real broker; Flink is embedded by {@code --local}. */
class CommandLineITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @Test
    void runsABatchThatStatusAndVerifyThenAgreeOn() throws Exception {
        String topic = sample(3000);
        String batch = KAFKA.unique("batch");

        Answer run = run(topic, batch, "--local", "--parallelism", "2", "--checkpoint-interval", "500 ms");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains(batch + " is completed: 100.0 %").contains("Every record is accounted for.");
        JsonNode status = json("status", "--batch-id", batch, "--output", "json");
        assertThat(status.path("state").asText()).isEqualTo("completed");
        assertThat(status.path("read").asLong())
                .isEqualTo(3000)
                .isEqualTo(status.path("skipped").asLong()
                        + status.path("duplicates").asLong()
                        + status.path("deadLetters").asLong()
                        + status.path("taken").asLong());
        assertThat(status.path("partitions")).hasSize(4);
        assertThat(backprocess("status", "--batch-id", batch, "--watch", "--expect", "completed")
                        .exitCode())
                .isZero();
        assertThat(backprocess("status", "--batch-id", batch, "--expect", "paused")
                        .exitCode())
                .isEqualTo(1);
        says(2, "--expect 'done' is not one of", backprocess("status", "--batch-id", batch, "--expect", "done"));
        JsonNode verification = json("verify", "--batch-id", batch, "--output", "json");
        assertThat(verification.path("verdict").asText()).isEqualTo("complete");
    }

    @Test
    void submittingACompletedBatchAgainWritesNothing() throws Exception {
        String topic = sample(500);
        String batch = KAFKA.unique("batch");
        Answer first = run(topic, batch, "--local", "--checkpoint-interval", "500 ms");
        assertThat(first.exitCode()).as(first.err()).isZero();
        int results = KAFKA.read(topic + "." + batch).size();

        Answer again = run(topic, batch, "--local");

        assertThat(again.exitCode()).isZero();
        assertThat(again.out()).contains("is completed already; nothing is written");
        assertThat(KAFKA.read(topic + "." + batch)).hasSize(results);
    }

    @Nightly
    @Test
    void refusesAnotherSpecificationUnderTheSameBatchId() throws Exception {
        String topic = sample(100);
        String batch = KAFKA.unique("batch");
        run(topic, batch, "--local", "--checkpoint-interval", "500 ms");

        Answer other = run(topic, batch, "--local", "--until", "2025-01-01T00:00:00Z");

        assertThat(other.exitCode()).isEqualTo(4);
        assertThat(other.err()).contains("until: latest, now 2025-01-01T00:00:00Z");
    }

    @Test
    void planWritesNothing() {
        String topic = sample(100);
        Set<String> before = topics();

        Answer plan = backprocess(
                "plan",
                "--source-topic",
                topic,
                "--batch-id",
                "b",
                "--from",
                "earliest",
                "--from-version",
                "1",
                "--revision",
                "purchase-split");

        assertThat(plan.exitCode()).as(plan.err()).isZero();
        assertThat(plan.out())
                .contains("writes    " + topic + ".b")
                .contains("needs     at most about 1 MiB of heap for eventIds, 1 MiB of state, 1 s of one slot's time");
        assertThat(topics()).isEqualTo(before);
    }

    @Test
    void saysWhatIsWrongInOneLineAndCreatesNothing() {
        String topic = sample(10);
        Set<String> before = topics();

        says(2, "Unknown option: '--frob'", run(topic, "b", "--frob"));
        says(2, "--from 'yesterday' is not an instant", run(topic, "b", "--from", "yesterday"));
        says(2, "topic 'nowhere' does not exist", run("nowhere", "b"));
        says(2, "no revision is called 'nothing'; the revisions are:", run(topic, "b", "--revision", "nothing"));
        says(2, "takes version 1, but gets version 7", run(topic, "b", "--from-version", "7"));
        says(2, "'one' is not a version", run(topic, "b", "--from-version", "one"));
        says(
                2,
                "no new logic is given; name a revision with --revision or a file with --rules",
                backprocess(
                        "run",
                        "--source-topic",
                        topic,
                        "--batch-id",
                        "b",
                        "--from",
                        "earliest",
                        "--from-version",
                        "1"));
        says(
                2,
                "is before --from",
                run(topic, "b", "--from", "2025-01-02T00:00:00Z", "--until", "2025-01-01T00:00:00Z"));
        says(2, "can only have letters, digits", run(topic, "b/c"));
        says(2, "is too long", run(topic, "b".repeat(250)));
        says(2, "there is no batch 'never'", backprocess("status", "--batch-id", "never"));
        says(2, "is not a duration", run(topic, "b", "--checkpoint-interval", "soon"));
        says(2, "no revision has an option 'colour'", run(topic, "b", "--revision-option", "colour=red"));
        says(3, "Flink at http://127.0.0.1:1 does not answer", run(topic, "b", "--flink", "127.0.0.1:1"));
        says(
                4,
                "more than the broker's transaction.max.timeout.ms",
                run(topic, "b", "--local", "--transaction-timeout", "3 h"));
        assertThat(topics()).isEqualTo(before);
    }

    @Nightly
    @Test
    void givesUpOnABrokerThatDoesNotAnswerWithinFifteenSeconds() {
        long begin = System.nanoTime();

        Answer status = backprocess("status", "--batch-id", "b", "--bootstrap-servers", "127.0.0.1:1");

        says(3, "Kafka at 127.0.0.1:1 does not answer", status);
        assertThat((System.nanoTime() - begin) / 1e9).isLessThan(15);
    }

    @Test
    void refusesAResultTopicThatHoldsSomethingElse() {
        String topic = sample(10);
        KAFKA.createTopic(topic + ".taken", 3);

        Answer run = run(topic, "taken", "--local");

        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.err())
                .contains("exists with 3 partitions, but needs 4")
                .contains("would delete records with old timestamps");
    }

    private static void says(int exitCode, String message, Answer outcome) {
        assertThat(outcome.err()).contains(message);
        assertThat(outcome.exitCode()).as(message).isEqualTo(exitCode);
        assertThat(outcome.err().lines().filter(line -> line.startsWith("error: ")))
                .as(outcome.err())
                .hasSize(1);
    }

    private static String sample(int events) {
        String topic = KAFKA.unique("orders");
        Answer sample = backprocess("sample", "--topic", topic, "--events", String.valueOf(events), "--execute");
        assertThat(sample.exitCode()).as(sample.err()).isZero();
        return topic;
    }

    /** A run with what it needs, where the further arguments do not say otherwise. */
    private static Answer run(String topic, String batch, String... further) {
        List<String> args = new ArrayList<>(List.of("run", "--source-topic", topic, "--batch-id", batch));
        List<String> given = Arrays.asList(further);
        for (String[] standard :
                new String[][] {{"--from", "earliest"}, {"--from-version", "1"}, {"--revision", "purchase-split"}}) {
            if (!given.contains(standard[0])) {
                args.addAll(List.of(standard));
            }
        }
        args.addAll(given);
        return backprocess(args.toArray(String[]::new));
    }

    private static JsonNode json(String... args) throws Exception {
        Answer outcome = backprocess(args);
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        return new ObjectMapper().readTree(outcome.out());
    }

    private static Answer backprocess(String... args) {
        return new Shell(KAFKA).backprocess(args);
    }

    private static Set<String> topics() {
        try {
            return KAFKA.admin().listTopics().names().get();
        } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
            throw new AssertionError(e);
        }
    }
}
