package io.backprocess.cli;

import io.backprocess.preview.ChangeKind;
import io.backprocess.preview.Comparison.Fate;
import io.backprocess.preview.DeadKind;
import io.backprocess.preview.Example;
import io.backprocess.render.Colours;
import io.backprocess.render.Printable;
import io.backprocess.render.Words;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Prints the kinds of change with their counts and a few examples as a diff. Text of events is escaped for the terminal. */
final class ChangesText {
    private static final int KINDS = 20;
    private static final int FIELDS = 12;
    private static final int TITLE = 200;
    private static final int PATH = 120;
    private static final int VALUE = 160;
    private static final int INLINE_VALUE = 60;
    private static final int REASON = 40;

    private final PrintWriter out;
    private final Colours colours;

    ChangesText(PrintWriter out, Colours colours) {
        this.out = out;
        this.colours = colours;
    }

    void kinds(List<ChangeKind> kinds, long others, long whole) {
        kinds.stream().limit(KINDS).forEach(kind -> {
            head(kind.count(), whole, kind.title());
            kind.fields().stream().limit(FIELDS).forEach(field -> values(kind, field));
            kind.examples().forEach(this::example);
        });
        long more = kinds.stream().skip(KINDS).mapToLong(ChangeKind::count).sum() + others;
        if (more > 0) {
            out.println(
                    "… and %s events of further kinds; --output json lists more of them".formatted(Words.count(more)));
        }
        if (kinds.isEmpty()) {
            out.println("  none");
        }
    }

    private void head(long count, long whole, String title) {
        out.println("%8s  %9s  %s"
                .formatted(Words.count(count), Words.share(count, whole), colours.title(Printable.line(title, TITLE))));
    }

    private void values(ChangeKind kind, ChangeKind.Field field) {
        String of = kind.fields().size() == 1 ? "" : Printable.line(field.path(), PATH) + ": ";
        if (field.values().isEmpty()) {
            out.println("%23s%s%s different values".formatted("", of, Words.count(field.different())));
            return;
        }
        for (ChangeKind.ValuePair values : field.values()) {
            out.println("%23s%s%s → %s  %s"
                    .formatted(
                            "",
                            of,
                            colours.before(value(values.before(), INLINE_VALUE)),
                            colours.after(value(values.after(), INLINE_VALUE)),
                            Words.count(values.count())));
        }
    }

    private static String value(@Nullable String value, int length) {
        return value == null ? "(none)" : Printable.line(value, length);
    }

    private void place(String origin, @Nullable String eventId) {
        String id = eventId == null || eventId.isEmpty() ? "" : "  " + colours.aside(Printable.line(eventId, PATH));
        out.println("    " + Printable.line(origin, PATH) + id);
    }

    private void example(Example example) {
        place(example.origin(), example.eventId());
        for (int i = 0; i < example.results().size(); i++) {
            Example.Diff diff = example.results().get(i);
            if (example.results().size() + example.moreResults() > 1) {
                out.println("      result " + (i + 1));
            }
            diff.lines().forEach(this::line);
            if (diff.more() > 0) {
                out.println("      … and %d more changes".formatted(diff.more()));
            }
        }
        if (example.moreResults() > 0) {
            out.println("      … and %d more results".formatted(example.moreResults()));
        }
    }

    private void line(Example.Line line) {
        out.println("      " + (line.path().isEmpty() ? line.operation() : Printable.line(line.path(), PATH)));
        if (line.before() != null) {
            out.println("      " + colours.before("- " + Printable.line(line.before(), VALUE)));
        }
        if (line.after() != null) {
            out.println("      " + colours.after("+ " + Printable.line(line.after(), VALUE)));
        }
    }

    void deadLetters(List<DeadKind> kinds, long whole) {
        for (DeadKind kind : kinds) {
            head(kind.count(), whole, kind.stage() + ": " + kind.reason());
            if (kind.messages().isEmpty()) {
                out.println("%23s%s different messages".formatted("", Words.count(kind.different())));
            }
            kind.messages()
                    .forEach(message -> out.println("%23s%s  %s"
                            .formatted("", Printable.line(message.text(), VALUE), Words.count(message.count()))));
            for (DeadKind.Letter letter : kind.examples()) {
                place(letter.origin(), letter.eventId());
                out.println("      " + colours.before(Printable.line(letter.message(), 2 * VALUE)));
                out.println("      " + Printable.line(letter.value(), 2 * VALUE));
            }
        }
    }

    /** Prints the places of examples whose outcome differs from the earlier batch. */
    void fates(List<Fate> fates) {
        for (Fate fate : fates) {
            if (!fate.examples().isEmpty()) {
                out.println("  " + words(fate));
            }
            fate.examples().forEach(each -> place(each.origin(), each.eventId()));
        }
    }

    /** Describes a changed outcome in text that is safe for a terminal. */
    static String words(Fate fate) {
        return fate.words(reason -> Printable.line(reason, REASON));
    }
}
