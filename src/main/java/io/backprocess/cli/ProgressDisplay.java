package io.backprocess.cli;

import io.backprocess.batch.BatchPlan;
import io.backprocess.flink.FlinkState;
import io.backprocess.render.OwnProcess;
import io.backprocess.render.Words;
import io.backprocess.status.BatchState;
import io.backprocess.status.BatchStatus;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Shows a batch's progress while a command watches it: a bar on a terminal, otherwise a line every few seconds. */
final class ProgressDisplay implements AutoCloseable {
    private static final Duration LINE_INTERVAL = Duration.ofSeconds(5);

    private final PrintWriter err;
    private final @Nullable ProgressBar bar;
    private Instant nextLine = Instant.EPOCH;
    private List<String> told = List.of();

    ProgressDisplay(BatchPlan plan, PrintWriter err) {
        this.err = err;
        // A batch that follows its topic has no end that a bar could reach.
        this.bar = plan.isFollowing() ? null : bar(plan.spec().batchId(), plan.size());
    }

    /**
     * Creates a bar, also for other work over a batch's range.
     *
     * @param size the number of offsets; -1 if it is unknown
     * @return the bar; null if there is no terminal to draw it on
     */
    @SuppressWarnings("SystemConsoleNull") // Java 17
    static @Nullable ProgressBar bar(String task, long size) {
        return System.console() == null
                ? null
                : new ProgressBarBuilder()
                        .setTaskName(task)
                        .setInitialMax(size)
                        .setStyle(
                                OwnProcess.draws(OwnProcess.errCharset())
                                        ? ProgressBarStyle.UNICODE_BLOCK
                                        : ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(500)
                        .showSpeed()
                        .build();
    }

    /** Shows the status, and tells whether the batch may still change. */
    boolean show(BatchStatus status) {
        tell(status.flink());
        boolean goesOn = status.is(BatchState.RUNNING) || status.is(BatchState.PLANNED);
        if (bar != null) {
            bar.stepTo(bar.getMax() - status.remaining());
            bar.setExtraMessage("%s results, %s dead letters%s"
                    .formatted(Words.count(status.results()), Words.count(status.deadLetters()), holding(status)));
        } else if (!goesOn || Instant.now().isAfter(nextLine)) {
            nextLine = Instant.now().plus(LINE_INTERVAL);
            err.println("%s %s: %s, %s read, %s results, %s dead letters, %s records/s, ETA %s%s"
                    .formatted(
                            status.batchId(),
                            status.state(),
                            StatusText.howFar(status),
                            Words.count(status.read()),
                            Words.count(status.results()),
                            Words.count(status.deadLetters()),
                            Words.rate(status.recordsPerSecond()),
                            StatusText.eta(status),
                            holding(status)));
            err.flush();
        }
        return goesOn;
    }

    /** Prints what is new each time that the trouble of the Flink job changes, or that the job begins to hold. */
    private void tell(@Nullable FlinkState flink) {
        List<String> lines = flink == null ? List.of() : FlinkStateText.lines(flink);
        for (String line : lines) {
            if (!told.contains(line)) {
                err.println((bar == null ? "" : System.lineSeparator()) + line);
                err.flush();
            }
        }
        told = lines;
    }

    private static String holding(BatchStatus status) {
        FlinkState flink = status.flink();
        return flink != null && flink.holding() ? ", holding" : "";
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
