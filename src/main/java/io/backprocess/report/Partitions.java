package io.backprocess.report;

import io.backprocess.render.PageWords;
import io.backprocess.render.Words;
import io.backprocess.status.BatchStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The slowest partitions of the source, and then all of them.
 *
 * @param shown the number of partitions in {@code all}; null if these are all
 */
record Partitions(
        List<Slow> slowest,
        long count,
        List<Row> all,
        @Nullable Integer shown) {
    private static final int SLOWEST = 10;
    private static final int MOST_ROWS = 500;

    /** @param number the number of the partition, which is no count */
    record Row(String number, String percent, BatchStatus.PartitionStatus partition) {
        static Row of(BatchStatus.PartitionStatus partition) {
            return new Row(String.valueOf(partition.partition()), PageWords.percent(partition.percent()), partition);
        }
    }

    /** @param bar the length of its bar, of 100 */
    record Slow(Row row, String rate, String worked, String bar) {}

    /**
     * The pace of one partition.
     *
     * @param worked the time from the plan to the partition's last commit; null if nothing of it is committed
     */
    private record Pace(
            BatchStatus.PartitionStatus partition, @Nullable Duration worked) {
        long remaining() {
            return partition.remaining();
        }

        int number() {
            return partition.partition();
        }

        double rate() {
            return worked == null ? 0 : partition.read() * 1000.0 / Math.max(1, worked.toMillis());
        }

        long millis() {
            return worked == null ? 0 : worked.toMillis();
        }

        Slow against(double length) {
            return new Slow(
                    Row.of(partition),
                    PageWords.rate(rate()),
                    worked == null ? "–" : Words.duration(worked),
                    Bar.number(100 * Math.max(0, Math.min(1, length))));
        }
    }

    static Partitions of(BatchStatus status, LedgerHistory history, Instant planned) {
        List<BatchStatus.PartitionStatus> all = status.partitions();
        return new Partitions(
                slowest(all, history, planned),
                all.size(),
                all.stream().limit(MOST_ROWS).map(Row::of).toList(),
                all.size() > MOST_ROWS ? MOST_ROWS : null);
    }

    /** Returns those with the most remaining offsets first. Among equals, those that finished last come first. */
    private static List<Slow> slowest(List<BatchStatus.PartitionStatus> all, LedgerHistory history, Instant planned) {
        List<Pace> slowest = all.stream()
                .map(partition -> pace(partition, history, planned))
                .sorted(Comparator.comparingLong(Pace::remaining)
                        .thenComparingLong(Pace::millis)
                        .reversed()
                        .thenComparingInt(Pace::number))
                .limit(SLOWEST)
                .toList();
        boolean done = slowest.stream().allMatch(pace -> pace.remaining() == 0);
        ToLongFunction<Pace> length = done ? Pace::millis : Pace::remaining;
        long longest = Math.max(1, slowest.stream().mapToLong(length).max().orElse(0));
        return slowest.stream()
                .map(pace -> pace.against((double) length.applyAsLong(pace) / longest))
                .toList();
    }

    private static Pace pace(BatchStatus.PartitionStatus partition, LedgerHistory history, Instant planned) {
        Instant commit = history.lastCommit(partition.partition());
        return new Pace(
                partition,
                commit == null ? null : Duration.between(planned, commit).abs());
    }
}
