package io.backprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.DedupeScope;
import io.backprocess.event.Event;
import io.backprocess.ledger.PartitionLedger;
import io.backprocess.testing.FaultyPurchaseSplit;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.OneTaskManager;
import io.backprocess.testing.Oracle;
import io.backprocess.testing.RandomHistory;
import io.backprocess.testing.TestBatch;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole batches over random dirty histories, with failures, against a plain oracle. */
@SuppressWarnings("NullAway.Init")
class BatchITCase {
    private static final int PARTITIONS = 5;

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @RegisterExtension
    static final MiniClusterExtension FLINK = OneTaskManager.withSlots(4);

    @TempDir
    Path directory;

    @AfterEach
    void nothingFails() {
        FaultyPurchaseSplit.fails = event -> false;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void accountsForEveryRecordInOrder(long seed) throws Exception {
        String topic = history(seed, 2000);

        TestBatch batch = batch(topic, "purchase-split", DedupeScope.PARTITION);
        batch.runToItsEnd((int) seed, null);

        batch.assertAsTheOracleSays("seed " + seed);
    }

    @Test
    void endsAtTransactionMarkersAndReadsOverGaps() throws Exception {
        String topic = topic();
        List<ProducerRecord<byte[], byte[]>> records = new RandomHistory(topic, PARTITIONS, 11).records(600);
        KAFKA.sendAndCommit(records.subList(0, 200));
        KAFKA.sendAndAbort(records.subList(200, 400));
        KAFKA.sendAndCommit(records.subList(400, 600));
        KAFKA.sendAndAbort(records.subList(200, 300));

        TestBatch batch = batch(topic, "purchase-split", DedupeScope.PARTITION);
        batch.runToItsEnd(2, null);

        batch.assertAsTheOracleSays("seed 11");
    }

    @Nightly
    @Test
    void doesNotWaitForAnOpenTransactionAtTheTail() throws Exception {
        String topic = topic();
        List<ProducerRecord<byte[], byte[]>> records = new RandomHistory(topic, PARTITIONS, 12).records(300);
        KAFKA.sendAndCommit(records.subList(0, 200));
        KAFKA.begin(records.subList(200, 300));

        TestBatch batch = batch(topic, "purchase-split", DedupeScope.PARTITION);
        batch.runToItsEnd(2, null);

        batch.assertAsTheOracleSays("seed 12");
    }

    @Nightly
    @Test
    void readsOverWhatCompactionHasLeftOut() throws Exception {
        String topic = KAFKA.unique("history");
        KAFKA.createTopic(
                topic,
                PARTITIONS,
                "cleanup.policy=compact",
                "segment.ms=1",
                "min.cleanable.dirty.ratio=0.001",
                "max.compaction.lag.ms=1",
                "delete.retention.ms=0");
        // Compaction takes no records without a key.
        List<ProducerRecord<byte[], byte[]>> records = new RandomHistory(topic, PARTITIONS, 13)
                .records(800).stream().filter(record -> record.key() != null).toList();
        KAFKA.send(records.subList(0, records.size() / 2));
        KAFKA.send(records.subList(records.size() / 2, records.size()));
        TestBatch.await("compaction", () -> KAFKA.read(topic).size() < records.size());

        TestBatch batch = batch(topic, "purchase-split", DedupeScope.PARTITION);
        batch.runToItsEnd(2, null);

        assertThat(batch.ledger().isComplete()).isTrue();
    }

    @Test
    void goesOnFromASavepointAtAnotherParallelism() throws Exception {
        TestBatch batch = batch(history(21, 6000), "purchase-split", DedupeScope.PARTITION);

        JobClient first = batch.submit(3, null, 600L);
        batch.awaitCommitted(300);
        String savepoint = batch.stopWithSavepoint(first);
        assertThat(batch.ledger().isComplete()).isFalse();
        JobClient second = batch.submit(1, savepoint, 600L);
        batch.awaitCommitted(1500);
        savepoint = batch.stopWithSavepoint(second);
        batch.runToItsEnd(4, savepoint);

        batch.assertAsTheOracleSays("seed 21");
    }

    @Test
    void survivesASubtaskThatFailsAloneBeforeAndAfterOthersHaveFinished() throws Exception {
        TestBatch batch = batch(history(22, 2000), "purchase-split-with-faults", DedupeScope.PARTITION);
        // Partition 0 takes its time; it fails at its start and near its end, when the other subtasks have finished.
        FaultyPurchaseSplit.fails = onceEach(event -> event.partition() == 0, 5, 300);

        batch.awaitTheEnd(batch.submit(4, null, 600L));

        batch.assertAsTheOracleSays("seed 22");
    }

    @Nightly
    @Test
    void survivesASubtaskThatFailsTwiceBeforeTheFirstCheckpointAfterARescale() throws Exception {
        TestBatch batch = batch(history(23, 2000), "purchase-split-with-faults", DedupeScope.PARTITION);
        JobClient first = batch.submit(1, null, 500L);
        batch.awaitCommitted(300);
        String savepoint = batch.stopWithSavepoint(first);

        AtomicInteger failures = new AtomicInteger();
        int unfinished = batch.ledger().partitions().stream()
                .max(Comparator.comparingLong(PartitionLedger::remaining))
                .orElseThrow()
                .range()
                .partition();
        FaultyPurchaseSplit.fails = event -> event.partition() == unfinished && failures.incrementAndGet() <= 3;
        batch.runToItsEnd(2, savepoint);

        assertThat(failures.get()).isGreaterThan(3);
        batch.assertAsTheOracleSays("seed 23");
    }

    @Nightly
    @Test
    void goesOnWithMoreAndLessMemoryForTheIds() throws Exception {
        TestBatch batch = batch(history(24, 6000), "purchase-split", DedupeScope.PARTITION);

        batch.dedupeMemory = new MemorySize(16 * 1024);
        JobClient first = batch.submit(3, null, 600L);
        batch.awaitCommitted(1000);
        String savepoint = batch.stopWithSavepoint(first);
        batch.dedupeMemory = null;
        JobClient second = batch.submit(1, savepoint, 600L);
        batch.awaitCommitted(2000);
        savepoint = batch.stopWithSavepoint(second);
        batch.dedupeMemory = MemorySize.ZERO;
        batch.runToItsEnd(2, savepoint);

        batch.assertAsTheOracleSays("seed 24");
    }

    @Nightly
    @Test
    void refusesToStartOverAHalfDoneBatch() throws Exception {
        TestBatch batch = batch(history(24, 4000), "purchase-split", DedupeScope.PARTITION);
        JobClient first = batch.submit(2, null, 400L);
        batch.awaitCommitted(200);
        String savepoint = batch.stopWithSavepoint(first);

        JobClient fresh = batch.submit(2, null, null);

        assertThatThrownBy(() -> fresh.getJobExecutionResult().get(60, TimeUnit.SECONDS))
                .hasStackTraceContaining("started without its state");
        assertThat(fresh.getJobStatus().get()).isEqualTo(JobStatus.FAILED);
        batch.runToItsEnd(2, savepoint);
        batch.assertAsTheOracleSays("seed 24");
    }

    @Test
    void refusesASnapshotThatIsOlderThanTheLastCommit() throws Exception {
        TestBatch batch = batch(history(25, 3000), "purchase-split", DedupeScope.PARTITION);
        JobClient first = batch.submit(2, null, 400L);
        batch.awaitCommitted(200);
        String old = batch.stopWithSavepoint(first);
        JobClient second = batch.submit(2, old, 400L);
        batch.awaitCommitted(batch.ledger().total().read() + 200);
        String young = batch.stopWithSavepoint(second);

        JobClient third = batch.submit(2, old, null);

        assertThatThrownBy(() -> third.getJobExecutionResult().get(60, TimeUnit.SECONDS))
                .hasStackTraceContaining("but the batch has committed up to");
        batch.runToItsEnd(2, young);
        batch.assertAsTheOracleSays("seed 25");
    }

    @Test
    void refusesASnapshotOfAnotherBatch() throws Exception {
        String topic = history(26, 3000);
        TestBatch one = batch(topic, "purchase-split", DedupeScope.PARTITION);
        JobClient first = one.submit(2, null, 200L);
        one.awaitCommitted(100);
        String savepoint = one.stopWithSavepoint(first);
        TestBatch other = batch(topic, "purchase-split", DedupeScope.PARTITION);

        JobClient mixedUp = other.submit(2, savepoint, null);

        assertThatThrownBy(() -> mixedUp.getJobExecutionResult().get(60, TimeUnit.SECONDS))
                .hasStackTraceContaining("this snapshot belongs to the plan");
        assertThat(other.ledger().isEmpty()).isTrue();
    }

    @Test
    void findsCopiesInOtherPartitionsInGlobalScope() throws Exception {
        String topic = topic();
        KAFKA.send(new RandomHistory(topic, PARTITIONS, 31).records(1500));

        TestBatch batch = batch(topic, "purchase-split-with-faults", DedupeScope.GLOBAL);
        FaultyPurchaseSplit.fails = onceEach(event -> true, 400);
        batch.awaitTheEnd(batch.submit(3, null, 600L));

        // Which copy wins is open; that exactly one does is not.
        Map<Integer, List<ConsumerRecord<byte[], byte[]>>> history = KAFKA.readByPartition(topic);
        List<ConsumerRecord<byte[], byte[]>> inOnePartition =
                history.values().stream().flatMap(List::stream).toList();
        Oracle oracle =
                new Oracle(batch.plan.spec().batchId(), batch.plan.spec().revision(), Map.of(0, inOnePartition));
        assertThat(batch.ledger().isComplete()).isTrue();
        assertThat(batch.ledger().total().read()).isEqualTo(inOnePartition.size());
        assertThat(batch.ledger().total().skipped()).isEqualTo(oracle.skipped);
        long conflicts = batch.ledger().total().deadLettersByReason().getOrDefault("conflicting-duplicate", 0L);
        assertThat(batch.ledger().total().duplicates() + conflicts).isEqualTo(oracle.duplicates + oracle.conflicts);
    }

    /** Fails at the n-th event that fits, for each n, and only once. */
    private static Predicate<Event> onceEach(Predicate<Event> fits, int... counts) {
        AtomicInteger seen = new AtomicInteger();
        Set<Integer> done = ConcurrentHashMap.newKeySet();
        return event -> {
            if (!fits.test(event)) {
                return false;
            }
            int count = seen.incrementAndGet();
            for (int wanted : counts) {
                if (count >= wanted && done.add(wanted)) {
                    return true;
                }
            }
            return false;
        };
    }

    private String history(long seed, int count) {
        String topic = topic();
        KAFKA.send(new RandomHistory(topic, PARTITIONS, seed).records(count));
        return topic;
    }

    private static String topic() {
        String topic = KAFKA.unique("history");
        KAFKA.createTopic(topic, PARTITIONS, "retention.ms=-1");
        return topic;
    }

    private TestBatch batch(String topic, String revision, DedupeScope scope) {
        return new TestBatch(KAFKA, topic, revision, scope, directory.toUri().toString());
    }
}
