package io.backprocess.plan;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.PlanJson;
import io.backprocess.batch.TopicNames;
import io.backprocess.kafka.BatchesTopic;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.testing.KafkaBroker;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PlanStoreITCase {
    private static final int PROCESSES = 4;

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private final String batch = KAFKA.unique("batch");

    @BeforeAll
    static void aTopicForAllBatches() {
        BarePlans.aTopicForAllBatches(KAFKA);
    }

    @Test
    void ofSeveralProcessesThatPlanABatchAtOnceAllUseTheSamePlan() throws Exception {
        ExecutorService processes = Executors.newFixedThreadPool(PROCESSES);
        CyclicBarrier together = new CyclicBarrier(PROCESSES);
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            List<Callable<BatchPlan>> starts = IntStream.range(0, PROCESSES)
                    .mapToObj(end -> (Callable<BatchPlan>) () -> {
                        PlanStore store = new PlanStore(admin);
                        assertThat(store.find(batch)).isEmpty();
                        together.await();
                        return store.putIfAbsent(plan(100 + end));
                    })
                    .toList();

            List<Future<BatchPlan>> used = processes.invokeAll(starts);

            BatchPlan stored = new PlanStore(admin).get(batch);
            for (Future<BatchPlan> plan : used) {
                assertThat(plan.get()).isEqualTo(stored);
            }
        } finally {
            processes.shutdownNow();
        }
    }

    @Test
    void anErrorNamesTheNewestBatchesOfMany() {
        Set<String> many = IntStream.rangeClosed(1, 1000)
                .mapToObj(number -> "b" + number)
                .collect(Collectors.toCollection(LinkedHashSet::new));

        String message = PlanStore.unknown("b0", many).getMessage();

        assertThat(message)
                .startsWith("there is no batch 'b0'; the newest of 1 000 are: b981, b982, ")
                .endsWith(", b1000; list all with: batches");
    }

    /** As a command needs it that works on one batch: there may be thousands of others, and a plan may be large. */
    @Test
    void plansOfOneBatchKeepNoOther() {
        PlanStore.Plans plans = PlanStore.Plans.of(batch);

        plans.take(record(batch, PlanJson.write(plan(7))));
        plans.take(record("other", PlanJson.write(plan(7))));

        Map<String, BatchPlan> kept = plans.readable(damaged -> {
            throw damaged;
        });
        assertThat(kept).containsOnlyKeys(batch);
    }

    private static ConsumerRecord<byte[], byte[]> record(String key, String value) {
        return new ConsumerRecord<>(TopicNames.BATCHES, 0, 0, key.getBytes(UTF_8), value.getBytes(UTF_8));
    }

    /** Killed after it has sent the plan, before the commit: the plan never was. */
    @Test
    void aPlanThatWasNotCommittedIsNone() {
        try (KafkaAdmin admin = KAFKA.clients().openAdmin();
                KafkaProducer<byte[], byte[]> killed = KAFKA.begin(
                        "backprocess." + batch + ".plan",
                        List.of(BatchesTopic.record(batch, PlanJson.write(plan(7)))))) {
            PlanStore store = new PlanStore(admin);
            assertThat(store.all().find(batch)).isEmpty();

            assertThat(store.putIfAbsent(plan(8))).isEqualTo(plan(8));

            assertThat(store.get(batch)).isEqualTo(plan(8));
            assertThatThrownBy(killed::commitTransaction).isInstanceOf(RuntimeException.class);
            assertThatThrownBy(() -> store.put(plan(9)))
                    .hasMessageContaining("batch '%s' has another plan".formatted(batch));
            store.put(plan(8));
        }
    }

    private BatchPlan plan(long end) {
        return BarePlans.plan(batch, end);
    }
}
