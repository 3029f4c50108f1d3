package io.backprocess.ledger;

import static io.backprocess.event.Samples.recordAt;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.Counts;
import io.backprocess.batch.DeadLetterLimits;
import io.backprocess.batch.LogEvents;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Duplicate;
import io.backprocess.event.Outcome;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Progress;
import io.backprocess.event.Publication;
import io.backprocess.event.Reason;
import io.backprocess.event.Skipped;
import io.backprocess.event.TravelType;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeadRunsTest {
    private final OneInputStreamOperatorTestHarness<Outcome, Publication> harness;

    DeadRunsTest() throws Exception {
        harness = new OneInputStreamOperatorTestHarness<>(
                new KeepLedgerFactory(
                        "batch-1",
                        "orders",
                        new OutputTag<>("dead-letters", TravelType.of(DeadLetter.class)),
                        new DeadLetterLimits(1, 3),
                        LogEvents.NONE,
                        new FakeLedger(checkpoint -> Counts.NONE)),
                128,
                4,
                2);
    }

    @BeforeEach
    void start() throws Exception {
        harness.setup(TravelType.of(Publication.class).createSerializer(new SerializerConfigImpl()));
        harness.open();
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    @Test
    void endsTheJobAtTooManyInARow() throws Exception {
        process(dead(0), dead(0));

        assertThatThrownBy(() -> process(dead(0)))
                .isInstanceOf(SuppressRestartsException.class)
                .cause()
                .hasMessageContaining("3 records of partition orders-0 in a row are dead letters")
                .hasMessageContaining("the last one is orders/0/5: no (rejected)");
    }

    @Test
    void anyOtherOutcomeEndsARun() throws Exception {
        process(dead(0), dead(0), new Duplicate(0));
        process(dead(0), dead(0), new Skipped(0, ProcessVersion.of("2")));
        process(dead(0), dead(0), new Duplicate(0));
    }

    @Test
    void otherPartitionsAndMarksAndCheckpointsDoNotEndARun() throws Exception {
        process(dead(0), dead(1), new Duplicate(2), dead(0), new Progress(0, 0, 2, 2));
        harness.prepareSnapshotPreBarrier(1);

        assertThatThrownBy(() -> process(dead(0))).isInstanceOf(SuppressRestartsException.class);
    }

    private void process(Outcome... outcomes) throws Exception {
        for (Outcome outcome : outcomes) {
            harness.processElement(new StreamRecord<>(outcome));
        }
    }

    private static DeadLetter dead(int partition) {
        return DeadLetter.of(recordAt(partition, 5, null), "revise", Reason.REJECTED, "no");
    }
}
