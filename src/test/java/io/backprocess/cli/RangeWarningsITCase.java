package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.Shell;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@code plan} and {@code run} say of a range before anything is written. */
class RangeWarningsITCase {
    private static final String FROM = "2024-12-31T23:00:00Z";
    private static final String UNTIL = "2024-12-31T23:59:00Z";
    private static final long IN = Instant.parse("2024-12-31T23:30:00Z").toEpochMilli();

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private final Shell shell = new Shell(KAFKA);

    @Test
    void sayThatRecordsOfTheTimeAskedForStandBehindTheEnd() {
        String topic = KAFKA.unique("mix");
        KAFKA.createTopic(topic, 1, "retention.ms=-1");
        KAFKA.send(
                event(topic, 0, IN + 3_600_000, "k", 1),
                event(topic, 0, IN, "k", 2),
                event(topic, 0, IN + 1, "k", 3),
                event(topic, 0, IN + 2, "k", 4));

        Shell.Answer plan = plan(topic, "--from", FROM, "--until", UNTIL);
        Shell.Answer exact = plan(topic, "--from", FROM, "--until", UNTIL, "--exact-times", "record");
        Shell.Answer bounded =
                plan(topic, "--from", FROM, "--until", UNTIL, "--exact-times", "record", "--max-disorder", "1 min");

        assertThat(plan.out()).contains("3 of 4 records after the end have times in the range, and are not read");
        assertThat(exact.out()).doesNotContain("warning");
        assertThat(bounded.out())
                .contains("by --max-disorder 1 min, 0 offsets before the range and 4 after it are not searched");
    }

    @Test
    void sayThatRecordsAreOutOfOrderAndInTheRangeWithoutBeingOfItsTime() {
        String topic = KAFKA.unique("mix");
        KAFKA.createTopic(topic, 1, "retention.ms=-1");
        KAFKA.send(event(topic, 0, IN, "k", 1), event(topic, 0, IN - 7_200_000, "k", 2), event(topic, 0, IN, "k", 3));

        Shell.Answer plan = plan(topic, "--from", FROM);

        assertThat(plan.out())
                .contains("1 of all 3 records of the range have times outside of the range, and are read")
                .contains("1 of all 3 records of the range are older than a record before them, by up to 120 min");
        assertThat(plan(topic, "--from", "1960-01-01T00:00:00Z").out())
                .as("a range without bounds misses nothing")
                .doesNotContain("warning");
    }

    @Test
    void sayWhenTheTimesAreThoseOfWritingAndWhenTheEndIsInTheFuture() {
        String topic = KAFKA.unique("appended");
        KAFKA.createTopic(topic, 1, "message.timestamp.type=LogAppendTime");
        KAFKA.send(event(topic, 0, IN, "k", 1));

        Shell.Answer plan = plan(topic, "--from", FROM, "--until", "2999-01-01T00:00:00Z");
        Shell.Answer byEvent = plan(topic, "--from", FROM, "--until", UNTIL, "--exact-times", "event");

        assertThat(plan.out())
                .contains(topic + " has LogAppendTime: its timestamps say when records were written")
                .contains("--until 2999-01-01T00:00:00Z is in the future: the batch ends at what exists now");
        assertThat(byEvent.out()).doesNotContain("warning");
    }

    @Test
    void showAStoredPlanWhoseTopicIsGone() {
        String topic = KAFKA.unique("gone");
        KAFKA.createTopic(topic, 2, "retention.ms=-1");
        KAFKA.send(event(topic, 0, IN, "a", 1), event(topic, 1, IN, "a", 2));
        String batch = KAFKA.unique("batch");
        shell.run(topic, batch).succeeds();
        KAFKA.deleteTopic(topic);

        String[] args = planArgs(topic, "--from", "earliest");
        args[4] = batch;
        Shell.Answer plan = shell.backprocess(args);

        assertThat(plan.out()).contains("batch     " + batch + " (planned ").contains("total");
    }

    @Test
    void sayThatTheSourceIsCompacted() {
        String topic = KAFKA.unique("compacted");
        KAFKA.createTopic(topic, 1, "cleanup.policy=compact");
        KAFKA.send(event(topic, 0, IN, "a", 1));
        KAFKA.sendAndAbort(List.of(event(topic, 0, IN, "b", 2)));
        KAFKA.send(event(topic, 0, IN, "c", 3));

        Shell.Answer plan = plan(topic, "--from", "earliest");

        assertThat(plan.out()).contains(topic + " is compacted: 2 of 4 sampled offsets no longer hold a record");
    }

