package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.revise.RejectedException;
import io.backprocess.testing.FaultyPurchaseSplit;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Shell;
import io.backprocess.testing.Shell.Answer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An operator finds out what is wrong with a batch, and corrects it. */
class DeadLetterCommandsITCase {
    private static final String REVISION = "purchase-split-with-faults";

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static String topic = "";

    @BeforeAll
    static void aHistory() {
        topic = KAFKA.unique("orders");
        KAFKA.createTopic(topic, 3, "retention.ms=-1");
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            records.add(record(
                    i % 2,
                    1_700_000_000_000L + i,
                    "{\"eventId\":\"e-%d\",\"eventTimestamp\":\"2025-11-14T%02d:30:00Z\",\"processVersion\":1,\"payload\":{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":9.990}}"
                            .formatted(i, i % 3)));
        }
        records.add(record(1, 1_700_000_001_000L, "no JSON \u001b[31m"));
        KAFKA.send(records);
    }

    @AfterAll
    static void nothingFails() {
        FaultyPurchaseSplit.throwsAt = event -> null;
    }

    /** e-1, e-3, e-5, e-7 and e-9 are dead, and what is no JSON. */
    @Test
    void findsLooksAtAndFixesWhatIsDead() throws Exception {
        String batch = batch();

        Answer stats = ok("dlq", "stats", "--batch-id", batch);
        assertThat(stats.out().lines())
                .contains(batch + " has 6 dead letters", "by reason", "by source partition")
                .anyMatch(line -> line.matches("  rejected +5  █+"))
                .anyMatch(line -> line.matches("  revise +5  █+"))
                .anyMatch(line -> line.matches("  1 +6  █+"))
                .contains("by hour of event time (UTC)")
                .anyMatch(line -> line.matches("  2025-11-14 01:00 +2  █+"));

        Answer list = ok("dlq", "list", "--batch-id", batch, "--limit", "2", "--reason", "rejected");
        assertThat(list.out().lines())
                .hasSize(4)
                .anyMatch(line -> line.startsWith(topic + "/1/4  2023-11-14T22:13:20.009Z  revise  rejected  1 "))
                .contains("… and 3 more; show more with --limit N, or filter with --reason, --stage and --since");
        assertThat(list.out()).contains("no price for \\u001b[31me-9").doesNotContain("\u001b");

        Answer show = ok("dlq", "show", "--batch-id", batch, "--origin", topic + "/1/2");
        assertThat(show.out())
                .contains("  reason       rejected", "  attempts     1", "  eventId      e-5", "header trace (3 bytes")
                .contains("\"amount\" : 9.990");
        assertThat(ok("dlq", "show", "--batch-id", batch).out())
                .contains("malformed-json", "no JSON \\u001b[31m")
                .doesNotContain("\u001b");

        FaultyPurchaseSplit.throwsAt = event -> event.eventId().equals("e-9") ? new RejectedException("never") : null;
        Answer dry = ok("redrive", "--batch-id", batch, "--reason", "rejected");
        assertThat(dry.out().lines())
                .startsWith(batch + ": 5 dead letters of " + topic + "." + batch + ".dlq would go through " + REVISION)
                .contains("           4  would be revised; 4 results on " + topic + "." + batch)
                .contains("           1  would fail again: rejected 1")
                .contains("           1  were not selected")
                .endsWith("Nothing is written. To do it, add --execute.");
        JsonNode done = json("redrive", "--batch-id", batch, "--reason", "rejected", "--execute", "--output", "json");
        assertThat(done.path("executed").asBoolean()).isTrue();
        assertThat(done.path("succeeded").asInt()).isEqualTo(4);
        assertThat(done.at("/failedByReason/rejected").asInt()).isEqualTo(1);

        JsonNode verification = json("verify", "--batch-id", batch, "--output", "json");
        assertThat(verification.path("verdict").asText()).isEqualTo("complete");
        assertThat(verification.path("redriven").asInt()).isEqualTo(5);
        assertThat(verification.path("deadLettersOnTopic").asInt()).isEqualTo(2);
        JsonNode status = json("status", "--batch-id", batch, "--output", "json");
        assertThat(status.path("state").asText()).isEqualTo("completed");
        assertThat(status.path("deadLettersByReason").toString()).isEqualTo("{\"malformed-json\":1,\"rejected\":1}");
        assertThat(json("dlq", "list", "--batch-id", batch, "--output", "json")
                        .path("total")
                        .asInt())
                .isEqualTo(2);
        JsonNode all = json("dlq", "list", "--batch-id", batch, "--all", "--output", "json");
        assertThat(all.path("total").asInt()).isEqualTo(7);
        assertThat(all.path("deadLetters"))
                .filteredOn(letter -> letter.path("redriven").asBoolean())
                .hasSize(5);
        assertThat(json("dlq", "show", "--batch-id", batch, "--origin", topic + "/1/4", "--output", "json")
                        .at("/deadLetters/0/attempts")
                        .asInt())
                .isEqualTo(2);
        JsonNode left = json("dlq", "stats", "--batch-id", batch, "--output", "json");
        assertThat(left.path("byPartition").toString()).isEqualTo("{\"1\":2}");
        assertThat(left.path("byStage").toString()).isEqualTo("{\"decode\":1,\"revise\":1}");
        assertThat(ok("status", "--batch-id", batch).out()).doesNotContainPattern("[ :]-[0-9]");
    }

    /** The batch's own revision still fails, and no test waits for it. */
    @Test
    void redrivesWithAnotherRevision() throws Exception {
        String batch = batch();

        JsonNode done = json(
                "redrive",
                "--batch-id",
                batch,
                "--reason",
                "rejected",
                "--revision",
                "purchase-split",
                "--execute",
                "--output",
                "json");

        assertThat(done.path("succeeded").asInt()).isEqualTo(5);
        assertThat(done.path("revision").asText()).isEqualTo("purchase-split");
        JsonNode verification = json("verify", "--batch-id", batch, "--output", "json");
        assertThat(verification.path("verdict").asText()).isEqualTo("complete");
        assertThat(verification.at("/ledger/deadLetters").asInt()).isEqualTo(1);
    }

    @Test
    void countsWhatIsNoDeadLetterAndGoesOn() {
        String batch = batch();
        KAFKA.send(new ProducerRecord<>(topic + "." + batch + ".dlq", 0, 5L, null, bytes("junk")));

        assertThat(ok("dlq", "stats", "--batch-id", batch).out())
                .contains("1 records in the topic are not dead letters: another process has written there");
        assertThat(ok("dlq", "list", "--batch-id", batch).out())
                .contains("1 records in the topic are not dead letters");
        assertThat(ok("redrive", "--batch-id", batch).out())
                .contains("1  records there are not dead letters of this batch; they stay unchanged");
    }

    @Test
    void saysWhatMakesNoSense() {
        String batch = batch();

        says(
                2,
                "--reason 'because' is not one of tombstone,",
                "dlq",
                "list",
                "--batch-id",
                batch,
                "--reason",
                "because");
        says(
                2,
                "--stage 'end' is not one of decode, dedupe, revise, upsert",
                "redrive",
                "--batch-id",
                batch,
                "--stage",
                "end");
        says(2, "--since 'noon' is not an instant", "dlq", "stats", "--batch-id", batch, "--since", "noon");
        says(2, "--limit 0 is less than one", "dlq", "list", "--batch-id", batch, "--limit", "0");
        says(2, "is not topic/partition/offset", "dlq", "show", "--batch-id", batch, "--origin", "there");
        says(1, "has no such dead letter", "dlq", "show", "--batch-id", batch, "--origin", topic + "/1/1000");
        says(2, "there is no batch 'never'", "dlq", "stats", "--batch-id", "never");
        says(2, "Missing required subcommand", "dlq");
        says(2, "--max-attempts 0 is less than one", "redrive", "--batch-id", batch, "--max-attempts", "0");
        says(2, "no revision is called 'other'", "redrive", "--batch-id", batch, "--revision", "other");
        says(2, "no revision has an option 'a'", "redrive", "--batch-id", batch, "--revision-option", "a=b");
        says(2, "there is no batch 'never'", "redrive", "--batch-id", "never");
    }

    private static void says(int exitCode, String message, String... args) {
        Answer outcome = backprocess(args);
        assertThat(outcome.err()).contains(message);
        assertThat(outcome.exitCode()).as(message).isEqualTo(exitCode);
    }

    private static String batch() {
        aRevisionThatFails();
        String batch = KAFKA.unique("batch");
        ok(
                "run",
                "--source-topic",
                topic,
                "--batch-id",
                batch,
                "--from",
                "earliest",
                "--from-version",
                "1",
                "--revision",
                REVISION,
                "--local",
                "--checkpoint-interval",
                "500 ms");
        return batch;
    }

    private static void aRevisionThatFails() {
        FaultyPurchaseSplit.throwsAt =
                event -> event.partition() == 1 && event.eventId().length() == 3
                        ? new RejectedException("no price for \u001b[31m" + event.eventId())
                        : null;
    }

    private static JsonNode json(String... args) throws Exception {
        return new ObjectMapper().readTree(ok(args).out());
    }

    private static Answer ok(String... args) {
        Answer outcome = backprocess(args);
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        return outcome;
    }

    private static Answer backprocess(String... args) {
        return args.length > 1 ? new Shell(KAFKA).backprocess(args) : Shell.withoutKafka(args);
    }

    private static ProducerRecord<byte[], byte[]> record(int partition, long timestamp, String value) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, partition, timestamp, bytes("k"), bytes(value));
        record.headers().add("trace", bytes("t-1"));
        return record;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
