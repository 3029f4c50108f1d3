package io.backprocess.cli;

import io.backprocess.flink.FlinkState;
import io.backprocess.render.Table;
import io.backprocess.render.Words;
import io.backprocess.status.BatchState;
import io.backprocess.status.BatchStatus;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Describes a status for people. */
public final class StatusText {
    private StatusText() {}

    static String of(BatchStatus status) {
        Table table = new Table(
                "partition",
                "percent",
                "remaining",
                "read",
                "skipped",
                "outside",
                "duplicates",
                "dead letters",
                "taken",
                "results");
        for (BatchStatus.PartitionStatus partition : status.partitions()) {
            table.row(
                    String.valueOf(partition.partition()),
                    Words.percent(partition.percent()),
                    partition.remaining(),
                    partition.read(),
                    partition.skipped(),
                    partition.outside(),
                    partition.duplicates(),
                    partition.deadLetters(),
                    partition.taken(),
                    partition.results());
        }
        table.row(
                "total",
                Words.percent(status.percent()),
                status.remaining(),
                status.read(),
                status.skipped(),
                status.outside(),
                status.duplicates(),
                status.deadLetters(),
                status.taken(),
                status.results());
        return "%s is %s: %s, %s records/s, ETA %s%n%s%s%n%s%s%s%s"
                .formatted(
                        status.batchId(),
                        status.state(),
                        howFar(status),
                        Words.rate(status.recordsPerSecond()),
                        eta(status),
                        flink(status),
                        hidden(status),
                        table.unlessZero("outside"),
                        breakdown("dead letters", status.deadLettersByReason()),
                        breakdown("skipped versions", status.skippedByVersion()),
                        status.concernInWords().map("warning: %s%n"::formatted).orElse(""));
    }

    private static String hidden(BatchStatus status) {
        return status.ledgerHidden() == null
                ? ""
                : "cannot tell yet whether there is more: %s%n"
                        .formatted(status.ledgerHidden().message());
    }

    private static String breakdown(String what, Map<String, Long> counts) {
        return counts.isEmpty()
                ? ""
                : "%s: %s%n"
                        .formatted(
                                what,
                                counts.entrySet().stream()
                                        .map(entry -> entry.getKey() + " " + Words.count(entry.getValue()))
                                        .collect(Collectors.joining(", ")));
    }

    /** Returns the progress. A batch that follows its topic shows its lag, because its percentage would always be about 100. */
    static String howFar(BatchStatus status) {
        return status.following()
                ? "following, %s behind".formatted(Words.count(status.remaining()))
                : Words.percent(status.percent());
    }

    /** Describes the Flink job while the batch runs. The failure of a job that has ended is printed elsewhere. */
    private static String flink(BatchStatus status) {
        FlinkState flink = status.flink();
        return flink == null || !status.is(BatchState.RUNNING) ? "" : FlinkStateText.of(flink);
    }

    /** Returns the estimated time, as a range if its bounds differ by more than a tenth. */
    public static String eta(BatchStatus status) {
        Long low = status.etaLowSeconds();
        Long high = status.etaHighSeconds();
        return low == null || high == null || high - low <= Math.max(1, high / 10)
                ? eta(status.etaSeconds())
                : eta(low) + " to " + eta(high);
    }

    private static String eta(@Nullable Long seconds) {
        return seconds == null ? "unknown" : Words.duration(Duration.ofSeconds(seconds));
    }
}
