package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.TopicNames;
import io.backprocess.dedupe.DropDuplicates;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.plan.PlanStore;
import io.backprocess.plan.Planner;
import io.backprocess.plan.Topics;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.Shell;
import io.backprocess.testing.Specs;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an operator can get wrong is refused before anything is written, and said in one line. */
class RefusalsITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static final Shell SHELL = new Shell(KAFKA);

    @Test
    void refusesNamesThatTopicsAndTransactionsCannotHave() throws Exception {
        String topic = SHELL.sample(10);
        Set<String> before = topics();

        for (String id : List.of("a.results-0", ".", "..", "x.dlq", "a b", "ü", "")) {
            SHELL.run(topic, id).says(2, "--batch-id '" + id + "' can only have letters, digits, '_' and '-'");
        }
        SHELL.run(topic, "b".repeat(240)).says(2, "is too long");
        SHELL.run("or ders", "b").says(2, "--source-topic 'or ders' is not a valid topic name");
        SHELL.run(topic, "alias").says(2, "--batch-id alias is taken");
        SHELL.run(topic, "dlq").says(2, "--batch-id dlq is taken: its results over orders.x would go to orders.x.dlq");
        SHELL.run("backprocess", "batches").says(2, "would make the topic backprocess.batches");
        for (String own : List.of(TopicNames.BATCHES, TopicNames.LEDGER, TopicNames.ALIASES)) {
            SHELL.run(own, "b").says(2, own + " is one of Backprocess's own topics and not a history");
        }

        assertThat(topics()).isEqualTo(before);
    }

    @Test
    void refusesATopicThatDiffersFromAnotherOnlyByDotAndUnderscore() throws Exception {
        String topic = SHELL.sample(10);
        KAFKA.createTopic(topic + "_b_1", 1);
        Set<String> before = topics();

        SHELL.run(topic, "b_1").says(4, "topic " + topic + ".b_1 cannot be created beside " + topic + "_b_1");

        assertThat(topics()).isEqualTo(before);
    }

    @Test
    void refusesResultTopicsThatWouldSpoilTheResults() {
        String topic = SHELL.sample(10);
        String batch = KAFKA.unique("batch");
        KAFKA.createTopic(topic + "." + batch, 4, "retention.ms=-1", "message.timestamp.type=LogAppendTime");
        KAFKA.createTopic(topic + "." + batch + ".dlq", 4, "retention.ms=-1", "message.timestamp.before.max.ms=1000");

        Shell.Answer run = SHELL.run(topic, batch);

        run.says(4, "topic " + topic + "." + batch + " exists and would replace the records' timestamps");
        assertThat(run.err())
                .contains("topic " + topic + "." + batch
                        + ".dlq exists and rejects records that are more than 1000 ms old")
                .contains("topic " + topic + "." + batch + ".dlq exists and takes records up to 1048588 bytes");
    }

    @Test
    void takesTopicsThatWereMadeForIt() {
        String topic = SHELL.sample(100);
        String batch = KAFKA.unique("batch");
        for (String name : List.of(topic + "." + batch, topic + "." + batch + ".dlq")) {
            KAFKA.createTopic(name, 4, "retention.ms=-1", "max.message.bytes=17000000");
        }

        SHELL.run(topic, batch).succeeds();
    }

    @Nightly
    @Test
    void takesABatchsResultsAsASource() {
        String topic = SHELL.sample(300);
        String batch = KAFKA.unique("batch");
        SHELL.run(topic, batch).succeeds();

        // Read as they are, and nothing comes of them: results have another version, and the dead letters die again.
        SHELL.run(topic + "." + batch, KAFKA.unique("again")).says(1, " skipped, 0 duplicates, 0 dead letters");
        SHELL.run(topic + "." + batch + ".dlq", KAFKA.unique("again")).says(1, " is completed, but ");
    }

    @Test
    void refusesToGoOnWhereWhatIsUnreadHasBeenDeleted() {
        String topic = SHELL.sample(100);
        String batch = planned(topic);
        KAFKA.deleteRecordsBefore(topic, 1, 7);

        SHELL.run(topic, batch)
                .says(
                        4,
                        "partition " + topic + "-1: offsets 0 to 6 have been deleted before the batch could read them");
    }

    @Test
    void refusesToGoOnWhereTheSourceHasBeenDeleted() {
        String topic = SHELL.sample(100);
        String batch = planned(topic);
        KAFKA.deleteTopic(topic);

        SHELL.run(topic, batch).says(4, "does not exist any more");
    }

    @Test
    void refusesLimitsThatMakeNoSense() {
        for (String ratio : List.of("0", "-1", "1.01", "NaN", "half")) {
            SHELL.run("orders", "b", "--max-dlq-ratio", ratio).says(2, "'" + ratio + "' is not a share");
        }
        for (String number : List.of("0", "-3", "1.5", "few")) {
            SHELL.run("orders", "b", "--max-dlq-consecutive", number).says(2, "'" + number + "' is not a number");
        }
    }

    @Nightly
    @Test
    void saysWhyTheBreakerStoppedTheBatch() {
        String topic = SHELL.sample(20_000);
        String batch = KAFKA.unique("batch");

        Shell.Answer run = SHELL.run(topic, batch, "--max-dlq-ratio", "0.001");

        run.says(1, "error: " + batch + ": the Flink job is FAILED: the batch is stopped: ");
        assertThat(run.err())
                .contains("more than --max-dlq-ratio 0.001 allows; most are ")
                .contains(", like " + topic + "/")
                .contains("continue with: backprocess resume --batch-id " + batch);
    }

    /** A batch that was planned and stored, and whose job has not begun. */
    private static String planned(String topic) {
        String batch = KAFKA.unique("batch");
        BatchSpec spec = Specs.whole(batch, topic);
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            BatchPlan plan = new Planner(admin).plan(spec, DropDuplicates.STATE_FORMAT, "test", null);
            new Topics(admin).create(plan);
            new PlanStore(admin).put(plan);
        }
        return batch;
    }

    private static Set<String> topics() throws Exception {
        return new HashSet<>(KAFKA.admin().listTopics().names().get());
    }
}
