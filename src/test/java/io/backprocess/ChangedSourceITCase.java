package io.backprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.DedupeScope;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.OneTaskManager;
import io.backprocess.testing.RandomHistory;
import io.backprocess.testing.TestBatch;
import io.backprocess.verify.Verdict;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Batches with an end whose source is changed under them. */
@SuppressWarnings("NullAway.Init")
class ChangedSourceITCase {
    private static final int PARTITIONS = 5;

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @RegisterExtension
    static final MiniClusterExtension FLINK = OneTaskManager.withSlots(4);

    @TempDir
    Path directory;

    @Test
    void failsForGoodWhereItsSourceIsDeleted() throws Exception {
        TestBatch batch = batch(history(51, 2000));
        JobClient job = batch.submit(2, null, 100L);
        batch.awaitCommitted(50);

        KAFKA.deleteTopic(batch.plan.spec().sourceTopic());

        String topic = batch.plan.spec().sourceTopic();
        assertEndsForGood(job, "topic %s does not exist any more; the batch has committed %s-".formatted(topic, topic));
    }

    @Test
    void refusesToGoOnOverATopicThatWasMadeAgain() throws Exception {
        String topic = history(52, 2000);
        TestBatch batch = batch(topic);
        JobClient first = batch.submit(2, null, 40L);
        batch.awaitCommitted(50);
        String savepoint = batch.stopWithSavepoint(first);

        KAFKA.deleteTopic(topic);
        KAFKA.createTopic(topic, PARTITIONS);
        KAFKA.send(new RandomHistory(topic, PARTITIONS, 52).records(2000));
        long committed = batch.ledger().total().read();
        JobClient second = batch.submit(2, savepoint, null);

        assertEndsForGood(
                second,
                "was deleted and made again (its id was " + batch.plan.inputs().topicId());
        assertThat(batch.ledger().total().read()).isEqualTo(committed);
    }

    @Nightly
    @Test
    void refusesToGoOnWhereWhatComesNextHasBeenDeleted() throws Exception {
        String topic = history(53, 2000);
        TestBatch batch = batch(topic);
        JobClient first = batch.submit(2, null, 40L);
        batch.awaitCommitted(50);
        String savepoint = batch.stopWithSavepoint(first);
        long next = batch.ledger().partition(1).next();

        KAFKA.deleteRecordsBefore(topic, 1, next + 3);
        JobClient second = batch.submit(1, savepoint, null);

        assertEndsForGood(
                second,
                "partition %s-1: the batch goes on at offset %d, but the first that still exists is %d; 3 offsets were deleted unread"
                        .formatted(topic, next, next + 3));
    }

    @Nightly
    @Test
    void failsForGoodWhereItIsOvertakenWhileItReads() throws Exception {
        String topic = KAFKA.unique("history");
        KAFKA.createTopic(topic, PARTITIONS, "retention.ms=-1");
        List<ProducerRecord<byte[], byte[]>> records = new RandomHistory(topic, PARTITIONS, 54).records(2000);
        for (int from = 0; from < records.size(); from += 40) {
            KAFKA.send(records.subList(from, from + 40));
        }
        TestBatch batch = batch(topic);
        // One batch of records at a time, so that most has not been fetched yet when it is deleted.
        batch.clients = batch.clients.with("max.partition.fetch.bytes", "1").with("fetch.min.bytes", "1");
        JobClient job = batch.submit(1, null, 100L);
        batch.awaitCommitted(50);

        long end = batch.plan.ranges().get(2).end();
        KAFKA.deleteRecordsBefore(topic, 2, end - 1);

        assertEndsForGood(
                job, "the source no longer holds the next records, by partition and offset: {%s-2=".formatted(topic));
    }

    @Nightly
    @Test
    void endsCompleteWherePartitionsWereAddedAfterThePlan() throws Exception {
        String topic = history(55, 1500);
        TestBatch batch = batch(topic);
        JobClient first = batch.submit(2, null, 100L);
        batch.awaitCommitted(100);

        KAFKA.addPartitions(topic, 9);
        KAFKA.send(new RandomHistory(topic, 9, 56).records(300));
        batch.awaitCommitted(500);
        String savepoint = batch.stopWithSavepoint(first);
        batch.runToItsEnd(3, savepoint);

        var verification = batch.verify();
        assertThat(verification.remarks().findings()).isEmpty();
        assertThat(verification.verdict()).isEqualTo(Verdict.COMPLETE);
        assertThat(verification.recounted().read()).isEqualTo(1500);
        assertThat(KAFKA.partitions(batch.plan.spec().resultTopic())).isEqualTo(PARTITIONS);
    }

    private static void assertEndsForGood(JobClient job, String message) throws Exception {
        assertThatThrownBy(() -> job.getJobExecutionResult().get(60, TimeUnit.SECONDS))
                .hasStackTraceContaining("The failure is not recoverable")
                .hasStackTraceContaining(message);
        assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.FAILED);
    }

    private static String history(long seed, int count) {
        String topic = KAFKA.unique("history");
        KAFKA.createTopic(topic, PARTITIONS, "retention.ms=-1");
        KAFKA.send(new RandomHistory(topic, PARTITIONS, seed).records(count));
        return topic;
    }

    private TestBatch batch(String topic) {
        return new TestBatch(
                KAFKA,
                topic,
                "purchase-split",
                DedupeScope.PARTITION,
                directory.toUri().toString());
    }
}
