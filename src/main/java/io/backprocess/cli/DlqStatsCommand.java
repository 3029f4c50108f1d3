package io.backprocess.cli;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.backprocess.cli.options.DlqOptions;
import io.backprocess.cli.options.OutputOption;
import io.backprocess.envelope.Envelope;
import io.backprocess.event.EventTime;
import io.backprocess.render.BarChart;
import io.backprocess.render.CalendarUnit;
import io.backprocess.render.Printable;
import io.backprocess.render.TimeCounts;
import io.backprocess.render.Words;
import io.backprocess.status.DeadLetterScan;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Counts dead letters. */
@Command(
        name = "stats",
        description = "Count dead letters by reason, stage, source partition and hour of event time.",
        mixinStandardHelpOptions = true)
final class DlqStatsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private DlqOptions options = new DlqOptions();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "Maximum number of partitions, those with the most dead letters (default: 50).")
    private int limit;

    /** The JSON that the command prints. Its field names must not change. */
    private record Stats(
            String batchId,
            long total,
            long foreign,
            @JsonUnwrapped Tallies tallies) {}

    /**
     * The counts of the dead letters by one property each.
     *
     * @param withoutTime the number of dead letters that {@code byHour} lacks
     */
    private record Tallies(
            Map<String, Long> byReason,
            Map<String, Long> byStage,
            Map<Integer, Long> byPartition,
            Map<String, Long> byHour,
            long withoutTime) {}

    private final Map<String, Long> byReason = new TreeMap<>();
    private final Map<String, Long> byStage = new TreeMap<>();
    private final Map<Integer, Long> byPartition = new TreeMap<>();
    private final TimeCounts byTime = new TimeCounts();

    @Override
    public Integer call() {
        DlqOptions.checkLimit(limit);
        DeadLetterScan scan = options.scan(null, any -> true);
        EventTime time = new EventTime(Envelope.of(scan.plan(), options.kafka()).mapping());
        scan.forEach(letter -> {
            byReason.merge(letter.letter().failure().reason().toString(), 1L, Long::sum);
            // The stages are a closed list, unless another process has written to the topic.
            byStage.merge(byStage.size() < 20 ? letter.letter().failure().stage() : "other", 1L, Long::sum);
            byPartition.merge(letter.letter().origin().partition(), 1L, Long::sum);
            byTime.add(time.of(letter.letter().record()));
        });
        PrintWriter out = command.commandLine().getOut();
        if (options.isJson()) {
            out.println(OutputOption.json(new Stats(
                    options.batchId(),
                    scan.fitting(),
                    scan.foreign(),
                    new Tallies(byReason, byStage, byPartition, byTime.byHour(), byTime.others()))));
        } else {
            print(scan, out);
        }
        out.flush();
        return 0;
    }

    private void print(DeadLetterScan scan, PrintWriter out) {
        out.println("%s has %s dead letters%s"
                .formatted(
                        options.batchId(),
                        Words.count(scan.fitting()),
                        options.isAll() ? ", including those that were redriven" : ""));
        if (scan.fitting() > 0) {
            int width = command.usageMessage().width();
            Map<String, Long> stages = new LinkedHashMap<>();
            byStage.forEach((stage, count) -> stages.put(Printable.line(stage, 20), count));
            out.println();
            out.println(BarChart.of("by reason", byReason, width));
            out.println(BarChart.of("by stage", stages, width));
            out.println(BarChart.of(partitionTitle(), partitions(), width));
            printTimes(out, width);
        }
        DlqListCommand.foreign(scan.foreign(), out);
    }

    private String partitionTitle() {
        return byPartition.size() <= limit
                ? "by source partition"
                : "by source partition, the worst %d of %d".formatted(limit, byPartition.size());
    }

    private Map<String, Long> partitions() {
        Map<String, Long> shown = new LinkedHashMap<>();
        long least = byPartition.values().stream()
                .sorted(java.util.Comparator.reverseOrder())
                .limit(limit)
                .reduce((first, second) -> second)
                .orElse(0L);
        byPartition.forEach((partition, count) -> {
            if (count >= least && shown.size() < limit) {
                shown.put(String.valueOf(partition), count);
            }
        });
        return shown;
    }

    private void printTimes(PrintWriter out, int width) {
        TimeCounts.Histogram histogram = byTime.histogram();
        String title = "by %s of event time (UTC)".formatted(histogram.unit());
        if (!histogram.counts().isEmpty()) {
            out.print(BarChart.of(
                    histogram.unit() == CalendarUnit.HOUR ? title : title + "; --output json lists the hours",
                    histogram.counts(),
                    width));
        }
        if (byTime.others() > 0) {
            out.println("  %s without a time".formatted(Words.count(byTime.others())));
        }
    }
}
