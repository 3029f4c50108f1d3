package io.backprocess.cli;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.backprocess.batch.BatchException;
import io.backprocess.cli.options.DlqOptions;
import io.backprocess.cli.options.OutputOption;
import io.backprocess.deadletter.Reference;
import io.backprocess.deadletter.StoredDeadLetter;
import io.backprocess.event.EventTime;
import io.backprocess.event.Origin;
import io.backprocess.event.SourceRecord;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.render.Printable;
import io.backprocess.render.Words;
import io.backprocess.status.DeadLetterScan;
import io.backprocess.status.ListedDeadLetter;
import io.backprocess.verify.Originals;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
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
        description = "Show a dead letter in full: its reason and the original record.",
        mixinStandardHelpOptions = true)
final class DlqShowCommand implements Callable<Integer> {
    /** The number of bytes that a terminal shows at most of a value that is only stored at its origin. */
    private static final int SHOWN_BYTES = 4096;

    /** The maximum size of such a value in the JSON, in bytes. It bounds the memory that a reading program needs. */
    private static final int MAX_VALUE_BYTES = 16 * 1024 * 1024;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private DlqOptions options = new DlqOptions();

    @Option(
            names = "--origin",
            paramLabel = "TOPIC/PARTITION/OFFSET",
            description = "The dead letter of the record at this origin, as dlq list shows it.")
    private @Nullable String origin;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "1",
            description = "Number to show, the newest first (default: 1).")
    private int limit;

    /** Bytes in the JSON: as text if they are UTF-8, else in Base64. */
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

    /** A dead letter in the JSON. Its field names must not change. */
    private record ShownLetter(
            @JsonUnwrapped Origin origin,
            @JsonUnwrapped DlqListCommand.ListedFailure failure,
            @Nullable String stackTrace,
            @JsonUnwrapped StoredAt storedAt,
            @JsonUnwrapped RecordContent content,
            @JsonUnwrapped OmittedParts omitted) {}

    /** The place of a dead letter in its topic. */
    private record StoredAt(@Nullable String revision, long deadLetterOffset, boolean redriven) {}

    /** @param decoded the value as JSON; null where it is not encoded by a schema, cannot be decoded or is too large */
    private record RecordContent(
            @Nullable Bytes key,
            List<ShownHeader> headers,
            @Nullable Bytes value,
            @Nullable String decoded) {}

    /**
     * The parts that a dead letter by reference leaves out, and whether its original is {@code there} or {@code gone}. All are
     * null for any other dead letter.
     */
    private record OmittedParts(
            @Nullable Long valueSize,
            @Nullable String valueSha256,
            @Nullable String keySha256,
            @Nullable Integer headersDropped,
            @Nullable String original) {
        static OmittedParts of(@Nullable Reference reference, boolean isThere) {
            return reference == null
                    ? new OmittedParts(null, null, null, null, null)
                    : new OmittedParts(
                            reference.valueSize(),
                            reference.valueSha256(),
                            reference.keySha256(),
                            reference.headersDropped(),
                            isThere ? "there" : "gone");
        }
    }

    private record Shows(String batchId, long total, long foreign, List<ShownLetter> deadLetters) {}

    @Override
    public Integer call() {
        DlqOptions.checkLimit(limit);
        Origin wanted = wanted();
        DeadLetterScan scan = options.scan(
                wanted == null ? null : wanted.partition(),
                letter -> wanted == null || letter.letter().origin().equals(wanted));
        List<ListedDeadLetter> letters = scan.newest(limit, letter -> letter);
        KafkaClients kafka = options.kafka();
        if (letters.isEmpty()) {
            throw BatchException.failed("%s has no such dead letter%s"
                    .formatted(options.batchId(), options.isAll() ? "" : "; --all includes those that were redriven"));
        }
        PrintWriter out = command.commandLine().getOut();
        DecodedValues values =
                new DecodedValues(scan.plan(), kafka, command.commandLine().getErr());
        if (options.isJson()) {
            List<ShownLetter> shown = new ArrayList<>();
            lookUp(letters, kafka, (letter, original) -> shown.add(shown(letter, original, values)));
            out.println(OutputOption.json(new Shows(options.batchId(), scan.fitting(), scan.foreign(), shown)));
        } else {
            lookUp(letters, kafka, (letter, original) -> print(letter, original, values, out));
            if (scan.fitting() > letters.size()) {
                out.println("… and %s more".formatted(Words.count(scan.fitting() - letters.size())));
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

    /** Passes each dead letter to the action, with its original if it is stored by reference and the original exists. */
    private static void lookUp(
            List<ListedDeadLetter> letters,
            KafkaClients kafka,
            BiConsumer<ListedDeadLetter, Optional<StoredDeadLetter>> action) {
        try (Originals originals = new Originals(kafka)) {
            for (ListedDeadLetter letter : letters) {
                action.accept(letter, originals.whole(letter.letter()));
            }
        }
    }

    private static ShownLetter shown(
            ListedDeadLetter listed, Optional<StoredDeadLetter> original, DecodedValues values) {
        Reference reference = listed.letter().reference();
        StoredDeadLetter letter = original.orElse(listed.letter());
        byte[] value = letter.record().value();
        boolean fits = reference == null || (value != null && value.length <= MAX_VALUE_BYTES);
        byte[] json = values.json(letter.record());
        List<ShownHeader> headers = new ArrayList<>();
        for (Header header : listed.letter().record().headers()) {
            headers.add(new ShownHeader(header.key(), Bytes.of(header.value())));
        }
        return new ShownLetter(
                letter.origin(),
                DlqListCommand.ListedFailure.of(letter),
                letter.failure().stackTrace(),
                new StoredAt(letter.writer().revision(), letter.offset(), listed.redriven()),
                new RecordContent(
                        Bytes.of(listed.letter().record().key()),
                        headers,
                        fits ? Bytes.of(value) : null,
                        json == null || json.length > MAX_VALUE_BYTES
                                ? null
                                : new String(json, StandardCharsets.UTF_8)),
                OmittedParts.of(reference, original.isPresent()));
    }

    private static void print(
            ListedDeadLetter listed, Optional<StoredDeadLetter> original, DecodedValues values, PrintWriter out) {
        StoredDeadLetter letter = listed.letter();
        Instant timestamp = EventTime.ofRecord(letter.record());
        out.println(Printable.line(letter.origin().toString()));
        field(out, "reason", letter.failure().reason() + (listed.redriven() ? " (redriven)" : ""));
        field(out, "stage", letter.failure().stage());
        field(out, "message", letter.failure().message());
        field(out, "exception", letter.failure().exception());
        field(out, "attempts", String.valueOf(letter.failure().attempts()));
        field(out, "eventId", letter.eventId());
        field(out, "revision", letter.writer().revision());
        field(out, "timestamp", timestamp == null ? null : timestamp.toString());
        field(
                out,
                "dead letter",
                "offset %d of partition %d"
                        .formatted(letter.offset(), letter.record().partition()));
        if (letter.failure().stackTrace() != null) {
            out.println("  stack trace");
            block(
                    out,
                    Printable.lines(
                            letter.failure().stackTrace().replace("\r", "").replace("\t", "  ")));
        }
        byte[] key = letter.record().key();
        part(out, "key", key);
        for (Header header : letter.record().headers()) {
            part(out, "header " + Printable.line(header.key()), header.value());
        }
        Reference reference = letter.reference();
        if (reference == null) {
            value(out, letter.record(), values);
        } else {
            reference(out, reference);
            original(out, letter, original, values);
        }
        out.println();
    }

    private static void value(PrintWriter out, SourceRecord record, DecodedValues values) {
        byte[] bytes = record.value();
        byte[] json = values.json(record);
        if (bytes == null || json == null) {
            part(out, "value", bytes);
        } else {
            out.println("  value (%s bytes, decoded)".formatted(Words.count(bytes.length)));
            block(out, Printable.value(json));
        }
    }

    /** Prints what the dead letter leaves out. */
    private static void reference(PrintWriter out, Reference reference) {
        if (reference.keySha256() != null) {
            out.println("  the key is at the origin, SHA-256 " + Printable.line(reference.keySha256()));
        }
        if (reference.headersDropped() > 0) {
            out.println("  %s more headers are at the origin".formatted(Words.count(reference.headersDropped())));
        }
        out.println("  the value is at the origin: %s bytes, SHA-256 %s"
                .formatted(Words.count(reference.valueSize()), Printable.line(reference.valueSha256())));
    }

    /** Prints the beginning of the value if the original still exists. */
    private static void original(
            PrintWriter out, StoredDeadLetter letter, Optional<StoredDeadLetter> original, DecodedValues values) {
        if (original.isEmpty()) {
            out.println("    missing: %s no longer holds a record with this hash".formatted(letter.origin()));
            return;
        }
        SourceRecord record = original.get().record();
        byte[] json = values.json(record);
        byte[] value = json == null ? record.value() : json;
        if (value != null) {
            byte[] beginning = Arrays.copyOf(value, Math.min(value.length, SHOWN_BYTES));
            block(out, Printable.lines(new String(beginning, StandardCharsets.UTF_8)));
            if (beginning.length < value.length) {
                out.println("    … and %s bytes more%s"
                        .formatted(
                                Words.count(value.length - beginning.length),
                                json == null ? "" : " of the value as JSON"));
            }
        }
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
