package io.backprocess.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.render.Bars;
import io.backprocess.render.Html;
import io.backprocess.render.Words;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Writes the slowest partitions of the source, and then all of them. */
final class Partitions {
    private static final int SLOWEST = 10;
    private static final int MOST_ROWS = 500;

    /**
     * The pace of one partition.
     *
     * @param worked the time from the plan to the partition's last commit; null if nothing of it is committed
     */
    private record Pace(
            int partition,
            long remaining,
            long read,
            @Nullable Duration worked) {
        double rate() {
            return worked == null ? 0 : read * 1000.0 / Math.max(1, worked.toMillis());
        }

        long millis() {
            return worked == null ? 0 : worked.toMillis();
        }
    }

    private final List<JsonNode> partitions;

    Partitions(JsonNode status) {
        partitions = StreamSupport.stream(status.path("partitions").spliterator(), false)
                .toList();
    }

    /** Writes the partitions with the most remaining offsets first. Among equals, those that finished last come first. */
    void writeSlowest(Html html, LedgerHistory history, Instant planned) {
        List<Pace> slowest = partitions.stream()
                .map(partition -> pace(partition, history, planned))
                .sorted(Comparator.comparingLong(Pace::remaining)
                        .thenComparingLong(Pace::millis)
                        .reversed()
                        .thenComparingInt(Pace::partition))
                .limit(SLOWEST)
                .toList();
        boolean done = slowest.stream().allMatch(pace -> pace.remaining() == 0);
        ToLongFunction<Pace> length = done ? Pace::millis : Pace::remaining;
        long longest = slowest.stream().mapToLong(length).max().orElse(0);
        html.open("section", "class", "card").element("h2", "Slowest partitions");
        html.openTable("Slowest partitions", "partition", "remaining", "read", "records/s", "last commit after", "");
        for (Pace pace : slowest) {
            html.open("tr").element("th", String.valueOf(pace.partition()), "scope", "row");
            html.element("td", Words.count(pace.remaining()))
                    .element("td", Words.count(pace.read()))
                    .element("td", Words.rate(pace.rate()))
                    .element("td", pace.worked() == null ? "–" : Words.duration(pace.worked()));
            Bars.cell(html, longest == 0 ? 0 : (double) length.applyAsLong(pace) / longest);
            html.close("tr");
        }
        html.closeTable().close("section");
    }

    private static Pace pace(JsonNode partition, LedgerHistory history, Instant planned) {
        int number = partition.path("partition").asInt();
        Instant commit = history.lastCommit(number);
        return new Pace(
                number,
                partition.path("remaining").asLong(),
                partition.path("read").asLong(),
                commit == null ? null : Duration.between(planned, commit).abs());
    }

    void writeAll(Html html) {
        html.open("section", "class", "card").open("details");
        html.element("summary", "All %s partitions".formatted(Words.count(partitions.size())));
        html.openTable(
                "Partitions",
                "partition",
                "start",
                "end",
                "percent",
                "remaining",
                "read",
                "skipped",
                "outside",
                "duplicates",
                "dead letters",
                "taken",
                "results");
        partitions.stream()
                .limit(MOST_ROWS)
                .forEach(partition -> html.row(
                        partition.path("partition").asText(),
                        count(partition, "start"),
                        count(partition, "end"),
                        Words.percent(partition.path("percent").asDouble()),
                        count(partition, "remaining"),
                        count(partition, "read"),
                        count(partition, "skipped"),
                        count(partition, "outside"),
                        count(partition, "duplicates"),
                        count(partition, "deadLetters"),
                        count(partition, "taken"),
                        count(partition, "results")));
        html.closeTable();
        if (partitions.size() > MOST_ROWS) {
            html.element(
                    "p",
                    "These are the first %s. The element “status” of this page holds the data of all partitions."
                            .formatted(Words.count(MOST_ROWS)),
                    "class",
                    "note");
        }
        html.close("details").close("section");
    }

    private static String count(JsonNode partition, String figure) {
        return Words.count(partition.path(figure).asLong());
    }
}
