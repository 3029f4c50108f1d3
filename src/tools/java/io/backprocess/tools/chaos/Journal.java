package io.backprocess.tools.chaos;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Prints each event as a line with the time, and collects the tables of rounds and faults. */
final class Journal {
    private final Options options;
    private final PrintStream out;
    private final List<String> rows = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
    private long begun = System.nanoTime();
    private int round;

    Journal(Options options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    /** Starts the clock again, once the stack runs. */
    void startClock() {
        begun = System.nanoTime();
    }

    int seconds() {
        return (int) ((System.nanoTime() - begun) / 1_000_000_000);
    }

    void beginRound(int number) {
        round = number;
    }

    int round() {
        return round;
    }

    void heading(String text) {
        out.println("\n== " + text);
    }

    void say(String text) {
        out.println(text);
    }

    void note(String text) {
        out.println("%6d s  %s".formatted(seconds(), text));
    }

    void violation(String batch, String what) {
        note("VIOLATION: " + batch + ": " + what);
        violations.add("round " + round + ", " + batch + ": " + what);
    }

    int violations() {
        return violations.size();
    }

    void count(Fault fault) {
        counts.merge(fault, 1, Integer::sum);
    }

    /**
     * Ends a round. {@code secondsBefore} and {@code violationsBefore} are the clock and the number of violations at its
     * beginning.
     */
    void endRound(int secondsBefore, int violationsBefore, List<Fault> faults, int resumes, int repairs, int overs) {
        rows.add("| %s | %d | %d | %s | %d | %d | %d | %d |"
                .formatted(
                        envelopes().isEmpty() ? round : round + " " + options.history(round),
                        options.events,
                        seconds() - secondsBefore,
                        String.join(" ", faults.stream().map(Fault::toString).toList()),
                        resumes,
                        repairs,
                        overs,
                        violations.size() - violationsBefore));
    }

    /** Returns the option that says which envelopes the histories have; nothing by default. */
    private String envelopes() {
        return options.histories.equals(List.of(History.BACKPROCESS))
                ? ""
                : " --envelopes \"%s\""
                        .formatted(options.histories.stream()
                                .map(History::toString)
                                .collect(Collectors.joining(" ")));
    }

    boolean hasRounds() {
        return !rows.isEmpty();
    }

    /** Returns the whole page, as Markdown. */
    String table(List<Fault> faults) {
        List<String> lines = new ArrayList<>();
        Collections.addAll(
                lines,
                "# What the batches were put through",
                "",
                "Written by `scripts/chaos`, which says what each fault is and how a batch is judged. To repeat it:",
                "",
                "    scripts/chaos --minutes %d --seed %d --events %d%s"
                        .formatted(options.minutes, options.seed, options.events, envelopes()),
                "",
                "| round | records | seconds | faults | resumed | repaired | started over | violations |",
                "|---:|---:|---:|---|---:|---:|---:|---:|");
        lines.addAll(rows);
        Collections.addAll(lines, "", "| fault | times |", "|---|---:|");
        faults.forEach(fault -> lines.add("| " + fault + " | " + counts.getOrDefault(fault, 0) + " |"));
        Collections.addAll(
                lines,
                "",
                "Seed %d: %d rounds, %d records, %d minutes, %d violations."
                        .formatted(
                                options.seed,
                                rows.size(),
                                (long) rows.size() * options.events,
                                seconds() / 60,
                                violations.size()));
        violations.forEach(violation -> lines.add("- " + violation));
        return String.join("\n", lines) + "\n";
    }
}
