package io.backprocess.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.batch.TopicNames;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.promote.AliasTarget;
import io.backprocess.promote.Aliases;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Shell;
import io.backprocess.testing.Shell.Answer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Batches that belong together, and are proven and promoted together. */
class SetsITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static final Shell SHELL = new Shell(KAFKA);

    private final String set = KAFKA.unique("quarter-end");
    private final String one = KAFKA.unique("one");
    private final String two = KAFKA.unique("two");
    private String orders = "";
    private String invoices = "";

    @BeforeEach
    void twoBatches() {
        orders = SHELL.sample(100);
        invoices = SHELL.sample(60);
        SHELL.run(orders, one, "--set", set).succeeds();
        SHELL.run(invoices, two).succeeds();
    }

    @Test
    void areListedProvenPromotedAndRolledBackTogether() {
        assertThat(SHELL.backprocess("batches", "--set", set, "--output", "json")
                        .succeeds()
                        .json()
                        .findValuesAsText("batchId"))
                .containsExactly(one);
        String listed = SHELL.backprocess("batches", "--set", set, "--batch-id", two)
                .succeeds()
                .out();
        assertThat(listed).contains(one, two, set);

        Answer proven = SHELL.backprocess("verify", "--set", set).succeeds();
        JsonNode verdict = SHELL.backprocess("verify", "--set", set, "--output", "json")
                .succeeds()
                .json();
        assertThat(proven.out()).contains("set " + set + " of 2 batches: complete");
        assertThat(verdict.path("verdict").asText()).isEqualTo("complete");
        assertThat(verdict.path("batches").findValuesAsText("batchId")).contains(one, two);

        long before = transactions();
        JsonNode dry = promote("--output", "json").succeeds().json();
        assertThat(target(orders)).isNull();
        promote("--execute").succeeds();

        assertThat(dry.path("executed").asBoolean()).isFalse();
        assertThat(dry.path("moves")).hasSize(2);
        assertThat(requireNonNull(target(orders)).batchId()).isEqualTo(one);
        assertThat(requireNonNull(target(invoices)).batchId()).isEqualTo(two);
        assertThat(transactions() - before).as("records and one marker").isEqualTo(3);
        assertThat(promote("--execute", "--output", "json")
                        .succeeds()
                        .json()
                        .path("executed")
                        .asBoolean())
                .isFalse();

        promote("--rollback", "--execute").says(4, "has no target before");
        String again = KAFKA.unique("again");
        SHELL.run(orders, again).succeeds();
        SHELL.backprocess("promote", "--alias", alias(orders), "--batch-id", again, "--execute")
                .succeeds();
        promote("--rollback", "--execute").says(4, "points to " + again + ", which is not in set " + set);
    }

    @Test
    void areAllRolledBackOrNone() {
        SHELL.backprocess("batches", "--set", set, "--batch-id", two).succeeds();
        String earlier = KAFKA.unique("earlier");
        SHELL.run(orders, earlier + "1", "--set", earlier).succeeds();
        SHELL.run(invoices, earlier + "2", "--set", earlier).succeeds();
        SHELL.backprocess("promote", "--set", earlier, "--alias", "{source}.now", "--execute")
                .succeeds();
        promote("--execute").succeeds();

        promote("--rollback", "--execute").succeeds();

        assertThat(requireNonNull(target(orders)).batchId()).isEqualTo(earlier + "1");
        assertThat(requireNonNull(target(invoices)).batchId()).isEqualTo(earlier + "2");
    }

    @Test
    void areNotPromotedIfOneIsNotProven() {
        SHELL.backprocess("batches", "--set", set, "--batch-id", two).succeeds();
        KAFKA.send(new ProducerRecord<>(invoices + "." + two, 0, null, "foreign".getBytes(StandardCharsets.UTF_8)));

        Answer verified = SHELL.backprocess("verify", "--set", set);
        Answer answer = promote("--execute");

        assertThat(verified.exitCode()).isEqualTo(1);
        assertThat(verified.out()).contains(one + " is complete", two + " is wrong", "of 2 batches: wrong");
        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.out()).contains(two + " is wrong");
        assertThat(target(orders)).isNull();
        assertThat(target(invoices)).isNull();
    }

    @Test
    void moveTheGroupsThatReadThem() {
        SHELL.backprocess("batches", "--set", set, "--batch-id", two).succeeds();
        String both = KAFKA.unique("both");
        String last = KAFKA.unique("last");
        commit(both, orders, 3);
        commit(both, invoices, 5);
        commit(last, invoices, 2);
        promote("--group", KAFKA.unique("none"), "--execute")
                .says(4, "has committed no offset in a source topic of set");
        assertThat(target(orders)).isNull();

        promote("--group", both, "--group", last, "--execute").succeeds();

        assertThat(topics(both)).contains(orders + "." + one, invoices + "." + two);
        assertThat(topics(last)).contains(invoices + "." + two).doesNotContain(orders + "." + one);
        promote("--group", both, "--group", last, "--execute").succeeds();
    }

    @Test
    void refusesWhatMakesNoSense() {
        SHELL.backprocess("verify", "--set", "none").says(2, "there is no set 'none'; the sets are: ");
        SHELL.backprocess("verify", "--set", set, "--repair").says(2, "--repair cannot be used with --set");
        SHELL.backprocess("verify").says(2, "--batch-id");
        SHELL.backprocess("batches", "--batch-id", one).says(2, "--batch-id needs --set NAME or --no-set");
        SHELL.backprocess("batches", "--set", "a b").says(2, "--set 'a b' can only have");
        SHELL.backprocess("promote", "--set", set, "--alias", "orders.now").says(2, "has to contain {source}");
        String third = KAFKA.unique("third");
        SHELL.run(orders, third, "--set", set).succeeds();
        promote().says(4, "both read topic " + orders);
        SHELL.backprocess("batches", "--no-set", "--batch-id", third).succeeds();
        promote().succeeds();
    }

    /** Returns the end of the topic of aliases, which counts records and the markers of transactions. */
    private static long transactions() {
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            return admin.stableEnds(TopicNames.ALIASES).getOrDefault(0, 0L);
        }
    }

    private static List<String> topics(String group) {
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            return admin.groups().offsets(group).keySet().stream()
                    .map(TopicPartition::topic)
                    .toList();
        }
    }

    private static void commit(String group, String topic, long offset) {
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            Map<TopicPartition, OffsetAndMetadata> offsets = new TreeMap<>(
                    java.util.Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition));
            for (ConsumerRecord<byte[], byte[]> record : KAFKA.read(topic)) {
                offsets.put(new TopicPartition(topic, record.partition()), new OffsetAndMetadata(offset));
            }
            admin.groups().commit(group, offsets);
        }
    }

    private static String alias(String source) {
        return source + ".now";
    }

    private static @Nullable AliasTarget target(String source) {
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            return new Aliases(admin).find(alias(source));
        }
    }

    private Answer promote(String... further) {
        List<String> args = new ArrayList<>(List.of("promote", "--set", set, "--alias", "{source}.now"));
        args.addAll(List.of(further));
        return SHELL.backprocess(args.toArray(String[]::new));
    }
}
