package io.backprocess.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.KeyGroups;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A small model of Flink's coordinator around the enumerator: readers read, checkpoint, fail alone and together, and come
 * back at another parallelism. The oracle is the offset at which each split must go on.
 */
class RandomReaderFailuresTest {
    private static final long END = 20;
    private static final BatchLease CLAIM = BatchLease.of("b", () -> {}, () -> {});

    @Test
    void readsEverySplitOnceWhateverFails() {
        for (long seed = 1; seed <= 2_000; seed++) {
            new Batch(seed).run();
        }
    }

    private static final class Batch {
        private final long seed;
        private final Random random;
        /** Every second batch follows its topic, which grows. */
        private final boolean following;

        private final FakeWatch watch;
        private final int partitions;
        private final KeyGroups keyGroups;
        private FakeEnumeratorContext context;
        private HistoryEnumerator enumerator;
        /** What each subtask is reading, null while it is down. */
        private List<@Nullable Map<Integer, Long>> readers = new ArrayList<>();
        /** How many of the assigned splits each subtask has taken note of. */
        private final Map<Integer, Integer> noted = new HashMap<>();
        /** By subtask, what it was assigned since the last checkpoint. */
        private final Map<Integer, List<KafkaPartitionSplit>> uncheckpointed = new HashMap<>();
        /** The last checkpoint: each reader's part, and the enumerator's. */
        private List<Map<Integer, Long>> saved = new ArrayList<>();

        private @Nullable HeldSplits savedHeld;
        /** The oracle: where each partition stands, END where it has been read. */
        private Map<Integer, Long> offsets = new TreeMap<>();

        private Map<Integer, Long> savedOffsets = new TreeMap<>();

        Batch(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.partitions = 1 + random.nextInt(8);
            this.following = seed % 2 == 0;
            this.watch = new FakeWatch(partitions);
            this.keyGroups = new KeyGroups(partitions, 128);
            this.context = new FakeEnumeratorContext(1 + random.nextInt(4));
            List<KafkaPartitionSplit> plan = new ArrayList<>();
            for (int partition = 0; partition < partitions; partition++) {
                plan.add(split(partition, 0));
                offsets.put(partition, 0L);
            }
            savedOffsets = new TreeMap<>(offsets);
            this.enumerator = new HistoryEnumerator(
                    context,
                    keyGroups,
                    new HistoryEnumerator.Claim("hash", () -> Enumerators.committed(Map.of()), CLAIM),
                    new HistoryEnumerator.Splits(plan, false),
                    watch,
                    discovery(partitions));
            begin();
            for (int subtask = 0; subtask < context.currentParallelism(); subtask++) {
                saved.add(Map.of());
            }
        }

        void run() {
            for (int step = 0; step < 150; step++) {
                switch (random.nextInt(following ? 13 : 12)) {
                    case 12 -> grow();
                    case 0 -> checkpoint();
                    case 1 -> failAlone(random.nextInt(readers.size()));
                    case 2 -> failTogether();
                    case 3, 4, 5 -> register(random.nextInt(readers.size()));
                    default -> read(random.nextInt(readers.size()));
                }
            }
            for (int subtask = 0; subtask < readers.size(); subtask++) {
                register(subtask);
            }
            for (int subtask = 0; subtask < readers.size(); subtask++) {
                while (reading(subtask).values().stream().anyMatch(next -> next < END)) {
                    read(subtask);
                }
            }
            assertThat(offsets.values()).as("seed %d: all is read", seed).containsOnly(END);
        }

        private void begin() {
            context.answersAtOnce = true;
            enumerator.start();
            readers = new ArrayList<>();
            for (int subtask = 0; subtask < context.currentParallelism(); subtask++) {
                readers.add(null);
            }
            noted.clear();
            uncheckpointed.clear();
        }

        private void register(int subtask) {
            if (readers.get(subtask) == null) {
                readers.set(subtask, new TreeMap<>());
                int before = context.signals.getOrDefault(subtask, 0);
                KafkaPartitionSplit[] reported = saved.get(subtask).entrySet().stream()
                        .map(entry -> split(entry.getKey(), entry.getValue()))
                        .toArray(KafkaPartitionSplit[]::new);
                context.register(enumerator, subtask, reported);
                takeNote();
                if (following) {
                    assertThat(context.signals).as("seed %d: signals", seed).isEmpty();
                } else if (readers.stream().allMatch(reader -> reader != null)) {
                    assertThat(context.signals.get(subtask))
                            .as("seed %d: signals", seed)
                            .isEqualTo(before + 1);
                }
            }
        }

