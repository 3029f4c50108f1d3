package io.backprocess;

import static io.backprocess.testing.JudgedBatch.PARTITIONS;
import static io.backprocess.testing.JudgedBatch.RECORDS;
import static io.backprocess.testing.JudgedBatch.SEED;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.DedupeScope;
import io.backprocess.testing.HostileRecords;
import io.backprocess.testing.JudgedBatch;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.MappedJudge;
import io.backprocess.testing.MappedRecords;
import io.backprocess.testing.OneTaskManager;
import io.backprocess.testing.PlainJudge;
import io.backprocess.testing.SavedCases;
import io.backprocess.testing.TestBatch;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A hundred thousand hostile records in one batch, and a million every night. */
@SuppressWarnings("NullAway.Init")
class FuzzITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @RegisterExtension
    static final MiniClusterExtension FLINK = OneTaskManager.withSlots(2);

    @TempDir
    Path directory;

    @Test
    void putsEachOfAMillionHostileRecordsInExactlyOnePlace() throws Exception {
        String topic = KAFKA.unique("hostile");
        HostileRecords hostile = new HostileRecords(topic, PARTITIONS, SEED, SavedCases.values());
        JudgedBatch judged = new JudgedBatch(KAFKA);
        judged.write(topic, RECORDS, hostile::next);
        TestBatch batch = new TestBatch(KAFKA, topic, "purchase-split", DedupeScope.PARTITION, checkpoints());

        Map<String, Long> places = judged.runAndJudge(batch, RECORDS, PlainJudge::new);

        assertThat(places.keySet())
                .as("a fuzzer that reaches everything that there is for it")
                .contains("malformed-json", "not-an-envelope", "missing-context", "rejected", "conflicting-duplicate");
    }

    /** A quarter as many, whose id, version, type and tenant are in headers, nested, in an array, or joined. */
    @Test
    void putsEachHostileRecordOfAnotherEnvelopeInExactlyOnePlace() throws Exception {
        String topic = KAFKA.unique("mapped");
        MappedRecords hostile = new MappedRecords(topic, PARTITIONS, SEED, SavedCases.values());
        JudgedBatch judged = new JudgedBatch(KAFKA);
        judged.write(topic, RECORDS / 4, hostile::next);
        TestBatch batch = TestBatch.mapped(KAFKA, topic, "retype-mapped", MappedRecords.ENVELOPE, checkpoints());

        Map<String, Long> places = judged.runAndJudge(batch, RECORDS / 4, MappedJudge::new);

        assertThat(places.keySet())
                .as("a fuzzer that reaches everything that there is for it")
                .containsExactlyInAnyOrder(
                        "malformed-json",
                        "not-an-envelope",
                        "invalid-field",
                        "rejected",
                        "conflicting-duplicate",
                        "duplicate",
                        "skipped",
                        "results");
    }

    private String checkpoints() {
        return directory.toUri().toString();
    }
}
