package io.backprocess.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.batch.Counts;
import io.backprocess.batch.OffsetRange;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RedrivenTest {
    private static final Instant RUN = Instant.parse("2025-11-15T00:00:00Z");
    private static final Instant LATER = Instant.parse("2025-12-01T00:00:00Z");

    private final BatchLedger ledger = new BatchLedger(List.of(new OffsetRange(0, 0, 10)));

    @Test
    void takesOffWhatIsNotDeadAnyMore() {
        ledger.add(line(0L, 10L, 10, Map.of("rejected", 5L), 5, 5), null, RUN);
        ledger.add(
                line(null, null, 0, Map.of("rejected", -5L, "unexpected", 1L), 4, 8), redriven(1, 2, 3, 4, 5), LATER);

        Counts counts = ledger.total();

        assertThat(counts.deadLettersByReason()).isEqualTo(Map.of("unexpected", 1L));
        assertThat(counts.deadLetters()).isEqualTo(1);
        assertThat(counts.taken()).isEqualTo(9);
        assertThat(counts.results()).isEqualTo(13);
        assertThat(ledger.isComplete()).isTrue();
        assertThat(ledger.partition(0).gaps()).isEmpty();
        assertThat(ledger.committed()).isEqualTo(Map.of(0, 10L));
    }

    @Test
    void doesNotBendTheBatchsOwnTimes() {
        ledger.add(line(0L, 10L, 10, Map.of("rejected", 5L), 5, 5), null, RUN);
        ledger.add(line(null, null, 0, Map.of("rejected", -1L), 1, 1), redriven(1), LATER);

        assertThat(ledger.lastCommit()).isEqualTo(RUN);
    }

    @Test
    void saysWhichOffsetsAllRedrivesHaveDealtWith() {
        ledger.add(line(null, null, 0, Map.of("rejected", -2L), 2, 2), redriven(1, 2), LATER);
        ledger.add(line(null, null, 0, Map.of("rejected", -1L), 1, 1), redriven(4), LATER);

        assertThat(ledger.redriven(0).deadLetters().ranges()).isEqualTo(List.of(List.of(1L, 3L), List.of(4L, 5L)));
        assertThat(ledger.redriven(1).deadLetters().isEmpty()).isTrue();
    }

    @Test
    void aSumStaysAsItWasWhateverIsAddedAfterIt() {
        ledger.add(line(0L, 10L, 10, Map.of("rejected", 5L), 5, 5), null, RUN);
        ledger.add(line(null, null, 0, Map.of("rejected", -2L), 2, 2), redriven(1, 2), LATER);
        ledger.add(new BatchLedger.Commit(
                LATER,
                line(null, null, 0, Map.of(), 0, 0),
                null,
                new Repaired(Offsets.of(List.of(List.of(7L, 8L))), new Offsets(), new Offsets())));
        LedgerSummary summary = ledger.summary("batch", 0, 3, 3);
        byte[] written = summary.write();

        ledger.add(line(null, null, 0, Map.of("rejected", -1L), 1, 1), redriven(4), LATER);
        ledger.add(new BatchLedger.Commit(
                LATER,
                line(null, null, 0, Map.of(), 0, 0),
                null,
                new Repaired(Offsets.of(List.of(List.of(1L, 2L))), new Offsets(), new Offsets())));

        assertThat(summary.write()).isEqualTo(written);
    }

    @Test
    void standsBesideTheCountsOfALine() throws Exception {
        byte[] json = redriven(1, 2).write(line(null, null, 0, Map.of("rejected", -2L), 2, 2));

        JsonNode line = new ObjectMapper().readTree(json);
        assertThat(line.path("taken").asLong()).isEqualTo(2);
        assertThat(line.path("from").isNull()).isTrue();
        assertThat(line.path("redrive").toString())
                .isEqualTo("{\"revisions\":[\"purchase-split\"],\"options\":{\"a\":\"b\"},"
                        + "\"deadLetters\":[[1,3]],\"results\":[[1,3]],\"failed\":[]}");
    }

    @Test
    void saysInWhichPartitionsTheResultsAre() throws Exception {
        Redriven first = elsewhere(1, 3);
        Redriven second = elsewhere(2, 5);
        ledger.add(line(null, null, 0, Map.of("rejected", -1L), 1, 2), first, LATER);
        ledger.add(line(null, null, 0, Map.of("rejected", -1L), 1, 2), second, LATER);

        JsonNode line = new ObjectMapper().readTree(first.write(line(null, null, 0, Map.of(), 1, 2)));
        BatchLedger read = Ledgers.of(List.of(new OffsetRange(0, 0, 10)));
        read.add(new ConsumerRecord<>(
                "backprocess.ledger", 0, 0, new byte[0], first.write(line(null, null, 0, Map.of(), 1, 2))));
        read.add(new ConsumerRecord<>(
                "backprocess.ledger", 0, 1, new byte[0], second.write(line(null, null, 0, Map.of(), 1, 2))));

        assertThat(line.path("redrive").path("resultsElsewhere").toString()).isEqualTo("{\"7\":[[3,4]]}");
        for (BatchLedger each : List.of(ledger, read)) {
            assertThat(each.redrivenResults(0).ranges()).isEqualTo(List.of(List.of(1L, 3L)));
            assertThat(each.redrivenResults(7).ranges()).isEqualTo(List.of(List.of(3L, 4L), List.of(5L, 6L)));
            assertThat(each.redrivenResults(1).isEmpty()).isTrue();
            assertThat(each.redriven(0).resultsFrom(0).keySet()).containsExactly(0, 7);
        }
    }

    private static Redriven elsewhere(long here, long there) {
        Redriven redriven = redriven(here);
        SortedMap<Integer, Offsets> elsewhere =
                new TreeMap<>(Map.of(7, Offsets.of(List.of(List.of(there, there + 1)))));
        return new Redriven(
                redriven.revisions(),
                redriven.options(),
                redriven.deadLetters(),
                redriven.results(),
                redriven.failed(),
                null,
                null,
                elsewhere);
    }

    private static LedgerLine line(
            @Nullable Long from, @Nullable Long next, long read, Map<String, Long> dead, long taken, long results) {
        return new LedgerLine(
                "b",
                0,
                -1,
                0,
                new LedgerLine.Covered(from, next),
                new LedgerLine.Outcomes(read, Map.of(), 0, dead, taken, results));
    }

    private static Redriven redriven(long... offsets) {
        Offsets letters = new Offsets();
        Offsets results = new Offsets();
        for (long offset : offsets) {
            letters.add(offset);
            results.add(offset);
        }
        return new Redriven(List.of("purchase-split"), Map.of("a", "b"), letters, results, new Offsets());
    }
}