    @Test
    void sayThatNoRecordIsReadAndWhereTheTopicBeginsNow() {
        String topic = KAFKA.unique("deleted");
        KAFKA.createTopic(topic, 3, "retention.ms=-1");
        Shell.Answer never = plan(topic, "--from", "earliest");
        Shell.Answer following = plan(topic, "--from", "earliest", "--until", "never");
        KAFKA.send(event(topic, 0, IN, "a", 1), event(topic, 0, IN, "a", 2), event(topic, 2, IN, "c", 3));
        KAFKA.deleteRecordsBefore(topic, 0, 2);
        KAFKA.deleteRecordsBefore(topic, 2, 1);

        Shell.Answer plan = plan(topic, "--from", "earliest");
        Shell.Answer run = shell.run(topic, KAFKA.unique("batch")).succeeds();

        String words =
                "no record is read: the range is empty, and earlier records are deleted: %s-0 begins at offset 2 now, %s-2 begins at offset 1 now"
                        .formatted(topic, topic);
        assertThat(never.out()).containsPattern("warning   no record is read: the range is empty\\R");
        assertThat(following.out()).doesNotContain("warning");
        assertThat(plan.out()).contains("warning   " + words);
        assertThat(run.err()).contains("warning: " + words);
    }

    @Test
    void sayThatNoRecordIsReadWhereOnlyAbortedOnesAreLeft() {
        String topic = KAFKA.unique("aborted");
        KAFKA.createTopic(topic, 1, "retention.ms=-1");
        KAFKA.sendAndAbort(List.of(event(topic, 0, IN, "a", 1)));

        assertThat(plan(topic, "--from", "earliest").out())
                .contains("warning   no record is read: the 2 offsets of the range hold none");
    }

    @Test
    void takeInstantsBeforeKafkasTimeForTheBeginning() {
        String topic = KAFKA.unique("mix");
        KAFKA.createTopic(topic, 1, "retention.ms=-1");
        KAFKA.send(event(topic, 0, IN, "k", 1), event(topic, 0, IN - 1, "k", 2));

        for (String before : List.of("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.997Z", "0001-01-01T00:00:00Z")) {
            assertThat(plan(topic, "--from", before).out()).as(before).containsPattern("total .* 2\\R");
        }
        shell.backprocess(planArgs(topic, "--from", "+292278994-08-17T07:12:55.808Z"))
                .says(2, "--from +292278994-08-17T07:12:55.808Z is too far from 1970 to be the time of a record");
        shell.backprocess("dlq", "stats", "--batch-id", "b", "--since", "+292278994-08-17T07:12:55.808Z")
                .says(2, "--since +292278994-08-17T07:12:55.808Z is too far from 1970 to be the time of a record");
    }

    @Nightly
    @Test
    void askWhichCopiesAreMeantWhereRecordsHaveNoKey() {
        String topic = KAFKA.unique("dup");
        KAFKA.createTopic(topic, 2, "retention.ms=-1");
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int number = 0; number < 5; number++) {
            records.add(event(topic, 0, IN, null, number));
            records.add(event(topic, 1, IN, null, number));
        }
        KAFKA.send(records);
        String batch = KAFKA.unique("batch");
        String[] run = {
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
            "purchase-split",
            "--local",
            "--checkpoint-interval",
            "500 ms"
        };

        assertThat(plan(topic, "--from", "earliest").out())
                .contains("10 of all 10 records of the range have no key; 5 eventIds of the sample are in several"
                        + " partitions; --dedupe-scope partition finds only the copies within a partition");
        shell.backprocess(run).says(2, "10 of all 10 records of the range have no key");
        assertThat(shell.backprocess("status", "--batch-id", batch).exitCode()).isNotZero();

        shell.run(topic, batch, "--dedupe-scope", "partition").succeeds();
        // The plan is stored, so the user is not asked again.
        assertThat(shell.backprocess(run).succeeds().out()).contains("is completed already");
        assertThat(shell.backprocess("verify", "--batch-id", batch).succeeds().out())
                .contains("note: 10 of the records that were read have no key");
        String global = KAFKA.unique("batch");
        shell.run(topic, global, "--dedupe-scope", "global").succeeds();
        assertThat(KAFKA.read(topic + "." + global)).hasSize(5);
    }

    private Shell.Answer plan(String topic, String... further) {
        return shell.backprocess(planArgs(topic, further)).succeeds();
    }

    private static String[] planArgs(String topic, String... further) {
        List<String> args = new ArrayList<>(List.of(
                "plan",
                "--source-topic",
                topic,
                "--batch-id",
                KAFKA.unique("batch"),
                "--from-version",
                "1",
                "--revision",
                "purchase-split"));
        args.addAll(List.of(further));
        return args.toArray(String[]::new);
    }

    private static ProducerRecord<byte[], byte[]> event(
            String topic, int partition, long time, @Nullable String key, int number) {
        String value =
                "{\"eventId\":\"e-%d\",\"processVersion\":1,\"payload\":{\"actionType\":\"Seen\"}}".formatted(number);
        return new ProducerRecord<>(
                topic,
                partition,
                time,
                key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                value.getBytes(StandardCharsets.UTF_8));
    }
}
