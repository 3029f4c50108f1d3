package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.plan.PlanStore;
import io.backprocess.plan.Planner;
import io.backprocess.plan.Retention;
import io.backprocess.plan.RetentionCheck;
import io.backprocess.plan.Topics;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Shell;
import io.backprocess.testing.Specs;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RetentionITCase {
    /** An event whose copies are in one partition. */
    private static byte[] event(int partition) {
        return "{\"eventId\":\"%s\",\"processVersion\":1,\"payload\":{}}"
                .formatted(partition)
                .getBytes(StandardCharsets.UTF_8);
    }

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static final Shell SHELL = new Shell(KAFKA);

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);

    @Test
    void saysWhenTheOldestUnreadRecordExpires() throws Exception {
        String topic = topic(
                now.minus(Duration.ofDays(3)),
                "retention.ms=" + Duration.ofDays(7).toMillis());

        Shell.Answer text = plan(topic);
        JsonNode json = plan(topic, "--output", "json").json().get("retention");

        Instant expiresAt = now.plus(Duration.ofDays(4));
        assertThat(text.out())
                .contains(
                        "retention the oldest unread record (partition 1) expires at " + expiresAt + " at the earliest")
                .doesNotContain("warning");
        assertThat(json.get("expiresAt").asText()).isEqualTo(expiresAt.toString());
        assertThat(json.get("partition").asInt()).isEqualTo(1);
        assertThat(json.get("bytesUntilDeleted").isNull()).isTrue();
        assertThat(json.get("warning").isNull()).isTrue();
    }

    @Test
    void looksFromWhereTheBatchIsAndWarnsWhenItWillBeTooLate() {
        String topic = topic(
                now.minus(Duration.ofDays(3)),
                "retention.ms=" + Duration.ofDays(7).toMillis());
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            BatchPlan plan = new Planner(admin).plan(spec(topic), 1, "test", null);

            Retention later = check(admin, plan, Map.of(1, 5L), Duration.ofDays(1));
            assertThat(later.expiresAt()).isEqualTo(now.plus(Duration.ofDays(4)).plusSeconds(5));
            assertThat(later.warning()).isNull();
            Retention otherPartition = check(admin, plan, Map.of(1, 10L), Duration.ofDays(1));
            assertThat(otherPartition.partition()).isZero();
            assertThat(otherPartition.expiresAt()).isEqualTo(now.plus(Duration.ofDays(6)));
            assertThat(check(admin, plan, Map.of(), null).warning()).isNull();
            assertThat(check(admin, plan, Map.of(), Duration.ofDays(5)).warning())
                    .startsWith("the batch is expected to take until " + now.plus(Duration.ofDays(5)))
                    .contains("unread records of " + topic + "-1 may be deleted from " + now.plus(Duration.ofDays(4)));
            assertThat(check(admin, plan, Map.of(0, 10L, 1, 10L), null))
                    .isEqualTo(new Retention(null, null, null, null, null));
        }
    }

    @Test
    void warnsOfWhatMayBeDeletedAtAnyTime() {
        String topic = topic(
                now.minus(Duration.ofDays(3)),
                "retention.ms=" + Duration.ofDays(7).toMillis());
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            BatchPlan plan = new Planner(admin).plan(spec(topic), 1, "test", null);

            Retention retention = new RetentionCheck(admin).of(plan, Map.of(), null, now.plus(Duration.ofDays(10)));

            assertThat(retention.warning())
                    .startsWith("the oldest unread record of " + topic + "-1 is past its retention since "
                            + now.plus(Duration.ofDays(4)));
        }
    }

    @Test
    void reckonsWithTheSizeOfTheLog() {
        String large = topic(now, "retention.ms=-1", "retention.bytes=1000000");
        String small = topic(now, "retention.ms=-1", "retention.bytes=100");

        assertThat(plan(large).out())
                .containsPattern(
                        "retention the oldest unread records are deleted after 99\\d \\d{3} more bytes in a partition")
                .doesNotContain("warning");
        assertThat(plan(small).out())
                .contains("retention the oldest unread records are deleted after 0 more bytes")
                .containsPattern("warning   partition " + small + "-. is larger than retention.bytes=100");
    }

    @Test
    void saysThatNothingExpires() {
        assertThat(plan(topic(now, "retention.ms=-1")).out()).contains("retention no unread record expires");
        String compacted = KAFKA.unique("orders");
        KAFKA.createTopic(compacted, 1, "cleanup.policy=compact", "retention.ms=1000");
        KAFKA.send(new ProducerRecord<>(compacted, 0, 1L, new byte[] {1}, event(0)));

        assertThat(plan(compacted).out()).contains("retention no unread record expires");
    }

    @Test
    void statusSaysTheSameOfWhatIsUnread() throws Exception {
        String topic = topic(
                now.minus(Duration.ofDays(3)),
                "retention.ms=" + Duration.ofDays(7).toMillis());
        String batch;
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            BatchPlan plan = new Planner(admin).plan(spec(topic), 1, "test", null);
            new Topics(admin).create(plan);
            new PlanStore(admin).put(plan);
            batch = plan.spec().batchId();
        }

        String[] status = {"status", "--batch-id", batch, "--flink", "127.0.0.1:1"};
        assertThat(SHELL.backprocess(status).succeeds().out())
                .contains(
                        "retention the oldest unread record (partition 1) expires at " + now.plus(Duration.ofDays(4)));
        String[] json = {"status", "--batch-id", batch, "--flink", "127.0.0.1:1", "--output", "json"};
        assertThat(SHELL.backprocess(json)
                        .succeeds()
                        .json()
                        .at("/retention/partition")
                        .asInt())
                .isEqualTo(1);
    }

    private Retention check(
            KafkaAdmin admin,
            BatchPlan plan,
            Map<Integer, Long> next,
            @org.jspecify.annotations.Nullable Duration remaining) {
        return new RetentionCheck(admin).of(plan, next, remaining, now);
    }

    private static Shell.Answer plan(String topic, String... further) {
        List<String> args =
                new ArrayList<>(List.of("plan", "--source-topic", topic, "--batch-id", KAFKA.unique("batch")));
        args.addAll(List.of("--from", "earliest", "--from-version", "1", "--revision", "purchase-split"));
        args.addAll(List.of(further));
        return SHELL.backprocess(args.toArray(String[]::new)).succeeds();
    }

    private static BatchSpec spec(String topic) {
        return Specs.whole(KAFKA.unique("batch"), topic);
    }

    /** Ten records, a second apart, in each of two partitions; those of partition 0 begin two days later. */
    private String topic(Instant first, String... configs) {
        String topic = KAFKA.unique("orders");
        KAFKA.createTopic(topic, 2, configs);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            records.add(new ProducerRecord<>(topic, 1, first.plusSeconds(i).toEpochMilli(), new byte[] {1}, event(1)));
            long later = Math.min(
                    now.toEpochMilli(),
                    first.plus(Duration.ofDays(2)).plusSeconds(i).toEpochMilli());
            records.add(new ProducerRecord<>(topic, 0, later, new byte[] {1}, event(0)));
        }
        KAFKA.send(records);
        return topic;
    }
}
