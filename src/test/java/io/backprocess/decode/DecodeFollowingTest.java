package io.backprocess.decode;

import static io.backprocess.event.Samples.recordAt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.KeyGroups;
import io.backprocess.batch.OffsetRange;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Outcome;
import io.backprocess.event.Progress;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.TravelType;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A batch that follows a topic which had two partitions when the plan was made, the first read from offset 100 on. */
class DecodeFollowingTest {
    private static final int MAX_PARALLELISM = 128;
    private static final KeyGroups KEY_GROUPS = new KeyGroups(2, MAX_PARALLELISM);
    private static final List<OffsetRange> RANGES = List.of(OffsetRange.openFrom(0, 100), OffsetRange.openFrom(1, 0));

    private final List<Subtask> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (Subtask subtask : open) {
            subtask.harness.close();
        }
    }

    @Test
    void marksAPartitionThatWasAddedFromItsBeginning() throws Exception {
        Subtask decode = subtask(0, 1, null);

        decode.process(recordAt(5, 0, "x"), recordAt(0, 100, "x"), recordAt(5, 3, "x"));
        List<Outcome> first = decode.checkpoint(1);
        decode.process(recordAt(5, 4, "x"));
        List<Outcome> second = decode.checkpoint(2);

        assertThat(first).containsExactlyInAnyOrder(new Progress(0, 100, 101, 1), new Progress(5, 0, 4, 2));
        assertThat(second).containsExactly(new Progress(5, 4, 5, 1));
    }

    @Test
    void goesOnWithAnAddedPartitionWhereItsLastMarkEnded() throws Exception {
        Subtask before = subtask(0, 1, null);
        before.process(recordAt(5, 0, "x"), recordAt(5, 3, "x"));
        before.checkpoint(1);
        OperatorSubtaskState committed = before.state;
        before.process(recordAt(5, 4, "x"));
        before.checkpoint(2);

        Subtask after = subtask(0, 1, committed);
        List<Outcome> idle = after.checkpoint(2);
        after.process(recordAt(5, 4, "x"), recordAt(5, 5, "x"));
        List<Outcome> marks = after.checkpoint(3);

        assertThat(idle).isEmpty();
        assertThat(marks).containsExactly(new Progress(5, 4, 6, 2));
    }

    @Test
    void beginsAnAddedPartitionAgainOfWhichNothingWasCheckpointed() throws Exception {
        Subtask before = subtask(0, 1, null);
        before.checkpoint(1);
        OperatorSubtaskState committed = before.state;
        before.process(recordAt(5, 0, "x"));

        Subtask after = subtask(0, 1, committed);
        after.process(recordAt(5, 0, "x"));
        List<Outcome> marks = after.checkpoint(2);

        assertThat(marks).containsExactly(new Progress(5, 0, 1, 1));
    }

    @Test
    void takesTheMarksOfAddedPartitionsAlongWhenItIsRescaled() throws Exception {
        Subtask one = subtask(0, 1, null);
        one.process(recordAt(2, 0, "x"), recordAt(3, 9, "x"), recordAt(1, 7, "x"));
        one.checkpoint(1);

        List<Outcome> marks = new ArrayList<>();
        for (int index = 0; index < 2; index++) {
            OperatorSubtaskState own = AbstractStreamOperatorTestHarness.repartitionOperatorState(
                    AbstractStreamOperatorTestHarness.repackageState(one.state), MAX_PARALLELISM, 1, 2, index);
            Subtask subtask = subtask(index, 2, own);
            for (int partition = 0; partition < 4; partition++) {
                if (KEY_GROUPS.subtaskOfPartition(partition, 2) == index) {
                    subtask.process(recordAt(partition, 200, "x"));
                }
            }
            marks.addAll(subtask.checkpoint(2));
        }

        assertThat(marks)
                .containsExactlyInAnyOrder(
                        new Progress(0, 100, 201, 1),
                        new Progress(1, 8, 201, 1),
                        new Progress(2, 1, 201, 1),
                        new Progress(3, 10, 201, 1));
    }

    @Test
    void refusesAnAddedPartitionThatIsNotItsOwn() throws Exception {
        Subtask other = subtask(1 - KEY_GROUPS.subtaskOfPartition(5, 2), 2, null);

        assertThatThrownBy(() -> other.process(recordAt(5, 0, "x")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("partition 5");
    }

    @Test
    void marksNoMoreThanWasReadWhereItIsDrained() throws Exception {
        Subtask decode = subtask(0, 1, null);
        decode.process(recordAt(0, 120, "x"));

        List<Outcome> last = decode.endInput();

        assertThat(last).containsExactly(new Progress(0, 100, 121, 1));
    }

    private Subtask subtask(int index, int parallelism, @Nullable OperatorSubtaskState state) throws Exception {
        Subtask subtask = new Subtask(index, parallelism, state);
        open.add(subtask);
        return subtask;
    }

    /** One subtask in Flink's harness. */
    private static final class Subtask {
        final KeyedOneInputStreamOperatorTestHarness<Integer, SourceRecord, Outcome> harness;

        OperatorSubtaskState state = OperatorSubtaskState.builder().build();

        Subtask(int index, int parallelism, @Nullable OperatorSubtaskState restored) throws Exception {
            harness = new KeyedOneInputStreamOperatorTestHarness<>(
                    new DecodeRecords(RANGES, KEY_GROUPS, EnvelopeMapping.OWN, null, null),
                    record -> KEY_GROUPS.keyOfPartition(record.partition()),
                    Types.INT,
                    MAX_PARALLELISM,
                    parallelism,
                    index);
            harness.setup(TravelType.of(Outcome.class).createSerializer(new SerializerConfigImpl()));
            if (restored != null) {
                harness.initializeState(restored);
            }
            harness.open();
        }

        void process(SourceRecord... records) throws Exception {
            harness.getOutput().clear();
            for (SourceRecord record : records) {
                // Not by the harness, which sets the key: as in the pipeline, the operator must do it itself.
                harness.getOneInputOperator().processElement(new StreamRecord<>(record));
            }
        }

        List<Outcome> checkpoint(long id) throws Exception {
            harness.getOutput().clear();
            harness.prepareSnapshotPreBarrier(id);
            state = harness.snapshot(id, id);
            return new ArrayList<>(harness.extractOutputValues());
        }

        List<Outcome> endInput() throws Exception {
            harness.getOutput().clear();
            harness.endInput();
            return new ArrayList<>(harness.extractOutputValues());
        }
    }
}
