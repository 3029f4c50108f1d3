package io.backprocess.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.revise.RejectedException;
import io.backprocess.testing.FaultyPurchaseSplit;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.Shell;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Accounted for is not the same as good. */
class BatchQualityITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static final Shell SHELL = new Shell(KAFKA);

    private final String topic = KAFKA.unique("quality");
    private final String batch = KAFKA.unique("batch");

    @Test
    void fiveOfFiveDeadIsCompletedButNotGood() {
        history(5, "{\"before\":null,\"after\":{\"id\":%d}}");
        String looks = "5 of 5 sampled records are no events of --envelope backprocess: 100 % look like JSON objects";

        Shell.Answer plan = SHELL.plan(topic);
        plan.says(4, looks);
        plan.says(4, "if this is intended: --accept-dead-letters");
        assertThat(plan.out()).doesNotContain(looks);
        assertThat(SHELL.plan(topic, "--accept-dead-letters").succeeds().out()).contains("warning   " + looks);
        SHELL.run(topic, batch).says(4, looks);
        SHELL.run(topic, batch).says(4, "if this is intended: --accept-dead-letters");
        assertThat(KAFKA.exists(topic + "." + batch)).isFalse();
        assertThat(SHELL.run(topic, batch, "--accept-dead-letters").succeeds().err())
                .contains("warning: " + looks);
        assertThat(SHELL.plan(topic, "--batch-id", batch).succeeds().out())
                .as("a start that goes on checks no sample")
                .contains("warning   " + looks);
        Shell.Answer run = SHELL.run(topic, batch);
        run.says(1, batch + " is completed, but 5 of 5 records (100.0 %) are dead letters");
        assertThat(run.out()).contains(batch + " is completed");
        SHELL.run(topic, batch).says(1, "5 of 5 records (100.0 %) are dead letters");
        command("resume").says(1, "5 of 5 records (100.0 %) are dead letters");
        assertThat(SHELL.run(topic, batch, "--accept-dead-letters").succeeds().err())
                .contains("warning: " + batch + " is completed, but 5 of 5");

        Shell.Answer status = command("status", "--output", "json").succeeds();
        assertThat(status.json().path("state").asText()).isEqualTo("completed");
        assertThat(status.json().path("concern").asText()).isEqualTo("dead-letters");
        assertThat(command("status").succeeds().out()).contains("warning: 5 of 5 records (100.0 %) are dead letters");

        promote().says(4, "is complete but is not promoted: 5 of 5 records (100.0 %) are dead letters");
        promote("--accept-empty").says(4, "if this is intended: --accept-dead-letters");
        promote("--accept-dead-letters").says(4, "if this is intended: --accept-empty");
        assertThat(promote("--accept-dead-letters", "--accept-empty").succeeds().out())
                .contains("moved");
    }

    @Test
    void aRangeWithoutRecordsIsAWarningAndNotPromotedUnlessAskedForByName() {
        KAFKA.createTopic(topic, 2);

        assertThat(SHELL.run(topic, batch).succeeds().err()).contains("warning: ", "no record was read");
        assertThat(SHELL.run(topic, batch).succeeds().err()).contains("no record was read");

        promote().says(4, "no record was read");
        promote("--accept-empty").succeeds();
    }

    @Nightly
    @Test
    void recordsOfWhichNoResultCameAreNotGoodWhateverBecameOfThem() {
        history(3, event("2", "10"));

        SHELL.run(topic, batch)
                .says(1, "3 records were read and gave no result: 3 skipped, 0 duplicates, 0 dead letters");
        SHELL.run(topic, batch, "--accept-dead-letters").says(1, "check --from-version and --revision");
        promote("--accept-dead-letters").says(4, "if this is intended: --accept-empty");
    }

    @Nightly
    @Test
    void whoLooksLaterGoesByTheLimitThatTheBatchWasTold() {
        history(3, event("1", "7"));
        KAFKA.send(new ProducerRecord<>(topic, 0, null, "no envelope".getBytes(StandardCharsets.UTF_8)));
        String words = "1 of 4 records (25.0 %) are dead letters, more than --max-dlq-ratio 0.1 allows";

        SHELL.run(topic, batch, "--max-dlq-ratio", "0.1").says(1, words);

        SHELL.run(topic, batch).says(1, words);
        assertThat(command("status").succeeds().out()).contains("warning: " + words);
        assertThat(command("status", "--output", "json").json().path("concern").asText())
                .isEqualTo("dead-letters");
        promote().says(4, words);
        SHELL.run(topic, batch, "--max-dlq-ratio", "0.5").succeeds();
    }

    @Nightly
    @Test
    void aRedriveThatBringsTheShareDownMakesItGood() {
        history(4, event("1", "7"));
        FaultyPurchaseSplit.throwsAt = event -> new RejectedException("as the test wants it");
        try {
            SHELL.run(topic, batch, "--revision", "purchase-split-with-faults")
                    .says(1, "4 of 4 records (100.0 %) are dead letters");
        } finally {
            FaultyPurchaseSplit.throwsAt = event -> null;
        }

        command("redrive", "--execute").succeeds();

        assertThat(SHELL.run(topic, batch, "--revision", "purchase-split-with-faults")
                        .succeeds()
                        .err())
                .doesNotContain("dead letters");
    }

    private Shell.Answer promote(String... further) {
        List<String> args =
                new ArrayList<>(List.of("promote", "--alias", topic + ".now", "--batch-id", batch, "--execute"));
        args.addAll(List.of(further));
        return SHELL.backprocess(args.toArray(String[]::new));
    }

    private Shell.Answer command(String name, String... further) {
        List<String> args = new ArrayList<>(List.of(name, "--batch-id", batch));
        args.addAll(List.of(further));
        return SHELL.backprocess(args.toArray(String[]::new));
    }

    private static String event(String version, String amount) {
        return """
                {"eventId":"00000000-0000-0000-0000-00000000000%%d","correlationId":"c","eventTimestamp":"2025-01-01T00:00:00Z",\
                "processVersion":%s,"payload":{"actionType":"Purchased","itemSku":"SUB-A-1","amount":%s}}""".formatted(version, amount);
    }

    private void history(int events, String text) {
        KAFKA.createTopic(topic, 2, "retention.ms=-1");
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            records.add(
                    new ProducerRecord<>(topic, i % 2, null, text.formatted(i).getBytes(StandardCharsets.UTF_8)));
        }
        KAFKA.send(records);
    }
}
