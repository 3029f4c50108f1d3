package io.backprocess.dedupe;

import static io.backprocess.batch.DedupeScope.GLOBAL;
import static io.backprocess.batch.DedupeScope.PARTITION;
import static io.backprocess.event.Samples.envelope;
import static io.backprocess.event.Samples.eventAt;
import static io.backprocess.event.Samples.recordAt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.DedupeScope;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Duplicate;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Progress;
import io.backprocess.event.Reason;
import io.backprocess.event.Skipped;
import io.backprocess.testing.BrokenOutput;
import io.backprocess.testing.BrokenOutput.BrokenSinkException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The first copy wins, over checkpoints, restores and rescales, on both state backends. */
class DropDuplicatesTest {
    private final List<DedupeSubtask> open = new ArrayList<>();
    private @Nullable MemorySize memory = memory();

    /** For the eventIds of a subtask. */
    @Nullable
    MemorySize memory() {
        return null;
    }

    @AfterEach
    void closeAll() throws Exception {
        for (DedupeSubtask subtask : open) {
            subtask.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void dropsTheSecondCopy(boolean rocksDb) throws Exception {
        DedupeSubtask dedupe = start(PARTITION, rocksDb);
        Event first = eventAt(0, 1, envelope("e-1", "1", "{\"a\":1}"));
        Event copy = eventAt(0, 2, envelope("\\u0065-1", "1", "{\"a\":1}"));
        Event other = eventAt(0, 3, envelope("e-2", "1", "{\"a\":1}"));

        List<Outcome> outcomes = dedupe.process(first, copy, other);

        assertThat(outcomes).containsExactly(first, new Duplicate(0), other);
    }

    @Test
    void makesADeadLetterOfTheSameIdWithAnotherPayload() throws Exception {
        DedupeSubtask dedupe = start(PARTITION, false);
        Event first = eventAt(0, 1, envelope("e-1", "1", "{\"a\":1}"));
        Event conflicting = eventAt(0, 2, envelope("e-1", "1", "{\"a\":2}"));

        List<Outcome> outcomes = dedupe.process(first, conflicting, conflicting, first);

        assertThat(outcomes.get(1)).isInstanceOfSatisfying(DeadLetter.class, letter -> {
            assertThat(letter.record()).isSameAs(conflicting.record());
            assertThat(letter.stage()).isEqualTo("dedupe");
            assertThat(letter.reason()).isEqualTo(Reason.CONFLICTING_DUPLICATE);
            assertThat(letter.eventId()).isEqualTo("e-1");
            assertThat(letter.attempts()).isEqualTo(1);
        });
        assertThat(outcomes.get(2)).isInstanceOf(DeadLetter.class);
        assertThat(outcomes.get(3)).as("the first copy still counts").isEqualTo(new Duplicate(0));
    }

    @Test
    void handsOnWhatIsNoEvent() throws Exception {
        DedupeSubtask dedupe = start(PARTITION, false);
        Outcome skipped = new Skipped(0, ProcessVersion.of("2"));
        Outcome dead = DeadLetter.of(recordAt(1, 5, null), "decode", Reason.TOMBSTONE, "null");
        Outcome progress = new Progress(2, 0, 10, 7);

        List<Outcome> outcomes = dedupe.process(skipped, dead, progress, progress, dead);
        dedupe.snapshot(1);

        assertThat(outcomes).containsExactly(skipped, dead, progress, progress, dead);
        assertThat(dedupe.numberOfKeys()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 31, 32, 33, 100})
    void holdsNothingBackFromACheckpointNorFromTheEndAndKeepsTheOrder(int events) throws Exception {
        DedupeSubtask dedupe = start(PARTITION, false);
        List<Outcome> sent = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            sent.add(i % 3 == 1 ? new Skipped(i % 4, ProcessVersion.of("2")) : eventAt(i % 4, i, envelope("e-" + i)));
        }

        assertThat(dedupe.process(sent.toArray(Outcome[]::new))).containsExactlyElementsOf(sent);
        for (Outcome outcome : sent) {
            dedupe.harness.getOneInputOperator().processElement(new StreamRecord<>(outcome));
        }
        dedupe.harness.endInput();

        assertThat(dedupe.harness.extractOutputValues())
                .hasSize(2 * events)
                .filteredOn(Duplicate.class::isInstance)
                .hasSize((int) sent.stream().filter(Event.class::isInstance).count());
    }

    @Test
    void holdsNothingBackForLongerThanASecond() throws Exception {
        DedupeSubtask dedupe = start(PARTITION, false);
        Event first = eventAt(0, 1, envelope("e-1"));
        Event second = eventAt(0, 2, envelope("e-2"));

        dedupe.harness.getOneInputOperator().processElement(new StreamRecord<>(first));
        dedupe.harness.setProcessingTime(1000);
        assertThat(dedupe.harness.extractOutputValues()).containsExactly(first);
        dedupe.harness.getOneInputOperator().processElement(new StreamRecord<>(second));
        dedupe.harness.setProcessingTime(2000);

        assertThat(dedupe.harness.extractOutputValues()).containsExactly(first, second);
    }

    @Test
    void findsCopiesWithinAPartitionOnlyUnlessToldOtherwise() throws Exception {
        Event first = eventAt(0, 1, envelope("e-1"));
        Event elsewhere = eventAt(3, 9, envelope("e-1"));

        List<Outcome> partition = start(PARTITION, false).process(first, elsewhere);
        List<Outcome> global = start(GLOBAL, false).process(first, elsewhere);

        assertThat(partition).containsExactly(first, elsewhere);
        assertThat(global).containsExactly(first, new Duplicate(3));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void dropsTheSecondCopyAfterRestore(boolean rocksDb) throws Exception {
        DedupeSubtask before = start(PARTITION, rocksDb);
        Event first = eventAt(0, 1, envelope("e-1", "1", "{\"a\":1}"));
        Event late = eventAt(0, 2, envelope("e-2"));
        before.process(first);
        OperatorSubtaskState checkpoint = before.snapshot(1);
        before.process(late);

        DedupeSubtask after = restore(PARTITION, rocksDb, 0, 1, checkpoint);
        List<Outcome> outcomes = after.process(
                late, first, eventAt(0, 4, envelope("e-1", "1", "{\"a\":2}")), eventAt(1, 1, envelope("e-1")));

        assertThat(outcomes.get(0)).as("was undone with the failure").isSameAs(late);
        assertThat(outcomes.get(1)).isEqualTo(new Duplicate(0));
        assertThat(outcomes.get(2)).isInstanceOf(DeadLetter.class);
        assertThat(outcomes.get(3)).as("of another partition").isInstanceOf(Event.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void writesOnlyWhatIsNewToState(boolean rocksDb) throws Exception {
        memory = null;
        DedupeSubtask dedupe = start(PARTITION, rocksDb);
        Event first = eventAt(0, 1, envelope("e-1"));

        dedupe.process(first, eventAt(0, 2, envelope("e-2")), eventAt(2, 1, envelope("e-1")));
        dedupe.snapshot(1);
        dedupe.process(first, first);
        dedupe.snapshot(2);
        dedupe.process(first, eventAt(0, 5, envelope("e-3")));
        dedupe.snapshot(3);

        assertThat(dedupe.blockSizes(0)).containsExactly(2 * IdBlocks.ENTRY_BYTES, IdBlocks.ENTRY_BYTES);
        assertThat(dedupe.blockSizes(1)).isEmpty();
        assertThat(dedupe.blockSizes(2)).containsExactly(IdBlocks.ENTRY_BYTES);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void addsToItsStateAfterARestoreAndOverwritesNothing(boolean rocksDb) throws Exception {
        memory = null;
        DedupeSubtask first = start(PARTITION, rocksDb);
        first.process(eventAt(0, 1, envelope("e-1")));
        first.snapshot(1);
        first.process(eventAt(0, 2, envelope("e-2")));
        DedupeSubtask second = restore(PARTITION, rocksDb, 0, 1, first.snapshot(2));
        second.process(eventAt(0, 3, envelope("e-3")));

        DedupeSubtask third = restore(PARTITION, rocksDb, 0, 1, second.snapshot(3));
        List<Outcome> outcomes = third.process(
                eventAt(0, 4, envelope("e-1")), eventAt(0, 5, envelope("e-2")), eventAt(0, 6, envelope("e-3")));

        assertThat(outcomes).containsOnly(new Duplicate(0)).hasSize(3);
        assertThat(third.blockSizes(0)).hasSize(3);
    }

    @Test
    void keepsItsStateWhereNoEventComesAfterARestore() throws Exception {
        DedupeSubtask first = start(PARTITION, false);
        first.process(eventAt(0, 1, envelope("e-1")), eventAt(3, 1, envelope("e-3")));
        DedupeSubtask idle = restore(PARTITION, false, 0, 1, first.snapshot(1));
        idle.process(eventAt(3, 2, envelope("e-3")));

        DedupeSubtask third = restore(PARTITION, false, 0, 1, idle.snapshot(2));
        List<Outcome> outcomes = third.process(eventAt(0, 2, envelope("e-1")), eventAt(3, 2, envelope("e-3")));

        assertThat(outcomes).containsExactly(new Duplicate(0), new Duplicate(3));
        assertThat(third.numberOfKeys()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void remembersThroughRescalesInBothScopes(boolean rocksDb) throws Exception {
        for (DedupeScope scope : DedupeScope.values()) {
            Copies one = new Copies(scope, rocksDb, 1);
            List<Event> events = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                events.add(eventAt(i % 4, i, envelope("e-" + i)));
            }
            List<Outcome> first = one.process(events);

            Copies two = one.rescale(2);
            List<Outcome> afterSplit = two.process(events);
            List<Event> more = new ArrayList<>();
            for (int i = 40; i < 80; i++) {
                more.add(eventAt(i % 4, i, envelope("e-" + i)));
            }
            two.process(more);
            Copies oneAgain = two.rescale(1);
            List<Outcome> afterMerge = oneAgain.process(events);
            afterMerge.addAll(oneAgain.process(more));

            assertThat(first).as("%s", scope).hasOnlyElementsOfType(Event.class);
            assertThat(afterSplit).as("%s", scope).hasSize(40).hasOnlyElementsOfType(Duplicate.class);
            assertThat(afterMerge).as("%s", scope).hasSize(80).hasOnlyElementsOfType(Duplicate.class);
        }
    }

    @Test
    void agreesWithAHashMapOverRandomFailuresAndRescales() throws Exception {
        for (long seed = 1; seed <= 12; seed++) {
            agreesWithAHashMap(seed);
        }
    }

    private void agreesWithAHashMap(long seed) throws Exception {
        Random random = new Random(seed);
        DedupeScope scope = random.nextBoolean() ? PARTITION : GLOBAL;
        memory = anyMemory(random);
        Copies copies = new Copies(scope, false, 1 + random.nextInt(4));
        Map<String, String> oracle = new HashMap<>();
        Map<String, String> committed = new HashMap<>();
        for (int step = 0; step < 400; step++) {
            int partition = random.nextInt(4);
            String eventId = "e-" + random.nextInt(100);
            String payload = random.nextInt(10) == 0 ? "{\"a\":1}" : "{}";
            Event event = eventAt(partition, step, envelope(eventId, "1", payload));

            Outcome outcome = copies.process(List.of(event)).get(0);

            String before = oracle.putIfAbsent(scope == PARTITION ? partition + "/" + eventId : eventId, payload);
            Class<?> expected =
                    before == null ? Event.class : before.equals(payload) ? Duplicate.class : DeadLetter.class;
            assertThat(outcome).as("seed %d, step %d, %s", seed, step, scope).isInstanceOf(expected);
            int fate = random.nextInt(40);
            if (fate == 0) {
                copies.checkpoint();
                committed = new HashMap<>(oracle);
            } else if (fate == 1) {
                memory = anyMemory(random);
                copies = copies.restore(1 + random.nextInt(4));
                oracle = new HashMap<>(committed);
            }
        }
    }

    /** None, less than the ids need, or enough. */
    private static @Nullable MemorySize anyMemory(Random random) {
        int choice = random.nextInt(3);
        return choice == 0 ? null : new MemorySize(choice == 1 ? 0 : 4096);
    }

    @Test
    void letsAFailureBehindItThrough() throws Exception {
        DedupeSubtask dedupe = new DedupeSubtask(PARTITION, false, 0, 1, memory);
        open.add(dedupe);
        dedupe.harness.setOutputCreator(serializer -> new BrokenOutput<>());
        dedupe.open(null);

        assertThatThrownBy(() -> dedupe.process(eventAt(0, 1, envelope("e-1"))))
                .isInstanceOf(BrokenSinkException.class);
    }

    private DedupeSubtask start(DedupeScope scope, boolean rocksDb) throws Exception {
        return restore(scope, rocksDb, 0, 1, null);
    }

    private DedupeSubtask restore(
            DedupeScope scope, boolean rocksDb, int index, int parallelism, @Nullable OperatorSubtaskState state)
            throws Exception {
        DedupeSubtask subtask = new DedupeSubtask(scope, rocksDb, index, parallelism, memory);
        open.add(subtask);
        subtask.open(state);
        return subtask;
    }

    /** All subtasks of the step at one parallelism; events find the one of their shard, as Flink would send them. */
    private final class Copies {
        final DedupeScope scope;
        final boolean rocksDb;
        final ShardSelector shards;
        final List<DedupeSubtask> subtasks = new ArrayList<>();

        @Nullable
        OperatorSubtaskState last;

        int lastParallelism;

        Copies(DedupeScope scope, boolean rocksDb, int parallelism) throws Exception {
            this(scope, rocksDb, parallelism, null, parallelism);
        }

        Copies(
                DedupeScope scope,
                boolean rocksDb,
                int parallelism,
                @Nullable OperatorSubtaskState state,
                int stateParallelism)
                throws Exception {
            this.scope = scope;
            this.rocksDb = rocksDb;
            this.shards = new ShardSelector(scope, DedupeSubtask.KEY_GROUPS);
            this.last = state;
            this.lastParallelism = stateParallelism;
            for (int index = 0; index < parallelism; index++) {
                OperatorSubtaskState own = state == null
                        ? null
                        : AbstractStreamOperatorTestHarness.repartitionOperatorState(
                                state, DedupeSubtask.MAX_PARALLELISM, stateParallelism, parallelism, index);
                subtasks.add(DropDuplicatesTest.this.restore(scope, rocksDb, index, parallelism, own));
            }
        }

        List<Outcome> process(List<Event> events) throws Exception {
            List<Outcome> outcomes = new ArrayList<>();
            for (Event event : events) {
                int index = KeyGroupRangeAssignment.assignKeyToParallelOperator(
                        shards.getKey(event), DedupeSubtask.MAX_PARALLELISM, subtasks.size());
                outcomes.addAll(subtasks.get(index).process(event));
            }
            return outcomes;
        }

        void checkpoint() throws Exception {
            OperatorSubtaskState[] states = new OperatorSubtaskState[subtasks.size()];
            for (int i = 0; i < states.length; i++) {
                states[i] = subtasks.get(i).snapshot(1);
            }
            last = AbstractStreamOperatorTestHarness.repackageState(states);
            lastParallelism = subtasks.size();
        }

        Copies restore(int parallelism) throws Exception {
            return new Copies(scope, rocksDb, parallelism, last, lastParallelism);
        }

        Copies rescale(int parallelism) throws Exception {
            checkpoint();
            return restore(parallelism);
        }
    }
}
