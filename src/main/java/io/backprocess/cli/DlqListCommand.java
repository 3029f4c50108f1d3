package io.backprocess.cli;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.backprocess.cli.options.DlqOptions;
import io.backprocess.cli.options.OutputOption;
import io.backprocess.deadletter.StoredDeadLetter;
import io.backprocess.event.EventTime;
import io.backprocess.event.Origin;
import io.backprocess.render.Printable;
import io.backprocess.render.Table;
import io.backprocess.render.Words;
import io.backprocess.status.DeadLetterScan;
import io.backprocess.status.ListedDeadLetter;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists dead letters. */
@Command(
        name = "list",
        description = "List dead letters, the newest by their own timestamp first.",
        mixinStandardHelpOptions = true)
final class DlqListCommand implements Callable<Integer> {
    private static final int MESSAGE_LENGTH = 60;
    private static final int EVENT_ID_LENGTH = 36;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private DlqOptions options = new DlqOptions();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "Maximum number to list (default: 50).")
    private int limit;

    /** A dead letter in the JSON. Its field names must not change. */
    private record Listed(
            @JsonUnwrapped Origin origin,
            @JsonUnwrapped ListedFailure failure,
            @Nullable String revision,
            long deadLetterOffset,
            boolean redriven,
            @Nullable Long valueSize) {}

    /** The failure of a record, in the JSON of {@code dlq list} and {@code dlq show}. Its field names must not change. */
    record ListedFailure(
            @Nullable Instant timestamp,
            String stage,
            String reason,
            int attempts,
            @Nullable String eventId,
            @Nullable String exception,
            @Nullable String message) {
        static ListedFailure of(StoredDeadLetter letter) {
            return new ListedFailure(
                    EventTime.ofRecord(letter.record()),
                    letter.failure().stage(),
                    letter.failure().reason().toString(),
                    letter.failure().attempts(),
                    letter.eventId(),
                    letter.failure().exception(),
                    letter.failure().message());
        }
    }

    private record DeadLetterListing(String batchId, long total, long foreign, List<Listed> deadLetters) {}

    @Override
    public Integer call() {
        DlqOptions.checkLimit(limit);
        DeadLetterScan scan = options.scan(null, any -> true);
        List<ListedDeadLetter> letters = scan.newest(limit, DlqListCommand::withoutContent);
        PrintWriter out = command.commandLine().getOut();
        if (options.isJson()) {
            out.println(OutputOption.json(new DeadLetterListing(
                    options.batchId(),
                    scan.fitting(),
                    scan.foreign(),
                    letters.stream().map(DlqListCommand::listed).toList())));
        } else {
            print(letters, scan, out);
        }
        out.flush();
        return 0;
    }

    /** Drops the content of a dead letter. A list does not show values, and they may be large. */
    private static ListedDeadLetter withoutContent(ListedDeadLetter listed) {
        return new ListedDeadLetter(listed.letter().withoutContent(), listed.redriven());
    }

    private static Listed listed(ListedDeadLetter listed) {
        StoredDeadLetter letter = listed.letter();
        return new Listed(
                letter.origin(),
                ListedFailure.of(letter),
                letter.writer().revision(),
                letter.offset(),
                listed.redriven(),
                letter.reference() == null ? null : letter.reference().valueSize());
    }

    private void print(List<ListedDeadLetter> letters, DeadLetterScan scan, PrintWriter out) {
        if (letters.isEmpty()) {
            out.println(options.batchId() + " has no dead letters that match");
        } else {
            List<String[]> rows = new ArrayList<>();
            rows.add(new String[] {"origin", "timestamp", "stage", "reason", "attempts", "eventId", "message"});
            letters.forEach(letter -> rows.add(row(letter)));
            out.print(columns(rows));
        }
        if (scan.fitting() > letters.size()) {
            out.println("… and %s more; show more with --limit N, or filter with --reason, --stage and --since"
                    .formatted(Words.count(scan.fitting() - letters.size())));
        }
        foreign(scan.foreign(), out);
    }

    static void foreign(long count, PrintWriter out) {
        if (count > 0) {
            out.println("%s records in the topic are not dead letters: another process has written there"
                    .formatted(Words.count(count)));
        }
    }

    private static String[] row(ListedDeadLetter listed) {
        StoredDeadLetter letter = listed.letter();
        Instant timestamp = EventTime.ofRecord(letter.record());
        return new String[] {
            Printable.line(letter.origin().toString()),
            timestamp == null ? "-" : timestamp.toString(),
            Printable.line(letter.failure().stage()),
            letter.failure().reason() + (listed.redriven() ? " (redriven)" : ""),
            String.valueOf(letter.failure().attempts()),
            Printable.line(letter.eventId(), EVENT_ID_LENGTH),
            Printable.line(letter.failure().message(), MESSAGE_LENGTH)
        };
    }

    /** Lays the rows out in left-aligned columns. */
    private static String columns(List<String[]> rows) {
        int[] widths = Table.widths(rows);
        StringBuilder text = new StringBuilder();
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.length; column++) {
                line.append(row[column]).append(" ".repeat(widths[column] - row[column].length() + 2));
            }
            text.append(line.toString().stripTrailing()).append(System.lineSeparator());
        }
        return text.toString();
    }
}
