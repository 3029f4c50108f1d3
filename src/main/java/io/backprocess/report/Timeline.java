package io.backprocess.report;

import io.backprocess.ledger.BatchLedger.Commit;
import io.backprocess.ledger.LedgerLine;
import io.backprocess.render.UsualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a batch in equal steps of time. There are at most some hundred steps, however long the batch took.
 *
 * <p>A ledger line says what a subtask did since the previous checkpoint. Its counts are spread over that time, but over at most
 * twice the usual time between two checkpoints. So a pause is visible as a pause.
 */
final class Timeline {
    private static final int MAX_STEPS = 240;
    private static final int USUAL_TIMES = 2;

    final Instant start;
    final Instant end;
    /** The records read in each step, not up to it. */
    private final double[] read;

    private final double[] results;

    private Timeline(Instant start, Instant end, int steps) {
        this.start = start;
        this.end = end;
        this.read = new double[steps];
        this.results = new double[steps];
    }

    private void add(double newRead, double newResults, Instant from, Instant to) {
        double begin = step(from);
        double end = step(to);
        for (int step = index(begin); step <= index(end); step++) {
            double part = end > begin ? (Math.min(end, step + 1.0) - Math.max(begin, step)) / (end - begin) : 1;
            read[step] += part * newRead;
            results[step] += part * newResults;
        }
    }

    /** Returns the number of steps since the start, with a fraction. */
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

    /** Returns the end of a step. */
    Instant at(int step) {
        return start.plusMillis(Math.round((step + 1) * stepMillis()));
    }

    long read(int from, int to) {
        return sum(read, from, to);
    }

    long results(int from, int to) {
        return sum(results, from, to);
    }

    /** Returns the records read per second, from one step (inclusive) to another (exclusive). */
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

    static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /**
     * Builds a timeline from lines that it does not keep. The first lines wait until the usual time between two
     * checkpoints is known. Then each line goes into steps that become longer as the batch does.
     */
    static final class Builder {
        private static final int HELD = 1024;
        private static final int FINE_STEPS = 8 * MAX_STEPS;

        private final Instant planned;
        private final Map<Integer, Subtask> subtasks = new HashMap<>();
        private final UsualTime usual = new UsualTime();
        private final List<Stretch> held = new ArrayList<>();
        private @Nullable Instant first;
        private @Nullable Instant last;
        private @Nullable Timeline fine;

        /** @param before when the subtask wrote its lines of the previous checkpoint; null at the first checkpoint */
        private record Subtask(
                long checkpoint, Instant at, @Nullable Instant before) {}

        /** @param begin when the counts begin; null for the start of the timeline */
        private record Stretch(@Nullable Instant begin, Instant at, long read, long results) {}

        Builder(Instant planned) {
            this.planned = planned;
        }

        void add(Commit commit) {
            LedgerLine line = commit.line();
            first = earlier(first == null ? planned : first, commit.at());
            last = later(last == null ? first : last, commit.at());
            Stretch span = new Stretch(
                    begin(commit),
                    commit.at(),
                    line.outcomes().read(),
                    line.outcomes().results());
            if (fine == null) {
                held.add(span);
                if (held.size() == HELD) {
                    fine = release(new Timeline(first, later(last, first.plusMillis(FINE_STEPS)), FINE_STEPS), first);
                    held.clear();
                }
            } else {
                usual.add(millis(span, fine.start));
                fine = put(span, reaching(fine, commit.at()), fine.start);
            }
        }

        private @Nullable Instant begin(Commit commit) {
            int subtask = commit.line().subtask();
            long checkpoint = commit.line().checkpoint();
            Subtask before = subtasks.get(subtask);
            Instant begin = before == null ? null : before.checkpoint() == checkpoint ? before.before() : before.at();
            subtasks.put(subtask, new Subtask(checkpoint, commit.at(), begin));
            return begin;
        }

        private Timeline release(Timeline timeline, Instant start) {
            held.forEach(span -> usual.add(millis(span, start)));
            for (Stretch span : held) {
                put(span, timeline, start);
            }
            return timeline;
        }

        private static long millis(Stretch span, Instant start) {
            Instant begin = span.begin() == null ? start : span.begin();
            return Math.max(1, Duration.between(begin, span.at()).toMillis());
        }

        private Timeline put(Stretch span, Timeline timeline, Instant start) {
            Instant begin = span.begin() == null ? start : span.begin();
            Instant bounded = later(begin, span.at().minusMillis(USUAL_TIMES * usual.millis()));
            timeline.add((double) span.read(), (double) span.results(), bounded, later(bounded, span.at()));
            return timeline;
        }

        /** Doubles the length of the steps until the timeline reaches the given end. */
        private static Timeline reaching(Timeline timeline, Instant end) {
            Timeline wider = timeline;
            while (end.isAfter(wider.end)) {
                wider = wider.over(
                        wider.start, wider.end.plus(Duration.between(wider.start, wider.end)), wider.steps());
            }
            return wider;
        }

        @Nullable
        Timeline build() {
            if (first == null || last == null) {
                return null;
            }
            long seconds = Duration.between(first, last).toSeconds();
            int steps = (int) Math.max(1, Math.min(MAX_STEPS, seconds));
            return fine == null ? release(new Timeline(first, last, steps), first) : fine.over(fine.start, last, steps);
        }
    }

    /** Returns this timeline in other steps. */
    private Timeline over(Instant newStart, Instant newEnd, int steps) {
        Timeline other = new Timeline(newStart, newEnd, steps);
        for (int step = 0; step < read.length; step++) {
            if (read[step] != 0 || results[step] != 0) {
                Instant begin = earlier(start.plusMillis(Math.round(step * stepMillis())), newEnd);
                other.add(read[step], results[step], begin, earlier(at(step), newEnd));
            }
        }
        return other;
    }
}
