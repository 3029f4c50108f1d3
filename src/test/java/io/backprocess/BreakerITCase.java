package io.backprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.DeadLetterLimits;
import io.backprocess.batch.DedupeScope;
import io.backprocess.event.Event;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.testing.FaultyPurchaseSplit;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.TestBatch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Batches over rotten sources: stopped for good, with nothing of the last checkpoint committed, and able to go on. */
@SuppressWarnings("NullAway.Init")
class BreakerITCase {
    private static final int PARTITIONS = 4;

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(2)
            .setNumberSlotsPerTaskManager(2)
            .build());

    @TempDir
    Path directory;

    @AfterEach
    void nothingFails() {
        FaultyPurchaseSplit.fails = event -> false;
    }

    @Nightly
    @Test
    void countsOverAllSubtasksAndCommitsNothing() throws Exception {
        // 3 600 in each partition, so each of four subtasks alone has too few to say anything.
        TestBatch batch = batch(history(PARTITIONS * 3_600, 0), "purchase-split");
        JobClient job = batch.submit(4, null, null);

        failsForGood(
                job, " records (100.0 %) are dead letters, more than --max-dlq-ratio 0.5 allows; most are rejected (");

        assertCommittedAtMost(batch, DeadLetterLimits.MIN_RECORDS - 1);
    }

    @Test
    void commitsNothingOfTheCheckpointThatTripsAndGoesOnWithAHigherRatio() throws Exception {
        // The first half is good, the second rotten: about 20 000 of 30 000 records when it must stop.
        TestBatch batch = batch(history(30_000, 14_000), "purchase-split");
        JobClient job = batch.submit(3, null, 8_000L);

        failsForGood(job, "most are rejected (");

        BatchLedger ledger = batch.ledger();
        assertThat(ledger.isEmpty()).isFalse();
        assertThat(ledger.isComplete()).isFalse();
        assertThat(ledger.total().deadLetters() * 2)
                .as("committed")
                .isLessThanOrEqualTo(ledger.total().read());
        // At most as many as there are good ones.
        assertCommittedAtMost(batch, 14_000);

        batch.limits = new DeadLetterLimits(0.99, 0);
        batch.runToItsEnd(2, newestCheckpoint(job));
        batch.assertAsTheOracleSays("after the breaker");
    }

    @Nightly
    @Test
    void stopsAgainWhenNothingHasChanged() throws Exception {
        TestBatch batch = batch(history(30_000, 14_000), "purchase-split");
        JobClient job = batch.submit(2, null, 8_000L);
        failsForGood(job, "the batch is stopped");
        long committed = batch.ledger().total().read();

        // 16 000 rotten ones make the ratio of what is left 1, of the batch a little more than half.
        batch.limits = new DeadLetterLimits(0.52, 0);
        JobClient again = batch.submit(2, newestCheckpoint(job), null);

        // The committed 14 000 and more count, or it would be 100 %.
        failsForGood(again, " records (5");
        assertThat(batch.ledger().total().read()).isGreaterThanOrEqualTo(committed);
        assertCommittedAtMost(batch, 14_000 * 52 / 48);
    }

    @Nightly
    @Test
    void doesNotCountTwiceWhatAFailedSubtaskReadsAgain() throws Exception {
        // 40 of 100 are rotten: twice the rotten of one attempt would be too much.
        TestBatch batch = batch(history(16_000, 9_600), "purchase-split-with-faults");
        Set<Integer> failed = ConcurrentHashMap.newKeySet();
        FaultyPurchaseSplit.fails = event ->
                Math.floorMod(event.eventId().hashCode(), 1500) == 7 && failed.add(event.partition()) && isLate(event);

        batch.awaitTheEnd(batch.submit(4, null, 4_000L));

        assertThat(failed).isNotEmpty();
        batch.assertAsTheOracleSays("after failures");
    }

    private static boolean isLate(Event event) {
        return event.record().offset() > 500;
    }

    @Nightly
    @Test
    void stopsAtTooManyInARowWhateverTheParallelism() throws Exception {
        String topic = history(4_000, 2_000);
        for (int parallelism : new int[] {1, 3}) {
            TestBatch batch = batch(topic, "purchase-split");
            batch.limits = new DeadLetterLimits(1, 300);
            JobClient job = batch.submit(parallelism, null, null);

            failsForGood(job, "300 records of partition " + topic);
            assertCommittedAtMost(batch, PARTITIONS * 300 - 1);

            batch.limits = new DeadLetterLimits(1, 0);
            String checkpoint = newestCheckpoint(job);
            batch.runToItsEnd(parallelism, checkpoint);
            batch.assertAsTheOracleSays("at parallelism " + parallelism);
        }
    }

    /** Once, and not again at a restart. */
    private static void failsForGood(JobClient job, String message) throws Exception {
        assertThatThrownBy(() -> job.getJobExecutionResult().get(60, TimeUnit.SECONDS))
                .hasStackTraceContaining(message);
        assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.FAILED);
    }

    /** What a checkpoint may hold that the breaker lets pass; the ledger may learn of it with the next start only. */
    private static void assertCommittedAtMost(TestBatch batch, long deadLetters) {
        assertThat(KAFKA.read(batch.plan.spec().deadLetterTopic()))
                .as("dead letters")
                .hasSizeLessThanOrEqualTo((int) deadLetters);
        assertThat(batch.ledger().total().deadLetters()).as("ledger").isLessThanOrEqualTo(deadLetters);
    }

    /** Null where none was completed. */
    private @org.jspecify.annotations.Nullable String newestCheckpoint(JobClient job) throws Exception {
        Path checkpoints = directory.resolve(job.getJobID().toString());
        if (!Files.exists(checkpoints)) {
            return null;
        }
        try (Stream<Path> files = Files.list(checkpoints)) {
            return files.filter(file -> Files.exists(file.resolve("_metadata")))
                    .max(java.util.Comparator.comparingLong(file ->
                            Long.parseLong(String.valueOf(file.getFileName()).substring("chk-".length()))))
                    .map(file -> file.toUri().toString())
                    .orElse(null);
        }
    }

    /** The first ones are good, all after them are rejected; spread evenly over the partitions, in this order. */
    private static String history(int count, int good) {
        String topic = KAFKA.unique("history");
        KAFKA.createTopic(topic, PARTITIONS, "retention.ms=-1");
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String value =
                    ("{\"eventId\":\"e-%d\",\"processVersion\":1,\"payload\":{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-1\","
                                    + "\"amount\":%d}}")
                            .formatted(i, i < good ? 1 : -999);
            records.add(new ProducerRecord<>(
                    topic, i % PARTITIONS, 1_700_000_000_000L + i, null, value.getBytes(StandardCharsets.UTF_8)));
        }
        KAFKA.send(records);
        return topic;
    }

    private TestBatch batch(String topic, String revision) {
        return new TestBatch(
                KAFKA, topic, revision, DedupeScope.PARTITION, directory.toUri().toString());
    }
}
