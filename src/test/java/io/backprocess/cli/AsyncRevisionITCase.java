package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.deadletter.DeadLetterHeaders;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.Shell;
import io.backprocess.testing.TestBatch;
import io.backprocess.testing.UserEvents;
import io.backprocess.testing.UserService;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A revision that asks a real HTTP server, which is slow, fails, hangs, goes down and comes back. */
class AsyncRevisionITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static final UserEvents EVENTS = new UserEvents(KAFKA);

    private static Set<Thread> threadsBefore = Set.of();

    private final Shell shell = new Shell(KAFKA);
    private final UserService users = new UserService();

    @BeforeAll
    static void look() {
        threadsBefore = Thread.getAllStackTraces().keySet();
    }

    @AfterEach
    void stop() {
        users.close();
    }

    @Test
    void keepsTheOrderHoweverLongEachAnswerTakes() {
        String topic = EVENTS.history(600);
        String batch = KAFKA.unique("batch");

        run(topic, batch, "--parallelism", "2", "--revision-timeout", "10s").succeeds();

        TestBatch.await("the job's threads to end", () -> threads().isEmpty());
        assertThat(EVENTS.results(topic + "." + batch)).isEqualTo(EVENTS.expected(topic));
        shell.backprocess("verify", "--batch-id", batch).succeeds();
    }

    @Nightly
    @Test
    void deadLettersOnlyTheEventsThatGetNoAnswer() {
        String topic = EVENTS.history(60);
        KAFKA.send(List.of(
                UserEvents.event(topic, 0, "hangs", UserService.HANGS),
                UserEvents.event(topic, 0, "fails", UserService.FAILS),
                UserEvents.event(topic, 1, "unknown", UserService.UNKNOWN),
                new ProducerRecord<>(
                        topic,
                        1,
                        null,
                        UserEvents.bytes("{\"eventId\":\"anonymous\",\"processVersion\":1,\"payload\":{}}"))));
        String batch = KAFKA.unique("batch");

        run(topic, batch).succeeds();

        assertThat(KAFKA.read(topic + "." + batch)).hasSize(60);
        assertThat(KAFKA.read(topic + "." + batch + ".dlq").stream().map(AsyncRevisionITCase::why))
                .containsExactlyInAnyOrder(
                        "hangs: retries-exhausted: no answer within PT0.5S: 5",
                        "fails: retries-exhausted: users says 503: 5",
                        "unknown: missing-context: no such user: 1",
                        "anonymous: missing-context: userId is missing: 1");

        Shell.Answer redrive =
                shell.backprocess("redrive", "--batch-id", batch, "--reason", "retries-exhausted", "--execute");
        assertThat(redrive.exitCode()).as("nothing was answered").isEqualTo(1);
        assertThat(redrive.out()).contains("2  stay: the service that the revision asks did not answer");
        assertThat(KAFKA.read(topic + "." + batch + ".dlq")).hasSize(4);
    }

    @Test
    void holdsWhileTheServiceIsDownAndDeadLettersNothing() throws Exception {
        String topic = EVENTS.history(300);
        String batch = KAFKA.unique("batch");
        users.downFrom = 100;

        CompletableFuture<Shell.Answer> run = CompletableFuture.supplyAsync(() -> run(topic, batch));
        TestBatch.await("the service to be asked again", () -> users.requests.get() > 115);
        assertThat(run).as("still holding").isNotDone();
        int before = users.requests.get();
        assertThat(waited(run)).as("has ended").isFalse();
        assertThat(users.requests.get() - before)
                .as("requests while it holds, of about 1000 if it did not")
                .isLessThan(100);
        users.downFrom = Integer.MAX_VALUE;

        run.get(90, TimeUnit.SECONDS).succeeds();
        assertThat(EVENTS.results(topic + "." + batch)).isEqualTo(EVENTS.expected(topic));
        assertThat(KAFKA.read(topic + "." + batch + ".dlq")).isEmpty();
    }

    /** All of it within what would be given up without a question that was answered before. */
    @Nightly
    @Test
    void holdsFromTheStartAndDeadLettersNothingOfAFewEvents() throws Exception {
        String topic = EVENTS.history(8);
        String batch = KAFKA.unique("batch");
        users.downFrom = 1;
        Shell.Answer preview = shell.backprocess(
                "preview",
                "--source-topic",
                topic,
                "--from",
                "earliest",
                "--from-version",
                "1",
                "--revision",
                "look-up-user",
                "--revision-option",
                "users=" + users.address(),
                "--sample",
                "2");
        assertThat(preview.exitCode()).isEqualTo(1);
        assertThat(preview.err())
                .contains("the service that the revision asks has not answered any request", "users says 503");
        users.requests.set(0);

        CompletableFuture<Shell.Answer> run = CompletableFuture.supplyAsync(() -> run(topic, batch));
        // Each of the eight at most five times.
        TestBatch.await("the service to be asked again", () -> users.requests.get() > 8 * 5);
        assertThat(run).as("still holding").isNotDone();
        users.downFrom = Integer.MAX_VALUE;

        run.get(90, TimeUnit.SECONDS).succeeds();
        assertThat(EVENTS.results(topic + "." + batch)).isEqualTo(EVENTS.expected(topic));
        assertThat(KAFKA.read(topic + "." + batch + ".dlq")).isEmpty();
    }

    /** Of a job, not of the broker in this process: whatever a step has started to ask, to limit, to read or to write. */
    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.isAlive() && !threadsBefore.contains(thread))
                .map(Thread::getName)
                .filter(
                        name -> name.matches(
                                "(backprocess-ask|revision, for|ledger-watch|ledger-summaries|breaker|kafka-producer|kafka-admin|Source Data Fetcher|Kafka Fetcher).*"))
                .toList();
    }

    private static boolean waited(CompletableFuture<?> run) throws Exception {
        try {
            run.get(3, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    private Shell.Answer run(String topic, String batch, String... more) {
        List<String> options =
                new ArrayList<>(List.of("--revision", "look-up-user", "--revision-option", "users=" + users.address()));
        options.addAll(List.of(more));
        return shell.run(topic, batch, options.toArray(String[]::new));
    }

    private static String why(ConsumerRecord<byte[], byte[]> letter) {
        return "%s: %s: %s: %s"
                .formatted(
                        UserEvents.value(letter).replaceAll(".*\"eventId\":\"([^\"]*)\".*", "$1"),
                        header(letter, DeadLetterHeaders.REASON),
                        header(letter, DeadLetterHeaders.MESSAGE),
                        header(letter, DeadLetterHeaders.ATTEMPTS));
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
