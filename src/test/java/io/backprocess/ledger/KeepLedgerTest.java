package io.backprocess.ledger;

import static io.backprocess.event.Samples.envelope;
import static io.backprocess.event.Samples.eventAt;
import static io.backprocess.event.Samples.recordAt;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Duplicate;
import io.backprocess.event.Event;
import io.backprocess.event.LedgerEntry;
import io.backprocess.event.Outcome;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Progress;
import io.backprocess.event.Publication;
import io.backprocess.event.Reason;
import io.backprocess.event.Result;
import io.backprocess.event.Skipped;
import io.backprocess.event.Taken;
import io.backprocess.event.TravelType;
import io.backprocess.testing.BrokenOutput;
import io.backprocess.testing.BrokenOutput.BrokenSinkException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class KeepLedgerTest {
    private static final OutputTag<DeadLetter> DEAD_LETTERS =
            new OutputTag<>("dead-letters", TravelType.of(DeadLetter.class));
    private static final JsonMapper JACKSON = new JsonMapper();
    private static final List<Reason> REASONS = List.of(Reason.values());

    private final OneInputStreamOperatorTestHarness<Outcome, Publication> harness;

    KeepLedgerTest() throws Exception {
        harness = new OneInputStreamOperatorTestHarness<>(new KeepLedger("batch-1", DEAD_LETTERS), 128, 4, 2);
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    @Test
    void sendsResultsAndDeadLettersOnTheirWays() throws Exception {
        start();
        Event event = eventAt(0, 7, envelope("e-1"));
        Result first = new Result(event, "1".getBytes(UTF_8));
        Result second = new Result(event, "2".getBytes(UTF_8));
        DeadLetter letter = dead(0, Reason.TOMBSTONE);

        process(new Taken(event, List.of(first, second)), letter, new Duplicate(0), skipped(0, "2"));

        assertThat(harness.extractOutputValues()).containsExactly(first, second);
        assertThat(harness.getSideOutput(DEAD_LETTERS))
                .extracting(StreamRecord::getValue)
                .containsExactly(letter);
    }

    @Test
    void namesTheBatchInItsThreadsLogAsLongAsItRuns() throws Exception {
        start();
        assertThat(MDC.get("CorrelationId")).isEqualTo("batch-1");

        harness.close();

        assertThat(MDC.get("CorrelationId")).isNull();
    }

    @Test
    void writesALineForEachPartitionAheadOfTheBarrier() throws Exception {
        start();
        process(
                taken(3, 2),
                taken(3, 0),
                new Duplicate(3),
                skipped(3, "2"),
                skipped(3, "2.5"),
                skipped(3, "2"),
                dead(3, Reason.TOMBSTONE),
                dead(3, Reason.MALFORMED_JSON),
                dead(3, Reason.TOMBSTONE),
                new Progress(3, 100, 120, 9),
                new Duplicate(1),
                new Progress(1, 5, 6, 1));

        List<LedgerEntry> lines = checkpoint(17);

        assertThat(lines).extracting(LedgerEntry::partition).containsExactly(1, 3);
        assertThat(json(lines.get(0))).isEqualTo(JACKSON.readTree("""
                                {"batchId":"batch-1","partition":1,"checkpoint":17,"subtask":2,"from":5,"next":6,"read":1,
                                 "skipped":{},"duplicates":1,"deadLetters":{},"taken":0,"results":0}"""));
        assertThat(json(lines.get(1))).isEqualTo(JACKSON.readTree("""
                                {"batchId":"batch-1","partition":3,"checkpoint":17,"subtask":2,"from":100,"next":120,"read":9,
                                 "skipped":{"2":2,"2.5":1},"duplicates":1,"deadLetters":{"malformed-json":1,"tombstone":2},
                                 "taken":2,"results":2}"""));
    }

    @Test
    void startsEachLineAtNothing() throws Exception {
        start();
        process(taken(0, 1), new Progress(0, 0, 1, 1));
        checkpoint(1);

        process(new Duplicate(0), new Progress(0, 1, 9, 1));
        JsonNode line = json(checkpoint(2).get(0));

        assertThat(line.get("from").asLong()).isEqualTo(1);
        assertThat(line.get("next").asLong()).isEqualTo(9);
        assertThat(line.get("taken").asLong()).isZero();
        assertThat(line.get("duplicates").asLong()).isEqualTo(1);
    }

    @Test
    void writesNothingWhereThereIsNothing() throws Exception {
        start();

        List<LedgerEntry> first = checkpoint(1);
        harness.endInput();
        List<LedgerEntry> last = checkpoint(2);

        assertThat(first).isEmpty();
        assertThat(last).isEmpty();
        assertThat(harness.getOutput()).isEmpty();
    }

    @Test
    void writesWhatFollowsTheLastCheckpointAtTheEnd() throws Exception {
        start();
        checkpoint(1);
        process(taken(0, 1), new Progress(0, 0, 10, 1));

        harness.endInput();
        List<LedgerEntry> lines = entries();
        List<LedgerEntry> afterwards = checkpoint(2);

        assertThat(lines).singleElement().extracting(KeepLedgerTest::json).satisfies(line -> {
            assertThat(line.get("checkpoint").asLong()).isEqualTo(-1);
            assertThat(line.get("next").asLong()).isEqualTo(10);
        });
        assertThat(afterwards).isEmpty();
    }

    @Test
    void hasNoOffsetsWhereItOnlyCounts() throws Exception {
        start();
        process(new Duplicate(0));

        JsonNode line = json(checkpoint(1).get(0));

        assertThat(line.get("from").isNull()).isTrue();
        assertThat(line.get("next").isNull()).isTrue();
        assertThat(line.get("read").asLong()).isZero();
        assertThat(line.get("duplicates").asLong()).isEqualTo(1);
    }

    @Test
    void joinsTheMarksOfOneCheckpoint() throws Exception {
        start();
        process(new Progress(0, 10, 20, 5), new Progress(0, 20, 25, 0));

        JsonNode line = json(checkpoint(1).get(0));

        assertThat(line.get("from").asLong()).isEqualTo(10);
        assertThat(line.get("next").asLong()).isEqualTo(25);
        assertThat(line.get("read").asLong()).isEqualTo(5);
    }

    @Test
    void refusesMarksThatDoNotLieEndToEnd() throws Exception {
        start();
        process(new Progress(0, 10, 20, 5));

        assertThatThrownBy(() -> process(new Progress(0, 21, 25, 0)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("partition 0")
                .hasMessageContaining("20")
                .hasMessageContaining("21");
    }

    @Test
    void refusesAnEventThatWasNotRevised() throws Exception {
        start();

        assertThatThrownBy(() -> process(eventAt(0, 1, envelope("e-1")))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void boundsTheNumberOfVersionsInALine() throws Exception {
        start();
        for (int version = 0; version < 1_000; version++) {
            process(skipped(0, String.valueOf(version)), skipped(0, "0"), skipped(0, "999"));
        }

        JsonNode skipped = json(checkpoint(1).get(0)).get("skipped");

        long sum = 0;
        for (JsonNode count : skipped) {
            sum += count.asLong();
        }
        assertThat(skipped.size()).isLessThanOrEqualTo(101);
        assertThat(skipped.get("0").asLong())
                .as("a version that was among the first")
                .isEqualTo(1_001);
        assertThat(skipped.has("999")).isTrue();
        assertThat(sum).isEqualTo(3_000);
    }

    @Test
    void letsAFailureBehindItThrough() throws Exception {
        harness.setOutputCreator(serializer -> new BrokenOutput<>());
        start();

        assertThatThrownBy(() -> process(taken(0, 1))).isInstanceOf(BrokenSinkException.class);
    }

    @Test
    void addsUpWhateverComes() throws Exception {
        start();
        for (long seed = 1; seed <= 20; seed++) {
            addsUp(seed);
        }
    }

    /** read = skipped + duplicates + dead + taken, over all lines of a partition, and the lines lie end to end. */
    private void addsUp(long seed) throws Exception {
        Random random = new Random(seed);
        Map<Integer, long[]> oracle = new TreeMap<>();
        Map<Integer, long[]> ledger = new TreeMap<>();
        Map<Integer, Long> read = new TreeMap<>();
        Map<Integer, Long> next = new TreeMap<>();
        for (int step = 0; step < 300; step++) {
            int partition = random.nextInt(3);
            long[] counts = oracle.computeIfAbsent(partition, any -> new long[5]);
            int fate = random.nextInt(4);
            int results = fate == 3 ? random.nextInt(3) : 0;
            switch (fate) {
                case 0 -> process(skipped(partition, String.valueOf(random.nextInt(3))));
                case 1 -> process(new Duplicate(partition));
                case 2 -> process(dead(partition, REASONS.get(random.nextInt(REASONS.size()))));
                default -> process(taken(partition, results));
            }
            counts[fate]++;
            counts[4] += results;
            read.merge(partition, 1L, Long::sum);
            if (random.nextInt(40) == 0 || step == 299) {
                for (Map.Entry<Integer, Long> each : Map.copyOf(read).entrySet()) {
                    long from = next.getOrDefault(each.getKey(), 0L);
                    long to = from + each.getValue() + random.nextInt(3);
                    process(new Progress(each.getKey(), from, to, each.getValue()));
                    next.put(each.getKey(), to);
                }
                read.clear();
                add(ledger, checkpoint(step), seed);
            }
        }
        assertThat(ledger.keySet()).isEqualTo(oracle.keySet());
        oracle.forEach((partition, counts) -> assertThat(ledger.get(partition))
                .as("seed %d, partition %d", seed, partition)
                .isEqualTo(counts));
    }

    private static void add(Map<Integer, long[]> ledger, List<LedgerEntry> lines, long seed) {
        for (LedgerEntry entry : lines) {
            JsonNode line = json(entry);
            long[] counts = ledger.computeIfAbsent(entry.partition(), any -> new long[5]);
            long skipped = sum(line.get("skipped"));
            long dead = sum(line.get("deadLetters"));
            counts[0] += skipped;
            counts[1] += line.get("duplicates").asLong();
            counts[2] += dead;
            counts[3] += line.get("taken").asLong();
            counts[4] += line.get("results").asLong();
            assertThat(line.get("read").asLong())
                    .as("seed %d: %s", seed, line)
                    .isEqualTo(skipped
                            + dead
                            + line.get("duplicates").asLong()
                            + line.get("taken").asLong());
        }
    }

    private static long sum(JsonNode counts) {
        long sum = 0;
        for (JsonNode count : counts) {
            sum += count.asLong();
        }
        return sum;
    }

    private void start() throws Exception {
        harness.setup(TravelType.of(Publication.class).createSerializer(new SerializerConfigImpl()));
        harness.open();
    }

    private void process(Outcome... outcomes) throws Exception {
        for (Outcome outcome : outcomes) {
            harness.processElement(new StreamRecord<>(outcome));
        }
    }

    private List<LedgerEntry> checkpoint(long id) throws Exception {
        harness.getOutput().clear();
        harness.prepareSnapshotPreBarrier(id);
        List<LedgerEntry> lines = entries();
        harness.snapshot(id, id);
        return lines;
    }

    private List<LedgerEntry> entries() {
        List<LedgerEntry> entries = new ArrayList<>();
        for (Publication publication : harness.extractOutputValues()) {
            if (publication instanceof LedgerEntry entry) {
                entries.add(entry);
            }
        }
        return entries;
    }

    private static JsonNode json(LedgerEntry entry) {
        try {
            return JACKSON.readTree(entry.line());
        } catch (java.io.IOException e) {
            throw new AssertionError("no JSON: " + new String(entry.line(), UTF_8), e);
        }
    }

    private static Taken taken(int partition, int results) {
        Event event = eventAt(partition, 7, envelope("e-1"));
        List<Result> all = new ArrayList<>();
        for (int i = 0; i < results; i++) {
            all.add(new Result(event, new byte[] {'1'}));
        }
        return new Taken(event, all);
    }

    private static Skipped skipped(int partition, String version) {
        return new Skipped(partition, ProcessVersion.of(version));
    }

    private static DeadLetter dead(int partition, Reason reason) {
        return DeadLetter.of(recordAt(partition, 5, null), "decode", reason, "no");
    }
}
