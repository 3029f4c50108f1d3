package io.backprocess.decode;

import static io.backprocess.event.Samples.envelope;
import static io.backprocess.event.Samples.recordAt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.KeyGroups;
import io.backprocess.batch.OffsetRange;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.Progress;
import io.backprocess.event.Reason;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.TravelType;
import io.backprocess.testing.BrokenOutput;
import io.backprocess.testing.BrokenOutput.BrokenSinkException;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecodeRecordsTest {
    private static final int MAX_PARALLELISM = 128;
    private static final KeyGroups KEY_GROUPS = new KeyGroups(4, MAX_PARALLELISM);

    /** Partition 2 is empty, partition 3 holds offsets but no record. */
    private static final List<OffsetRange> RANGES = List.of(
            new OffsetRange(0, 100, 200),
            new OffsetRange(1, 0, 50),
            new OffsetRange(2, 7, 7),
            new OffsetRange(3, 1_000, 1_005));

    private final List<Subtask> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (Subtask subtask : open) {
            subtask.harness.close();
        }
    }

    @Test
    void turnsRecordsIntoEventsInTheirOrder() throws Exception {
        Subtask decode = start();
        SourceRecord first = recordAt(0, 100, envelope("e-1"));
        SourceRecord second = recordAt(1, 0, envelope("e-2"));

        List<Outcome> outcomes = decode.process(first, second);

        assertThat(outcomes)
                .hasOnlyElementsOfType(Event.class)
                .extracting(outcome -> ((Event) outcome).eventId())
                .containsExactly("e-1", "e-2");
        assertThat(outcomes).extracting(outcome -> ((Event) outcome).record()).containsExactly(first, second);
    }

    @Test
    void makesADeadLetterOfEachRecordThatIsNoEventAndGoesOn() throws Exception {
        Subtask decode = start();
        SourceRecord tombstone = recordAt(0, 100, null);
        SourceRecord malformed = recordAt(0, 101, "{\"eventId\":");
        SourceRecord list = recordAt(0, 102, "[]");
        SourceRecord legacy = recordAt(0, 103, "{\"eventId\":\"e\",\"userId\":1,\"actionType\":\"x\",\"timestamp\":1}");
        SourceRecord good = recordAt(0, 104, envelope("e-1"));

        List<Outcome> outcomes = decode.process(tombstone, malformed, list, legacy, good);

        assertThat(outcomes.subList(0, 4))
                .hasOnlyElementsOfType(DeadLetter.class)
                .extracting(outcome -> ((DeadLetter) outcome).reason())
                .containsExactly(
                        Reason.TOMBSTONE, Reason.MALFORMED_JSON, Reason.NOT_AN_ENVELOPE, Reason.MISSING_CONTEXT);
        assertThat(outcomes.subList(0, 4)).allSatisfy(outcome -> {
            DeadLetter letter = (DeadLetter) outcome;
            assertThat(letter.stage()).isEqualTo("decode");
            assertThat(letter.message()).isNotBlank();
            assertThat(letter.stackTrace()).isNull();
            assertThat(letter.attempts()).isEqualTo(1);
        });
        assertThat(outcomes)
                .first()
                .extracting(outcome -> ((DeadLetter) outcome).record())
                .isSameAs(tombstone);
        assertThat(outcomes.get(4)).isInstanceOf(Event.class);
    }

    @Test
    void marksEndToEndOverCheckpoints() throws Exception {
        Subtask decode = start();

        decode.process(recordAt(0, 100, envelope("e-1")), recordAt(1, 4, "x"), recordAt(0, 101, null));
        List<Outcome> first = decode.checkpoint(1);
        List<Outcome> idle = decode.checkpoint(2);
        decode.process(recordAt(0, 150, envelope("e-2")));
        List<Outcome> third = decode.checkpoint(3);

        assertThat(first).containsExactlyInAnyOrder(new Progress(0, 100, 102, 2), new Progress(1, 0, 5, 1));
        assertThat(idle).isEmpty();
        assertThat(third).containsExactly(new Progress(0, 102, 151, 1));
    }

    @Test
    void marksUpToTheEndWhereTheLastOffsetsHoldNoRecord() throws Exception {
        Subtask decode = start();

        decode.process(recordAt(0, 180, envelope("e-1")), recordAt(1, 49, envelope("e-2")));
        decode.checkpoint(1);
        List<Outcome> last = decode.endInput();
        List<Outcome> finalCheckpoint = decode.checkpoint(2);

        assertThat(last).containsExactlyInAnyOrder(new Progress(0, 181, 200, 0), new Progress(3, 1_000, 1_005, 0));
        assertThat(finalCheckpoint).isEmpty();
    }

    @Test
    void marksWholeRangesAtTheEndWhereThereWasNoCheckpoint() throws Exception {
        Subtask decode = start();

        decode.process(recordAt(0, 180, envelope("e-1")));
        List<Outcome> last = decode.endInput();

        assertThat(last)
                .containsExactlyInAnyOrder(
                        new Progress(0, 100, 200, 1), new Progress(1, 0, 50, 0), new Progress(3, 1_000, 1_005, 0));
    }

    @Test
    void goesOnFromTheLastCommittedMarkAfterRestore() throws Exception {
        Subtask before = start();
        before.process(recordAt(0, 100, envelope("e-1")), recordAt(0, 101, envelope("e-2")));
        before.checkpoint(1);
        OperatorSubtaskState committed = before.state;
        before.process(recordAt(0, 102, envelope("e-3")), recordAt(1, 0, envelope("e-4")));
        before.checkpoint(2);

        Subtask after = restore(0, 1, committed);
        after.process(recordAt(0, 102, envelope("e-3")));
        List<Outcome> marks = after.checkpoint(2);
        List<Outcome> last = after.endInput();

        assertThat(marks).containsExactly(new Progress(0, 102, 103, 1));
        assertThat(last)
                .containsExactlyInAnyOrder(
                        new Progress(0, 103, 200, 0), new Progress(1, 0, 50, 0), new Progress(3, 1_000, 1_005, 0));
    }

    @Test
    void marksNothingTwiceWhereItIsRestoredAtItsEnd() throws Exception {
        Subtask before = start();
        before.process(recordAt(0, 199, envelope("e-1")));
        before.endInput();
        before.checkpoint(1);

        Subtask after = restore(0, 1, before.state);
        List<Outcome> last = after.endInput();

        assertThat(last).isEmpty();
    }

    @Test
    void marksItsOwnPartitionsOnly() throws Exception {
        List<Outcome> marks = new ArrayList<>();
        for (int index = 0; index < 2; index++) {
            Subtask subtask = restore(index, 2, null);
            List<Outcome> own = subtask.endInput();
            for (Outcome mark : own) {
                assertThat(KEY_GROUPS.subtaskOfPartition(mark.partition(), 2)).isEqualTo(index);
            }
            marks.addAll(own);
        }

        assertThat(marks)
                .containsExactlyInAnyOrder(
                        new Progress(0, 100, 200, 0), new Progress(1, 0, 50, 0), new Progress(3, 1_000, 1_005, 0));
    }

    @Test
    void refusesARecordThatIsNotItsOwn() throws Exception {
        int other = 1 - KEY_GROUPS.subtaskOfPartition(0, 2);
        Subtask subtask = restore(other, 2, null);

        assertThatThrownBy(() -> subtask.process(recordAt(0, 100, envelope("e-1"))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("partition 0");
    }

    @Test
    void takesItsMarksAlongWhenItIsRescaled() throws Exception {
        Subtask one = start();
        one.process(recordAt(0, 100, "x"), recordAt(1, 9, "x"), recordAt(3, 1_001, "x"));
        one.checkpoint(1);

        List<Subtask> two = rescale(2, one);
        int last = KEY_GROUPS.subtaskOfPartition(3, 2);
        two.get(last).process(recordAt(3, 1_003, "x"));
        List<Outcome> marks = new ArrayList<>();
        for (Subtask subtask : two) {
            marks.addAll(subtask.checkpoint(2));
        }
        Subtask oneAgain = rescale(1, two.toArray(Subtask[]::new)).get(0);
        List<Outcome> rest = oneAgain.endInput();

        assertThat(marks).containsExactly(new Progress(3, 1_002, 1_004, 1));
        assertThat(rest)
                .containsExactlyInAnyOrder(
                        new Progress(0, 101, 200, 0), new Progress(1, 10, 50, 0), new Progress(3, 1_004, 1_005, 0));
    }

    /** Flink drops the state of a subtask that had finished when the snapshot was taken. */
    @Test
    void takesAPartitionOfWhichTheSnapshotKnowsNothingForRead() throws Exception {
        Subtask finished = restore(0, 2, null);
        Subtask running = restore(1, 2, null);
        finished.endInput();
        running.process(recordAt(3, 1_001, "x"));
        running.checkpoint(1);

        Subtask finishedBefore = restore(0, 2, OperatorSubtaskState.builder().build());
        Subtask runningBefore = restore(1, 2, running.state);
        List<Outcome> ofFinished = finishedBefore.endInput();
        List<Outcome> ofRunning = runningBefore.endInput();

        assertThat(ofFinished).isEmpty();
        assertThat(ofRunning).containsExactly(new Progress(3, 1_002, 1_005, 0));
    }

    @Test
    void beginsAtTheStartWhereThePartitionHadNotMovedAtTheSnapshot() throws Exception {
        Subtask before = start();
        before.checkpoint(1);

        Subtask after = restore(0, 1, before.state);
        List<Outcome> last = after.endInput();

        assertThat(last)
                .containsExactlyInAnyOrder(
                        new Progress(0, 100, 200, 0), new Progress(1, 0, 50, 0), new Progress(3, 1_000, 1_005, 0));
    }

    @Test
    void keepsOneNumberForEachPartition() throws Exception {
        Subtask decode = start();
        decode.process(recordAt(0, 100, "x"), recordAt(0, 101, "x"), recordAt(1, 0, "x"));
        decode.checkpoint(1);

        int entries = decode.harness.numKeyedStateEntries();

        assertThat(entries).isEqualTo(RANGES.size());
    }

    @Test
    void refusesToReadARecordTwice() throws Exception {
        Subtask before = start();
        before.process(recordAt(0, 100, "x"), recordAt(0, 120, "x"));
        before.checkpoint(1);
        Subtask after = restore(0, 1, before.state);

        assertThatThrownBy(() -> after.process(recordAt(0, 120, "x")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("120");
        assertThatThrownBy(() -> before.process(recordAt(0, 119, "x"))).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"eventId\":\"e-1\",\"processVersion\":1,\"payload\":{}}", "{", "[]"})
    void doesNotTakeAFailureBehindItForTheRecords(String value) throws Exception {
        Subtask decode = new Subtask(0, 1);
        open.add(decode);
        decode.harness.setOutputCreator(serializer -> new BrokenOutput<>());
        decode.open(null);

        assertThatThrownBy(() -> decode.process(recordAt(0, 100, value))).isInstanceOf(BrokenSinkException.class);
    }

    private Subtask start() throws Exception {
        return restore(0, 1, null);
    }

    private Subtask restore(int index, int parallelism, @Nullable OperatorSubtaskState state) throws Exception {
        Subtask subtask = new Subtask(index, parallelism);
        open.add(subtask);
        subtask.open(state);
        return subtask;
    }

    private List<Subtask> rescale(int parallelism, Subtask... before) throws Exception {
        OperatorSubtaskState[] states = new OperatorSubtaskState[before.length];
        for (int i = 0; i < before.length; i++) {
            states[i] = before[i].state;
        }
        OperatorSubtaskState all = AbstractStreamOperatorTestHarness.repackageState(states);
        List<Subtask> subtasks = new ArrayList<>();
        for (int index = 0; index < parallelism; index++) {
            OperatorSubtaskState own = AbstractStreamOperatorTestHarness.repartitionOperatorState(
                    all, MAX_PARALLELISM, before.length, parallelism, index);
            subtasks.add(restore(index, parallelism, own));
        }
        return subtasks;
    }

    /** One subtask in Flink's harness. */
    private static final class Subtask {
        final KeyedOneInputStreamOperatorTestHarness<Integer, SourceRecord, Outcome> harness;

        @Nullable
        OperatorSubtaskState state;

        Subtask(int index, int parallelism) throws Exception {
            harness = new KeyedOneInputStreamOperatorTestHarness<>(
                    new DecodeRecords(RANGES, KEY_GROUPS, EnvelopeMapping.OWN, null, null),
                    record -> KEY_GROUPS.keyOfPartition(record.partition()),
                    Types.INT,
                    MAX_PARALLELISM,
                    parallelism,
                    index);
        }

        void open(@Nullable OperatorSubtaskState restored) throws Exception {
            harness.setup(TravelType.of(Outcome.class).createSerializer(new SerializerConfigImpl()));
            if (restored != null) {
                harness.initializeState(restored);
            }
            harness.open();
        }

        List<Outcome> process(SourceRecord... records) throws Exception {
            harness.getOutput().clear();
            for (SourceRecord record : records) {
                // Not by the harness, which sets the key: as in the pipeline, the operator must do it itself.
                harness.getOneInputOperator().processElement(new StreamRecord<>(record));
            }
            return new ArrayList<>(harness.extractOutputValues());
        }

        /** What goes ahead of the barrier. */
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
