package io.backprocess.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.kafka.PartitionRange;
import io.backprocess.render.CalendarUnit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class DeadLetterTimesTest {
    private static final Instant START = Instant.parse("2025-01-31T08:30:00Z");

    private final DeadLetterTimes times = new DeadLetterTimes();

    @Test
    void countsByReasonAndHourAndShowsTheHoursBetweenThatHaveNone() {
        times.add(START, "rejected");
        times.add(START.plusSeconds(60), "rejected");
        times.add(START.plusSeconds(60), "tombstone");
        times.add(START.plus(Duration.ofHours(3)), "tombstone");

        assertThat(times.unit()).isEqualTo(CalendarUnit.HOUR);
        assertThat(times.spans().stream().map(times::label))
                .containsExactly("01-31 08:00", "01-31 09:00", "01-31 10:00", "01-31 11:00");
        assertThat(times.count(Instant.parse("2025-01-31T08:00:00Z"), "rejected"))
                .isEqualTo(2);
        assertThat(times.byReason()).containsExactly(Map.entry("rejected", 2L), Map.entry("tombstone", 2L));
        assertThat(times.peak()).isEqualTo(Map.entry(Instant.parse("2025-01-31T08:00:00Z"), 3L));
    }

    @Test
    void turnsToDaysWhenThereAreMoreThan72Hours() {
        for (int hour = 0; hour < 72; hour++) {
            times.add(START.plus(Duration.ofHours(hour)), "rejected");
        }
        assertThat(times.unit()).isEqualTo(CalendarUnit.HOUR);

        times.add(START.plus(Duration.ofDays(3)), "rejected");

        assertThat(times.unit()).isEqualTo(CalendarUnit.DAY);
        assertThat(times.spans().stream().map(times::label))
                .containsExactly("2025-01-31", "2025-02-01", "2025-02-02", "2025-02-03");
        assertThat(times.spans().stream().mapToLong(times::count)).containsExactly(16L, 24L, 24L, 9L);
    }

    @Test
    void staysSmallWhateverTimesItIsGiven() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 100_000; i++) {
            times.add(Instant.ofEpochSecond(random.nextLong(4_102_444_800L)), "rejected");
        }
        times.add(null, "rejected");

        assertThat(times.unit()).isEqualTo(CalendarUnit.YEAR);
        assertThat(times.spans()).hasSize(130);
        assertThat(times.spans().stream().mapToLong(times::count).sum()).isEqualTo(100_000);
        assertThat(times.undated()).isEqualTo(1);
        assertThat(times.counted()).isEqualTo(100_001);
    }

    @Test
    void leavesStretchesWithoutDeadLettersOutWhereTheyWouldBeTooMany() {
        times.add(Instant.EPOCH, "rejected");
        times.add(START, "rejected");

        assertThat(times.spans()).containsExactly(Instant.EPOCH, Instant.parse("2025-01-31T08:00:00Z"));
    }

    @Test
    void takesASampleEvenlyFromTheWholeTopic() {
        List<PartitionRange> whole = List.of(
                new PartitionRange(new TopicPartition("t", 0), 1000, 9_001_000),
                new PartitionRange(new TopicPartition("t", 1), 0, 100));

        List<PartitionRange> pieces = DeadLetterReader.sample(whole, 9_000_100, 900_010).stream()
                .flatMap(List::stream)
                .toList();

        List<PartitionRange> first = pieces.stream()
                .filter(piece -> piece.partition().partition() == 0)
                .toList();
        assertThat(first).hasSize(64);
        assertThat(first.get(0).from()).isEqualTo(1000);
        assertThat(first.get(63).to()).isBetween(8_800_000L, 9_001_000L);
        assertThat(first.stream().mapToLong(piece -> piece.to() - piece.from()).sum())
                .isBetween(899_000L, 901_000L);
        for (int i = 1; i < first.size(); i++) {
            assertThat(first.get(i).from()).isGreaterThan(first.get(i - 1).to());
        }
    }
}
