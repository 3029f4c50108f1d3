package io.backprocess.cli;

import static io.backprocess.event.Samples.envelope;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.backprocess.event.Origin;
import io.backprocess.revise.RejectedException;
import io.backprocess.revise.TransientException;
import io.backprocess.testing.FaultyPurchaseSplit;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.Shell;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a preview says beside what a batch then does, with a real broker. */
class PreviewCommandITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private final Shell shell = new Shell(KAFKA);

    @AfterEach
    void noMoreFaults() {
        FaultyPurchaseSplit.throwsAt = event -> null;
    }

    @Test
    void countsWhatTheBatchThenCountsWhereTheSampleIsTheWholeRange() {
        String topic = shell.sample(3000);
        String batch = KAFKA.unique("batch");

        JsonNode preview = preview(topic).json();
        shell.run(topic, batch).succeeds();
        JsonNode status = shell.backprocess("status", "--batch-id", batch, "--output", "json")
                .json();

        JsonNode counts = preview.path("counts");
        for (String figure : List.of("read", "taken", "skipped", "duplicates", "deadLetters", "results")) {
            assertThat(counts.path(figure)).as(figure).isEqualTo(status.path(figure));
            assertThat(counts.path(figure).asLong()).as(figure).isPositive();
        }
        assertThat(preview.path("skippedByVersion")).isEqualTo(status.path("skippedByVersion"));
        status.path("deadLettersByReason").properties().forEach(reason -> assertThat(dead(preview, reason.getKey()))
                .as(reason.getKey())
                .isEqualTo(reason.getValue().asLong()));
        assertThat(preview.path("sample").path("whole").asBoolean()).isTrue();
        assertThat(preview.path("estimate").isNull()).isTrue();
        assertThat(counts.path("taken").asLong())
                .isEqualTo(counts.path("changed").asLong()
                        + counts.path("unchanged").asLong());
        JsonNode kind = preview.path("changes").get(0);
        assertThat(preview.path("changes")).hasSize(1);
        assertThat(kind.path("count")).isEqualTo(counts.path("changed"));
        assertThat(kind.path("fields").get(0).path("path").asText()).isEqualTo("payload.actionType");
        assertThat(kind.path("fields").get(0).path("values").findValuesAsText("after"))
                .containsExactly("\"SubscriptionBPurchased\"", "\"SubscriptionAPurchased\"");
        assertThat(kind.path("examples")).hasSize(3);
    }

    @Test
    void writesNothing() throws Exception {
        String topic = shell.sample(500);
        String batch = KAFKA.unique("batch");
        shell.run(topic, batch).succeeds();
        String before = everything();

        preview(topic, "--against", batch).succeeds();
        preview(topic, "--sample", "50").succeeds();

        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void looksAtSlicesOfTheWholeRangeAndAtTheSameOnesEachTime() {
        String topic = shell.sample(5000);

        ObjectNode first = (ObjectNode) preview(topic, "--sample", "500").json();
        ObjectNode second = (ObjectNode) preview(topic, "--sample", "500").json();

        assertThat(first.remove("throughput").path("eventsPerSecond").asLong()).isPositive();
        second.remove("throughput");
        assertThat(second).isEqualTo(first);
        assertThat(first.path("counts").path("read").asLong()).isEqualTo(500);
        assertThat(first.path("sample").path("rangeRecords").asLong()).isEqualTo(5000);
        assertThat(first.path("estimate").path("taken").asLong())
                .isEqualTo(10 * first.path("counts").path("taken").asLong());
        Set<Integer> partitions = new TreeSet<>();
        first.findValuesAsText("origin")
                .forEach(origin -> partitions.add(Origin.parse(origin).partition()));
        assertThat(partitions).hasSizeGreaterThan(1);
    }

    @Nightly
    @Test
    void countsRecordsAndNotOffsetsWhereTransactionsLeftGaps() {
        String topic = KAFKA.unique("orders");
        KAFKA.createTopic(topic, 1);
        for (int i = 0; i < 40; i++) {
            KAFKA.sendAndCommit(List.of(record(topic, "a" + i), record(topic, "b" + i)));
            KAFKA.sendAndAbort(List.of(record(topic, "aborted" + i)));
        }

        JsonNode whole = preview(topic).json();
        JsonNode sample = preview(topic, "--sample", "20").json();

        assertThat(whole.path("counts").path("read").asLong()).isEqualTo(80);
        assertThat(preview(topic, "--until", "never").json().path("counts")).isEqualTo(whole.path("counts"));
        assertThat(sample.path("counts").path("read").asLong()).isBetween(10L, 20L);
        assertThat(sample.path("sample").path("offsets").asLong()).isEqualTo(200);
        assertThat(sample.path("sample").path("rangeRecords").asLong()).isBetween(50L, 130L);
    }

    @Nightly
    @Test
    void findsTheSameAgainThatTheBatchHasWritten() {
        String topic = shell.sample(4000);
        for (String scope : List.of("partition", "global")) {
            String batch = KAFKA.unique("batch");
            shell.run(topic, batch, "--dedupe-scope", scope).succeeds();

            JsonNode whole = preview(topic, "--against", batch).json().path("against");
            JsonNode sample =
                    preview(topic, "--sample", "400", "--against", batch).json().path("against");

            assertThat(whole.path("compared").asLong()).as(scope).isEqualTo(4000);
            assertThat(whole.path("same")).as(scope).isEqualTo(whole.path("compared"));
            assertThat(sample.path("compared").asLong()).as(scope).isEqualTo(400);
            assertThat(sample.path("different").asLong()).as(scope).isZero();
            // Copies whose first one is not in the sample.
            assertThat(sample.path("fates").findValuesAsText("then"))
                    .as(scope)
                    .isSubsetOf("nothing", "conflicting-duplicate");
        }
    }

    @Nightly
    @Test
    void saysWhatWouldBeOtherThanThenAlsoAfterARedrive() {
        String topic = shell.sample(3000);
        String batch = KAFKA.unique("batch");
        FaultyPurchaseSplit.throwsAt = event -> event.eventId().startsWith("7") ? new RejectedException("7") : null;
        shell.run(topic, batch, "--revision", "purchase-split-with-faults").succeeds();

        JsonNode fixed = preview(topic, "--against", batch, "--revision-option", "premium-prefix=SKU-GIFT-")
                .json()
                .path("against");

        long rejected = fate(fixed, "rejected", "taken");
        assertThat(rejected).isBetween(50L, 500L);
        assertThat(fixed.path("different").asLong()).isPositive();
        assertThat(fixed.path("differences")
                        .get(0)
                        .path("fields")
                        .get(0)
                        .path("path")
                        .asText())
                .isEqualTo("payload.actionType");
        assertThat(fixed.path("same").asLong() + fixed.path("different").asLong() + rejected)
                .isEqualTo(fixed.path("compared").asLong())
                .isEqualTo(3000);

        FaultyPurchaseSplit.throwsAt = event -> null;
        shell.backprocess("redrive", "--batch-id", batch, "--execute").succeeds();
        JsonNode redriven = preview(topic, "--against", batch).json().path("against");
        assertThat(redriven.path("same").asLong()).isEqualTo(3000);
    }

    @Nightly
    @Test
    void comparesOnlyWhatTheEarlierBatchHasRead() {
        String topic = shell.sample(1000);
        String batch = KAFKA.unique("batch");
        shell.run(topic, batch, "--until", "2025-01-01T00:00:05Z").succeeds();

        JsonNode against = preview(topic, "--against", batch).json().path("against");

        assertThat(against.path("compared").asLong())
                .isEqualTo(500)
                .isEqualTo(against.path("same").asLong());
        assertThat(against.path("outside").asLong()).isEqualTo(500);
    }

    @Test
    void looksForCopiesWithinAPartitionAndSplitsAsTheBatchDoes() {
        String topic = KAFKA.unique("orders");
        KAFKA.createTopic(topic, 2, "retention.ms=-1");
        String payload =
                "{\"actionType\":\"Purchased\",\"items\":[{\"itemSku\":\"x\",\"amount\":1},{\"itemSku\":\"y\",\"amount\":2}]}";
        byte[] value = envelope("e", "1", payload).getBytes(StandardCharsets.UTF_8);
        KAFKA.send(
                new ProducerRecord<>(topic, 0, 1L, null, value),
                new ProducerRecord<>(topic, 0, 1L, null, value),
                new ProducerRecord<>(topic, 1, 1L, null, value),
                new ProducerRecord<>(topic, 1, 1L, (byte[]) null, (byte[]) null));

        JsonNode preview = preview(topic).json();

        JsonNode counts = preview.path("counts");
        assertThat(counts.path("taken").asLong()).isEqualTo(2);
        assertThat(counts.path("duplicates").asLong()).isEqualTo(1);
        assertThat(counts.path("copiesElsewhere").asLong()).isEqualTo(1);
        assertThat(counts.path("split").asLong()).isEqualTo(2);
        assertThat(counts.path("results").asLong()).isEqualTo(4);
        assertThat(dead(preview, "tombstone")).isEqualTo(1);
        JsonNode kind = preview.path("changes").get(0);
        assertThat(kind.path("from").asInt()).isEqualTo(1);
        assertThat(kind.path("to").asInt()).isEqualTo(2);
        assertThat(kind.path("examples").get(0).path("results")).hasSize(2);
        assertThat(kind.path("examples").get(0).path("results").get(1).findValuesAsText("path"))
                .containsExactly("payload.items", "payload.itemSku", "payload.amount");
    }

    @Test
    void triesRulesInYamlAsItTriesRevisions() {
        String topic = shell.sample(1000);

        JsonNode java = preview(topic).json();
        JsonNode rules =
                preview(topic, "--rules", "examples/rules/purchase-split.yaml").json();

        for (String part : List.of("counts", "changes", "deadLetters", "skippedByVersion")) {
            assertThat(rules.path(part)).as(part).isEqualTo(java.path(part));
        }
        assertThat(rules.path("subject").path("revision").asText()).isEqualTo("purchase-split-rules");
    }

    @Test
    void writesThePageBesideAndReplacesNone(@TempDir Path directory) throws Exception {
        String topic = shell.sample(200);
        Path page = directory.resolve("preview.html");

        Shell.Answer text =
                shell.backprocess(args(topic, "--out", page.toString())).succeeds();
        Shell.Answer again = shell.backprocess(args(topic, "--out", page.toString()));

        assertThat(text.out()).contains("wrote " + page).contains("sample    all 200 records");
        assertThat(Files.readString(page)).startsWith("<!DOCTYPE html>").contains(topic);
        again.says(4, "already exists");
    }

    @Test
    void showsHostileEventsAsTexts() {
        String topic = KAFKA.unique("orders");
        KAFKA.createTopic(topic, 1);
        String escape = "\\u001b[2J\\u202e";
        KAFKA.send(
                record(
                        topic,
                        envelope(
                                "e" + escape,
                                "1",
                                "{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":1,\"items\":[{\"itemSku\":\"%s\",\"amount\":1}]}"
                                        .formatted(escape))),
                record(topic, "\u001b[31m"),
                record(
                        topic,
                        envelope(
                                "f",
                                "1",
                                "{\"actionType\":\"Purchased\",\"itemSku\":\"x\",\"amount\":\"%s\"}"
                                        .formatted(escape))));

        Shell.Answer answer = shell.backprocess(args(topic)).succeeds();

        assertThat(answer.out()).doesNotContain("\u001b", "\u202e").contains("\\u001b[2J\\u202e");
    }

    @Nightly
    @Test
    void saysInOneLineWhatCannotBePreviewed() {
        String topic = shell.sample(20);
        String none = KAFKA.unique("batch");
        shell.run(topic, none, "--result-headers", "none").succeeds();
        String other = shell.sample(20);

        shell.backprocess(args("nowhere")).says(2, "topic 'nowhere' does not exist");
        shell.backprocess(args(topic, "--from", "2031-01-01T00:00:00Z"))
                .says(2, "no record of %s is between".formatted(topic));
        shell.backprocess(args(topic, "--sample", "0")).says(2, "'0' is not a number of at least 1");
        shell.backprocess(args(topic, "--examples", "-1")).says(2, "--examples -1 is less than zero");
        shell.backprocess(args(topic, "--revision", "nothing")).says(2, "no revision is called 'nothing'");
        shell.backprocess(args(topic, "--against", "never")).says(2, "there is no batch 'never'");
        shell.backprocess(args(topic, "--against", none)).says(2, "was run with --result-headers none");
        shell.backprocess(args(other, "--against", none)).says(2, "that batch reads topic " + topic);
        shell.backprocess(args(topic, "--bootstrap-servers", "127.0.0.1:1")).says(3, "does not answer");
    }

    @Test
    void givesUpWhereWhatShouldPassDoesNot() {
        String topic = shell.sample(200);
        FaultyPurchaseSplit.throwsAt = event -> new TransientException("the price service is down");

        shell.backprocess(args(topic, "--revision", "purchase-split-with-faults"))
                .says(1, "failed for a temporary reason that did not pass");
    }

    private Shell.Answer preview(String topic, String... further) {
        List<String> all = new ArrayList<>(Arrays.asList(args(topic, further)));
        all.addAll(List.of("--output", "json"));
        return shell.backprocess(all.toArray(String[]::new)).succeeds();
    }

    private static String[] args(String topic, String... further) {
        List<String> given = Arrays.asList(further);
        List<String> args = new ArrayList<>(List.of("preview", "--source-topic", topic, "--from-version", "1"));
        for (String[] standard : new String[][] {{"--from", "earliest"}, {"--revision", "purchase-split"}}) {
            boolean rules = standard[0].equals("--revision") && given.contains("--rules");
            if (!given.contains(standard[0]) && !rules) {
                args.addAll(List.of(standard));
            }
        }
        args.addAll(given);
        return args.toArray(String[]::new);
    }

    private static long dead(JsonNode preview, String reason) {
        long count = 0;
        for (JsonNode kind : preview.path("deadLetters")) {
            count += kind.path("reason").asText().equals(reason)
                    ? kind.path("count").asLong()
                    : 0;
        }
        return count;
    }

    private static long fate(JsonNode against, String then, String now) {
        for (JsonNode fate : against.path("fates")) {
            if (fate.path("then").asText().equals(then)
                    && fate.path("now").asText().equals(now)) {
                return fate.path("count").asLong();
            }
        }
        return 0;
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, String value) {
        return new ProducerRecord<>(topic, 0, 1_700_000_000_000L, null, value.getBytes(StandardCharsets.UTF_8));
    }

    /** Topics with the end of each partition, groups, and what groups have committed. */
    private static String everything() throws Exception {
        StringBuilder all = new StringBuilder();
        for (String topic : new TreeSet<>(KAFKA.admin().listTopics().names().get())) {
            for (int partition = 0; partition < KAFKA.partitions(topic); partition++) {
                TopicPartition each = new TopicPartition(topic, partition);
                all.append(each)
                        .append(' ')
                        .append(KAFKA.admin()
                                .listOffsets(Map.of(each, OffsetSpec.latest()))
                                .partitionResult(each)
                                .get()
                                .offset())
                        .append('\n');
            }
        }
        for (var group : KAFKA.admin().listGroups().all().get()) {
            all.append(group.groupId())
                    .append(' ')
                    .append(KAFKA.admin()
                            .listConsumerGroupOffsets(group.groupId())
                            .partitionsToOffsetAndMetadata()
                            .get())
                    .append('\n');
        }
        return all.toString();
    }
}