        /** Of what the readers have been assigned; each split must go on exactly where it was left, and in one place. */
        private void takeNote() {
            context.assigned.forEach((subtask, splits) -> {
                for (KafkaPartitionSplit split : splits.subList(noted.getOrDefault(subtask, 0), splits.size())) {
                    int partition = split.getPartition();
                    assertThat(readers.stream().filter(reader -> reader != null && reader.containsKey(partition)))
                            .as(
                                    "seed %d: readers of partition %d, which is now assigned to %d",
                                    seed, partition, subtask)
                            .isEmpty();
                    assertThat(split.getStartingOffset())
                            .as("seed %d: offset of partition %d", seed, partition)
                            .isEqualTo(offsets.get(partition));
                    assertThat(subtask).isEqualTo(keyGroups.subtaskOfPartition(partition, readers.size()));
                    reading(subtask).put(partition, split.getStartingOffset());
                    uncheckpointed
                            .computeIfAbsent(subtask, any -> new ArrayList<>())
                            .add(split);
                }
                noted.put(subtask, splits.size());
            });
        }

        private void read(int subtask) {
            Map<Integer, Long> splits = readers.get(subtask);
            if (splits != null && !splits.isEmpty()) {
                int partition = List.copyOf(splits.keySet()).get(random.nextInt(splits.size()));
                long next = Math.min(END, splits.getOrDefault(partition, 0L) + 1 + random.nextInt(5));
                offsets.put(partition, next);
                splits.put(partition, next);
                if (next == END && !following) {
                    splits.remove(partition);
                }
            }
        }

        private void grow() {
            offsets.put(watch.partitions, 0L);
            savedOffsets.put(watch.partitions, 0L);
            watch.partitions++;
            context.runPeriodicCalls();
            takeNote();
        }

        private void checkpoint() {
            if (readers.stream().allMatch(reader -> reader != null)) {
                saved = new ArrayList<>();
                readers.forEach(reader -> saved.add(new TreeMap<>(reader)));
                savedHeld = enumerator.snapshotState(1);
                savedOffsets = new TreeMap<>(offsets);
                uncheckpointed.clear();
            }
        }

        /** What the subtask has done since the last checkpoint is undone. */
        private void failAlone(int subtask) {
            if (readers.get(subtask) != null) {
                readers.set(subtask, null);
                for (int partition = 0; partition < watch.partitions; partition++) {
                    if (keyGroups.subtaskOfPartition(partition, readers.size()) == subtask) {
                        offsets.put(partition, savedOffsets.get(partition));
                    }
                }
                List<KafkaPartitionSplit> back = uncheckpointed.remove(subtask);
                context.fail(
                        enumerator,
                        subtask,
                        back == null ? new KafkaPartitionSplit[0] : back.toArray(KafkaPartitionSplit[]::new));
            }
        }

        /** The readers' states are dealt out anew, wherever their splits will live. */
        private void failTogether() {
            if (savedHeld != null) {
                offsets = new TreeMap<>(savedOffsets);
                List<Map.Entry<Integer, Long>> states = new ArrayList<>();
                saved.forEach(state -> states.addAll(state.entrySet()));
                context = new FakeEnumeratorContext(1 + random.nextInt(4));
                saved = new ArrayList<>();
                for (int subtask = 0; subtask < context.currentParallelism(); subtask++) {
                    saved.add(new TreeMap<>());
                }
                states.forEach(state -> saved.get(random.nextInt(saved.size())).put(state.getKey(), state.getValue()));
                Map<Integer, Long> committed = Map.copyOf(savedOffsets);
                enumerator = new HistoryEnumerator(
                        context,
                        keyGroups,
                        new HistoryEnumerator.Claim("hash", () -> Enumerators.committed(committed), CLAIM),
                        new HistoryEnumerator.Splits(savedHeld.splits(), true),
                        watch,
                        discovery(savedHeld.foundPartitions()));
                begin();
            }
        }

        private Map<Integer, Long> reading(int subtask) {
            Map<Integer, Long> splits = readers.get(subtask);
            if (splits == null) {
                throw new AssertionError("seed " + seed + ": subtask " + subtask + " is down");
            }
            return splits;
        }

        private @Nullable Discovery discovery(int known) {
            return following ? new Discovery("orders", known) : null;
        }

        private static KafkaPartitionSplit split(int partition, long from) {
            return new KafkaPartitionSplit(new TopicPartition("orders", partition), from, END);
        }
    }
}
