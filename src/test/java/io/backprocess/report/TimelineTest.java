package io.backprocess.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.backprocess.ledger.BatchLedger.Commit;
import io.backprocess.ledger.LedgerLine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TimelineTest {
    private static final Instant START = Instant.parse("2025-11-15T08:00:00Z");

    private final List<Commit> commits = new ArrayList<>();

    @Test
    void hasNothingToShowOfABatchThatHasCommittedNothing() {
        assertThat(built()).isNull();
    }

    @Test
    void spreadsWhatACheckpointCommittedOverTheTimeSinceTheOneBefore() {
        commit(0, 1, 10, 1000);
        commit(0, 2, 20, 500);

        Timeline timeline = timeline();

        assertThat(timeline.steps()).isEqualTo(20);
        assertThat(timeline.rate(0, 10)).isCloseTo(100, within(0.1));
        assertThat(timeline.rate(3, 4)).isCloseTo(100, within(0.1));
        assertThat(timeline.rate(15, 16)).isCloseTo(50, within(0.1));
        assertThat(timeline.at(19)).isEqualTo(START.plusSeconds(20));
    }

    @Test
    void showsAPauseAsAPause() {
        for (int checkpoint = 1; checkpoint <= 5; checkpoint++) {
            commit(0, checkpoint, checkpoint * 10L, 1000);
        }
        commit(0, 6, 230, 1000);

        Timeline timeline = timeline();

        assertThat(timeline.read(50, 210)).isZero();
        assertThat(timeline.read(210, 230)).isEqualTo(1000);
    }

    @Test
    void takesTheLinesOfOneCheckpointTogetherWhicheverPartitionTheyAreOf() {
        commit(0, 1, 10, 500);
        commit(0, 1, 10, 500);
        commit(1, 1, 10, 1000);

        assertThat(timeline().rate(5, 6)).isCloseTo(200, within(0.1));
    }

    @Test
    void addsUpToExactlyWhatTheLedgerHas() {
        long read = 0;
        for (int checkpoint = 1; checkpoint <= 1000; checkpoint++) {
            commit(checkpoint % 3, checkpoint, checkpoint * 7L, checkpoint * 13L);
            read += checkpoint * 13L;
        }

        Timeline timeline = timeline();

        assertThat(timeline.steps()).isEqualTo(240);
        assertThat(timeline.read(0, 240)).isEqualTo(read);
        assertThat(timeline.results(0, 240)).isEqualTo(2 * read);
    }

    @Test
    void showsALongBatchInTheSameStepsWithoutItsLines() {
        for (int checkpoint = 1; checkpoint <= 20_000; checkpoint++) {
            commit(0, checkpoint, checkpoint * 10L, 1000);
        }
        commit(0, 20_001, 400_000, 1000);

        Timeline timeline = timeline();

        assertThat(timeline.steps()).isEqualTo(240);
        assertThat(timeline.at(239)).isEqualTo(START.plusSeconds(400_000));
        assertThat(timeline.read(0, 240)).isEqualTo(20_001_000);
        assertThat(timeline.rate(10, 100)).isCloseTo(100, within(0.1));
        assertThat(timeline.read(121, 239)).as("a pause").isZero();
        assertThat(timeline.read(239, 240)).isEqualTo(1000);
    }

    @Test
    void doesNotMindAClockThatIsBehind() {
        commit(0, 1, -30, 10);
        commit(0, 2, -20, 10);

        assertThat(timeline().read(0, timeline().steps())).isEqualTo(20);
    }

    private Timeline timeline() {
        return Objects.requireNonNull(built());
    }

    private @Nullable Timeline built() {
        Timeline.Builder builder = new Timeline.Builder(START);
        commits.forEach(builder::add);
        return builder.build();
    }

    private void commit(int subtask, long checkpoint, long seconds, long read) {
        LedgerLine line = new LedgerLine(
                "b",
                commits.size(),
                checkpoint,
                subtask,
                new LedgerLine.Covered(0L, read),
                new LedgerLine.Outcomes(read, Map.of(), 0, Map.of(), read, 2 * read));
        commits.add(new Commit(START.plusSeconds(seconds), line, null, null));
    }
}
