package io.backprocess.cli;

import io.backprocess.deadletter.StoredDeadLetter;
import io.backprocess.event.EventTime;
import io.backprocess.event.Origin;
import io.backprocess.plan.BatchException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows dead letters in full. */
@Command(
        name = "show",
        description = "Show a dead letter in full: why it died, and the original record.",
        mixinStandardHelpOptions = true)
final class DlqShowCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private DlqOptions options = new DlqOptions();

    @Option(
            names = "--origin",
            paramLabel = "TOPIC/PARTITION/OFFSET",
            description = "The one that was read there, as the list has it.")
    private @Nullable String origin;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "1", description = "How many, the newest (default: 1).")
    private int limit;

    /** Bytes as text where they are UTF-8, else in Base64. */
    private record Bytes(@Nullable String text, @Nullable String base64) {
        static @Nullable Bytes of(byte @Nullable [] bytes) {
            if (bytes == null) {
                return null;
            }
            String text = Printable.text(bytes);
            return new Bytes(text, text == null ? Base64.getEncoder().encodeToString(bytes) : null);
        }
    }

    private record ShownHeader(String name, @Nullable Bytes value) {}

    /** As JSON has it; the field names are kept. */
    private record Shown(
            String topic,
            int partition,
            long offset,
            @Nullable Instant timestamp,
            String stage,
            String reason,
            int attempts,
            @Nullable String eventId,
            @Nullable String exception,
            @Nullable String message,
            @Nullable String stackTrace,
            @Nullable String revision,
            long deadLetterOffset,
            boolean redriven,
            @Nullable Bytes key,
            List<ShownHeader> headers,
            @Nullable Bytes value) {}

    private record Shows(String batchId, long total, long foreign, List<Shown> deadLetters) {}

    @Override
    public Integer call() {
        DlqOptions.checkLimit(limit);
        Origin wanted = wanted();
        DeadLetterScan scan = options.scan(
                wanted == null ? null : wanted.partition(),
                letter -> wanted == null || letter.letter().origin().equals(wanted));
        List<LookedAt> letters = scan.newest(limit, letter -> letter);
        if (letters.isEmpty()) {
            throw BatchException.failed("%s has no such dead letter%s"
                    .formatted(
                            options.batchId(),
                            options.isAll() ? "" : "; --all looks among those too that were redriven"));
        }
        PrintWriter out = command.commandLine().getOut();
        if (options.isJson()) {
            out.println(OutputOption.json(new Shows(
                    options.batchId(),
                    scan.fitting(),
                    scan.foreign(),
                    letters.stream().map(DlqShowCommand::shown).toList())));
        } else {
            letters.forEach(letter -> print(letter, out));
            if (scan.fitting() > letters.size()) {
                out.println("… and %s more".formatted(Table.text(scan.fitting() - letters.size())));
            }
            DlqListCommand.foreign(scan.foreign(), out);
        }
        out.flush();
        return 0;
    }

    private @Nullable Origin wanted() {
        if (origin == null) {
            return null;
        }
        try {
            return Origin.parse(origin);
        } catch (IllegalArgumentException e) {
            throw BatchException.usage("--origin " + e.getMessage());
        }
    }

    private static Shown shown(LookedAt lookedAt) {
        StoredDeadLetter letter = lookedAt.letter();
        List<ShownHeader> headers = new ArrayList<>();
        for (Header header : letter.record().headers()) {
            headers.add(new ShownHeader(header.key(), Bytes.of(header.value())));
        }
        return new Shown(
                letter.origin().topic(),
                letter.origin().partition(),
                letter.origin().offset(),
                EventTime.ofRecord(letter.record()),
                letter.stage(),
                letter.reason().toString(),
                letter.attempts(),
                letter.eventId(),
                letter.exception(),
                letter.message(),
                letter.stackTrace(),
                letter.revision(),
                letter.offset(),
                lookedAt.redriven(),
                Bytes.of(letter.record().key()),
                headers,
                Bytes.of(letter.record().value()));
    }

    private static void print(LookedAt lookedAt, PrintWriter out) {
        StoredDeadLetter letter = lookedAt.letter();
        Instant timestamp = EventTime.ofRecord(letter.record());
        out.println(Printable.line(letter.origin().toString()));
        field(out, "reason", letter.reason() + (lookedAt.redriven() ? " (redriven)" : ""));
        field(out, "stage", letter.stage());
        field(out, "message", letter.message());
        field(out, "exception", letter.exception());
        field(out, "attempts", String.valueOf(letter.attempts()));
        field(out, "eventId", letter.eventId());
        field(out, "revision", letter.revision());
        field(out, "timestamp", timestamp == null ? null : timestamp.toString());
        field(
                out,
                "dead letter",
                "offset %d of partition %d"
                        .formatted(letter.offset(), letter.record().partition()));
        if (letter.stackTrace() != null) {
            out.println("  stack trace");
            block(out, Printable.lines(letter.stackTrace().replace("\r", "").replace("\t", "  ")));
        }
        byte[] key = letter.record().key();
        part(out, "key", key);
        for (Header header : letter.record().headers()) {
            part(out, "header " + Printable.line(header.key()), header.value());
        }
        part(out, "value", letter.record().value());
        out.println();
    }

    private static void field(PrintWriter out, String name, @Nullable String value) {
        if (value != null) {
            out.println("  %-11s  %s".formatted(name, Printable.line(value)));
        }
    }

    private static void part(PrintWriter out, String name, byte @Nullable [] bytes) {
        out.println("  %s (%s)".formatted(name, Printable.kind(bytes)));
        if (bytes != null && bytes.length > 0) {
            block(out, Printable.value(bytes));
        }
    }

    private static void block(PrintWriter out, String text) {
        text.lines().forEach(line -> out.println("    " + line));
    }
}
