package io.backprocess.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.TopicNames;
import io.backprocess.kafka.BatchesTopic;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.plan.BarePlans;
import io.backprocess.plan.PlanStore;
import io.backprocess.testing.KafkaBroker;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class BatchOwnerITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private final String batch = KAFKA.unique("batch");

    @BeforeAll
    static void aTopicForAllBatches() {
        BarePlans.aTopicForAllBatches(KAFKA);
    }

    @Test
    void aNewStartShutsTheFormerOneOutForGood() {
        try (BatchOwner first = owner("first");
                BatchOwner second = owner("second")) {
            first.prove();
            first.prove();
            second.prove();

            assertTakenOver(first);
            assertTakenOver(first);
            second.prove();
        }
    }

    @Test
    void aFormerStartWhoseJobManagerComesBackDoesNotShutTheNewOneOut() {
        try (BatchOwner first = owner("first");
                BatchOwner second = owner("second");
                BatchOwner third = owner("third");
                BatchOwner firstAgain = owner("first")) {
            first.prove();
            second.prove();
            third.prove();

            assertTakenOver(firstAgain);
            third.prove();
        }
    }

    @Test
    void theSameStartGoesOnWhenItsJobManagerComesBack() {
        try (BatchOwner before = owner("first");
                BatchOwner after = owner("first")) {
            before.prove();

            after.prove();
            after.prove();
        }
    }

    @Test
    void anAbandonedBatchHasNoOwner() {
        try (KafkaAdmin admin = KAFKA.clients().openAdmin();
                BatchOwner owner = owner("first")) {
            new MarkStore(admin)
                    .put(batch, new BatchMark(BatchMark.Action.ABANDONED, null, null, null, Instant.now(), "test"));

            assertThatThrownBy(owner::prove)
                    .isInstanceOf(SuppressRestartsException.class)
                    .hasRootCauseMessage("batch '%s' was abandoned; start a new batch id", batch);
        }
    }

    @Test
    void aKafkaThatDoesNotAnswerIsNoOtherCopy() {
        KafkaClients nowhere =
                KAFKA.clients().with("bootstrap.servers", "127.0.0.1:1").with("default.api.timeout.ms", "500");
        try (BatchOwner owner = new BatchOwner(batch, "first", nowhere)) {
            assertThatThrownBy(owner::prove)
                    .isInstanceOf(IllegalStateException.class)
                    .isNotInstanceOf(SuppressRestartsException.class);
        }
    }

    @Test
    void aProofTakesMillisecondsOnly() {
        try (BatchOwner owner = owner("first")) {
            owner.prove();
            long[] nanos = new long[50];
            for (int i = 0; i < nanos.length; i++) {
                long begin = System.nanoTime();
                owner.prove();
                nanos[i] = System.nanoTime() - begin;
            }

            Arrays.sort(nanos);
            System.out.printf("proof: median %.1f ms, slowest %.1f ms%n", nanos[25] / 1e6, nanos[49] / 1e6);
            assertThat(nanos[25]).isLessThan(100_000_000);
        }
    }

    @Test
    void letsOneCommandAtATimeWorkOnABatch() {
        BatchLock first = BatchLock.take(batch, "ann", KAFKA.clients());

        assertThatThrownBy(() -> BatchLock.take(batch, "bob", KAFKA.clients()))
                .isInstanceOfSatisfying(
                        BatchException.class, e -> assertThat(e.kind()).isEqualTo(BatchException.Kind.REFUSED))
                .hasMessageContaining("is being started, paused or abandoned at this moment by ann");
        first.close();
        assertThatCode(() -> BatchLock.take(batch, "bob", KAFKA.clients()).close())
                .doesNotThrowAnyException();
    }

    @Test
    void aCommandThatIsInterruptedHoldsNoOtherUp() {
        BatchLock lock = BatchLock.take(batch, "ann", KAFKA.clients());

        Thread.currentThread().interrupt();
        lock.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThatCode(() -> BatchLock.take(batch, "bob", KAFKA.clients()).close())
                .doesNotThrowAnyException();
    }

    /** It took so long that its lease ran out, and another has begun. */
    @Test
    void aLockThatAnotherHasTakenOverIsNotItsToEnd() {
        BatchLock first = BatchLock.take(batch, "ann", KAFKA.clients());
        BatchesTopic.write(
                KAFKA.clients(), batch + "/lock", "{\"by\":\"ann\",\"at\":\"2025-01-01T00:00:00Z\",\"done\":true}");
        BatchLock second = BatchLock.take(batch, "bob", KAFKA.clients());

        first.close();

        assertThatThrownBy(() -> BatchLock.take(batch, "cam", KAFKA.clients()))
                .hasMessageContaining("at this moment by bob");
        second.close();
    }

    @Test
    void aLockIsAsOldAsTheBrokerSaysWhateverItsHostsClockSays() {
        String type = TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG;
        try {
            for (String each : new String[] {"LogAppendTime", "CreateTime"}) {
                KAFKA.configure(TopicNames.BATCHES, type, each);
                String at = each.equals("CreateTime")
                        ? Instant.now().toString()
                        : Instant.now().minus(Duration.ofHours(1)).toString();
                BatchesTopic.write(
                        KAFKA.clients(),
                        batch + "/lock",
                        "{\"by\":\"ann\",\"at\":\"%s\",\"done\":false}".formatted(at));

                assertThatThrownBy(() -> BatchLock.take(batch, "bob", KAFKA.clients()))
                        .as(each)
                        .hasMessageContaining("at this moment by ann");
            }
        } finally {
            // Other classes of this JVM share the topic.
            KAFKA.configure(TopicNames.BATCHES, type, "LogAppendTime");
        }
    }

    @Test
    void aJobWithAnotherPlanThanTheStoredOneIsRefusedForGood() {
        BatchPlan stored = plan(10);
        try (KafkaAdmin admin = KAFKA.clients().openAdmin();
                BatchOwner unaware = new BatchOwner(batch, "first", plan(9).hash(), KAFKA.clients());
                BatchOwner other = new BatchOwner(batch, "second", plan(11).hash(), KAFKA.clients());
                BatchOwner right = new BatchOwner(batch, "third", stored.hash(), KAFKA.clients())) {
            unaware.prove();
            new PlanStore(admin).put(stored);

            assertThatThrownBy(other::prove)
                    .isInstanceOf(SuppressRestartsException.class)
                    .rootCause()
                    .hasMessageContaining("batch '%s' has another plan in backprocess.batches", batch);
            right.prove();
        }
    }

    private BatchPlan plan(long end) {
        return BarePlans.plan(batch, end);
    }

    @Test
    void saysThatAMarkIsDamagedAndLeavesOtherBatchesAlone() {
        String other = KAFKA.unique("batch");
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            MarkStore store = new MarkStore(admin);
            BatchMark mark = new BatchMark(BatchMark.Action.PAUSED, "job", "dir", "dir/savepoint", Instant.EPOCH, "me");
            store.put(other, mark);
            for (String damaged : new String[] {"{", "null", "{\"kind\":\"LOST\"}", "{\"kind\":\"PAUSED\"}"}) {
                BatchesTopic.write(KAFKA.clients(), batch + "/mark", damaged);

                assertThatThrownBy(() -> store.find(batch))
                        .as(damaged)
                        .isInstanceOf(BatchException.class)
                        .hasMessageContaining("the mark of batch '%s' in backprocess.batches", batch)
                        .hasMessageContaining("is damaged");
            }
            assertThat(store.find(other)).contains(mark);
            store.put(batch, null);
            assertThat(store.find(batch)).isEmpty();
            assertThat(new PlanStore(admin).all().readable(damaged -> {})).doesNotContainKeys(batch, batch + "/mark");
        }
    }

    @Test
    void findsTheOpenTransactionsOfABatchAndFencesThem() {
        String topic = KAFKA.unique("results");
        KAFKA.createTopic(topic, 1);
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            // The test's producers are called test-…
            KAFKA.begin(List.of(new org.apache.kafka.clients.producer.ProducerRecord<>(topic, new byte[3])));

            Map<String, ?> open = admin.transactions().open("test-");
            admin.transactions().fence(open.keySet());

            assertThat(open).hasSize(1);
            assertThat(admin.transactions().open("test-")).isEmpty();
        }
    }

    private BatchOwner owner(String start) {
        return new BatchOwner(batch, start, KAFKA.clients());
    }

    private static void assertTakenOver(BatchOwner owner) {
        assertThatThrownBy(owner::prove)
                .isInstanceOf(SuppressRestartsException.class)
                .rootCause()
                .hasMessageContaining("another copy of batch")
                .hasMessageContaining("has taken over");
    }
}
