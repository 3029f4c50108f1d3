package io.backprocess.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.OpenTail;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.Shell;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Transactions of other producers that are open where a range would end. */
class OpenTailsITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private final Shell shell = new Shell(KAFKA);

    @Test
    void sayWhatIsNotReadAndWhoseTransactionItIs(@TempDir Path directory) throws Exception {
        String topic = hung();
        String batch = KAFKA.unique("batch");

        Shell.Answer plan = plan(topic, batch);
        JsonNode beyond =
                plan(topic, batch, "--output", "json").json().path("plan").path("beyond");
        Shell.Answer run = shell.run(topic, batch).succeeds();
        Shell.Answer verify = shell.backprocess("verify", "--batch-id", batch).succeeds();
        Path page = directory.resolve("report.html");
        shell.backprocess("report", "--batch-id", batch, "--out", page.toString())
                .succeeds();

        String words = topic + "-0: 3 offsets (2 to 5) lie beyond the end and are not read: transaction 'test-";
        assertThat(plan.out())
                .contains("warning   " + words)
                .contains("first offset 2) was open when the batch was planned, since ");
        assertThat(beyond).hasSize(1);
        assertThat(beyond.get(0).path("from").asLong()).isEqualTo(2);
        assertThat(beyond.get(0).path("to").asLong()).isEqualTo(5);
        assertThat(Instant.parse(beyond.get(0).path("since").asText()))
                .isBetween(Instant.now().minus(Duration.ofMinutes(5)), Instant.now());
        assertThat(run.err()).contains("warning: " + words);
        assertThat(verify.out()).contains("note: " + words);
        assertThat(Files.readString(page)).contains(topic + "-0: 3 offsets (2 to 5) beyond the end");
    }

    @Nightly
    @Test
    void sayNothingOfWhatStandsBehindANamedEnd() {
        String topic = hung();

        Shell.Answer before = plan(topic, "b", "--until", "1970-01-01T00:00:00.002Z");
        Shell.Answer within = plan(topic, "b", "--until", "1970-01-01T00:00:00.005Z");
        Shell.Answer following = plan(topic, "b", "--until", "never");

        assertThat(before.out()).doesNotContain("beyond the end");
        assertThat(within.out()).contains("2 offsets (2 to 4) lie beyond the end and are not read");
        assertThat(following.out())
                .contains("3 offsets (2 to 5) lie beyond the end of what could be read at planning time");
    }

    /** The shared broker lets transactions live for 15 minutes. */
    @Test
    void areRefusedWhereNoProcessWillEndThemUnlessTheEndIsNamed() {
        OpenTail young = tail(Instant.now().minusSeconds(60), false);
        OpenTail old = tail(Instant.now().minusSeconds(901), false);
        OpenTail hanging = tail(null, true);
        OpenTail unknown = tail(null, false);

        assertThat(problems("latest", young)).isEmpty();
        assertThat(problems("latest", unknown)).isEmpty();
        assertThat(problems("latest", old)).singleElement().satisfies(problem -> assertThat(problem)
                .contains("longer than the broker lets transactions live (transaction.max.timeout.ms 900 s)")
                .contains("kafka-transactions.sh abort --topic orders --partition 0 --start-offset 5"));
        assertThat(problems("never", old)).hasSize(1);
        assertThat(problems("latest", hanging)).singleElement().satisfies(problem -> assertThat(problem)
                .contains("no coordinator knows it"));
        assertThat(problems("2025-01-01T00:00:00Z", old)).isEmpty();
    }

    @Test
    void nameTheRightThatIsLackingToSayMore() {
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            assertThat(OpenTails.warnings(planOf("latest", tail(null, false)), admin))
                    .hasSize(2)
                    .anySatisfy(warning -> assertThat(warning)
                            .contains(
                                    "a transaction of producer 4 with first offset 5 was open when the batch was planned")
                            .contains("its last record had the timestamp 2024-12-31T23:00:00Z"))
                    .anySatisfy(warning -> assertThat(warning).contains("--operation Describe --transactional-id '*'"));
        }
    }

    private static OpenTail tail(@Nullable Instant since, boolean hanging) {
        return new OpenTail(
                0,
                5,
                7,
                new OpenTail.Transaction(
                        4L,
                        5L,
                        since == null ? null : "loader",
                        since,
                        Instant.parse("2024-12-31T23:00:00Z"),
                        hanging));
    }

    private static List<String> problems(String until, OpenTail tail) {
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            return OpenTails.problems(planOf(until, tail), admin);
        }
    }

    private static BatchPlan planOf(String until, OpenTail tail) {
        BatchSpec spec = new BatchSpec(
                "b",
                new BatchSpec.Range("orders", "earliest", until),
                new BatchSpec.Logic("1", List.of("purchase-split"), new TreeMap<>()),
                DedupeScope.PARTITION,
                ResultHeaders.ORIGIN);
        return BatchPlan.freeze(
                        spec,
                        BatchPlan.Inputs.of(List.of(), null),
                        new BatchPlan.StateLayout(1024, 1),
                        new BatchPlan.LedgerPlace(0, 0),
                        new BatchPlan.Creation(Instant.now(), "test", null))
                .without(List.of(tail));
    }

    private Shell.Answer plan(String topic, String batch, String... further) {
        List<String> args = new java.util.ArrayList<>(List.of(
                "plan",
                "--source-topic",
                topic,
                "--batch-id",
                batch,
                "--from",
                "earliest",
                "--from-version",
                "1",
                "--revision",
                "purchase-split"));
        args.addAll(List.of(further));
        return shell.backprocess(args.toArray(String[]::new)).succeeds();
    }

    /** Two committed records, one in a transaction that stays open, and two committed ones behind it. */
    private static String hung() {
        String topic = KAFKA.unique("hang");
        KAFKA.createTopic(topic, 1, "retention.ms=-1");
        KAFKA.send(event(topic, 1), event(topic, 2));
        KAFKA.begin(List.of(event(topic, 3)));
        KAFKA.send(event(topic, 4), event(topic, 5));
        return topic;
    }

    private static ProducerRecord<byte[], byte[]> event(String topic, int number) {
        String value =
                "{\"eventId\":\"e-%d\",\"processVersion\":1,\"payload\":{\"actionType\":\"Seen\"}}".formatted(number);
        return new ProducerRecord<>(topic, 0, (long) number, new byte[] {1}, value.getBytes(StandardCharsets.UTF_8));
    }
}
