package io.backprocess.report;

import io.backprocess.ledger.BatchLedger.Commit;
import io.backprocess.ledger.LedgerLine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a batch went on, in equal steps of time, some hundreds at most however long it took.
 *
 * <p>A ledger line tells what a subtask did since the checkpoint before. Its counts are spread over that time, but over no
 * more than twice what usually lies between two checkpoints: so a pause is seen as a pause.
 */
final class Timeline {
    private static final int MAX_STEPS = 240;
    private static final int USUAL_TIMES = 2;

    final Instant start;
    final Instant end;
    /** In each step, not up to it. */
    private final double[] read;

    private final double[] results;

    private Timeline(Instant start, Instant end, int steps) {
        this.start = start;
        this.end = end;
        this.read = new double[steps];
        this.results = new double[steps];
    }

    /**
     * Null where nothing is committed yet.
     *
     * @param commits in the order of the ledger
     */
    static @Nullable Timeline of(List<Commit> commits, Instant planned) {
        if (commits.isEmpty()) {
            return null;
        }
        Instant first = commits.stream().map(Commit::at).reduce(planned, Timeline::earlier);
        Instant last = commits.stream().map(Commit::at).reduce(first, Timeline::later);
        long seconds = Duration.between(first, last).toSeconds();
        Timeline timeline = new Timeline(first, last, (int) Math.max(1, Math.min(MAX_STEPS, seconds)));
        List<Instant> begins = begins(commits, first);
        long longest = USUAL_TIMES * usualMillis(commits, begins);
        for (int i = 0; i < commits.size(); i++) {
            Commit commit = commits.get(i);
            Instant begin = later(begins.get(i), commit.at().minusMillis(longest));
            timeline.add(commit.line(), begin, later(begin, commit.at()));
        }
        return timeline;
    }

    /** For each line, when its subtask had written its lines of the checkpoint before. */
    private static List<Instant> begins(List<Commit> commits, Instant first) {
        Map<Integer, Commit> newest = new HashMap<>();
        Map<Integer, Instant> before = new HashMap<>();
        List<Instant> begins = new ArrayList<>(commits.size());
        for (Commit commit : commits) {
            int subtask = commit.line().subtask();
            Commit previous = newest.put(subtask, commit);
            if (previous != null
                    && previous.line().checkpoint() != commit.line().checkpoint()) {
                before.put(subtask, previous.at());
            }
            begins.add(before.getOrDefault(subtask, first));
        }
        return begins;
    }

    /** The median of the times that lines stand for. */
    private static long usualMillis(List<Commit> commits, List<Instant> begins) {
        long[] millis = new long[commits.size()];
        for (int i = 0; i < millis.length; i++) {
            millis[i] = Math.max(
                    1, Duration.between(begins.get(i), commits.get(i).at()).toMillis());
        }
        Arrays.sort(millis);
        return millis[millis.length / 2];
    }

    private void add(LedgerLine line, Instant from, Instant to) {
        double begin = step(from);
        double end = step(to);
        for (int step = index(begin); step <= index(end); step++) {
            double part = end > begin ? (Math.min(end, step + 1.0) - Math.max(begin, step)) / (end - begin) : 1;
            read[step] += part * line.read();
            results[step] += part * line.results();
        }
    }

    /** Steps since the start, with a fraction. */
    private double step(Instant time) {
        return stepMillis() == 0 ? 0 : Duration.between(start, time).toMillis() / stepMillis();
    }

    private int index(double step) {
        return Math.max(0, Math.min(read.length - 1, (int) step));
    }

    private double stepMillis() {
        return (double) Duration.between(start, end).toMillis() / read.length;
    }

    int steps() {
        return read.length;
    }

    /** When the step is over. */
    Instant at(int step) {
        return start.plusMillis(Math.round((step + 1) * stepMillis()));
    }

    long read(int from, int to) {
        return sum(read, from, to);
    }

    long results(int from, int to) {
        return sum(results, from, to);
    }

    /** Records read a second, from one step (inclusive) to another (exclusive). */
    double rate(int from, int to) {
        double sum = 0;
        for (int step = from; step < to; step++) {
            sum += read[step];
        }
        return sum * 1000 / Math.max(1, (to - from) * stepMillis());
    }

    private static long sum(double[] values, int from, int to) {
        double sum = 0;
        for (int step = from; step < to; step++) {
            sum += values[step];
        }
        return Math.round(sum);
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
