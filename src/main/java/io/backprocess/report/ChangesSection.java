package io.backprocess.report;

import io.backprocess.preview.DeadKind;
import io.backprocess.preview.Example;
import io.backprocess.preview.Kind;
import io.backprocess.render.Html;
import io.backprocess.render.Words;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the kinds of change with their counts, and examples as a diff. */
final class ChangesSection {
    private static final int KINDS = 50;
    private static final int FIELDS = 12;

    private final Html html;

    ChangesSection(Html html) {
        this.html = html;
    }

    void writeKinds(String title, List<Kind> kinds, long others, long whole) {
        html.element("h2", title, "class", "part");
        if (kinds.isEmpty()) {
            html.element("p", "Nothing.", "class", "note");
        }
        kinds.stream().limit(KINDS).forEach(kind -> {
            open(kind.title(), kind.count(), whole);
            values(kind);
            if (!kind.examples().isEmpty()) {
                html.open("details", "open", "").element("summary", "examples");
                kind.examples().forEach(this::example);
                html.close("details");
            }
            html.close("section");
        });
        long more = kinds.stream().skip(KINDS).mapToLong(Kind::count).sum() + others;
        if (more > 0) {
            html.element("p", "… and %s events of further kinds.".formatted(Words.count(more)), "class", "note");
        }
    }

    private void open(String title, long count, long whole) {
        html.open("section", "class", "card kind").open("h3").element("span", title);
        html.element("b", Words.count(count), "data-count", String.valueOf(count))
                .element("i", Words.share(count, whole))
                .close("h3");
    }

    private void values(Kind kind) {
        if (kind.fields().isEmpty()) {
            return;
        }
        html.open("div", "class", "texts").openTable("Values", "field", "before", "now", "events");
        for (Kind.Field field :
                kind.fields().subList(0, Math.min(FIELDS, kind.fields().size()))) {
            if (field.values().isEmpty()) {
                html.row(field.path(), Words.count(field.different()) + " different values", "", "");
            }
            for (Kind.Values values : field.values()) {
                html.open("tr").element("th", field.path(), "scope", "row");
                side("del", values.before());
                side("ins", values.after());
                html.element("td", Words.count(values.count())).close("tr");
            }
        }
        html.closeTable().close("div");
    }

    private void side(String tag, @Nullable String value) {
        html.open("td");
        if (value != null) {
            html.element(tag, value);
        }
        html.close("td");
    }

    private void example(Example example) {
        place(example.origin(), example.eventId());
        for (int i = 0; i < example.results().size(); i++) {
            Example.Diff diff = example.results().get(i);
            html.open("div", "class", "diff");
            if (example.results().size() + example.moreResults() > 1) {
                html.element("p", "result " + (i + 1), "class", "note");
            }
            diff.lines().forEach(this::line);
            more(diff.more(), "changes");
            html.close("div");
        }
        more(example.moreResults(), "results");
    }

    void place(String origin, @Nullable String eventId) {
        html.open("p", "class", "place").element("code", origin);
        if (eventId != null) {
            html.text(" ").element("span", eventId);
        }
        html.close("p");
    }

    private void line(Example.Line line) {
        html.element("p", line.path().isEmpty() ? line.operation().toString() : line.path(), "class", "field");
        if (line.before() != null) {
            html.element("del", line.before());
        }
        if (line.after() != null) {
            html.element("ins", line.after());
        }
    }

    private void more(int more, String what) {
        if (more > 0) {
            html.element("p", "… and %d more %s".formatted(more, what), "class", "note");
        }
    }

    void writeDeadLetters(List<DeadKind> kinds, long whole) {
        if (kinds.isEmpty()) {
            return;
        }
        html.element("h2", "What would be a dead letter", "class", "part");
        for (DeadKind kind : kinds) {
            open(kind.stage() + ": " + kind.reason(), kind.count(), whole);
            html.open("div", "class", "texts").openTable("Messages", "message", "records");
            if (kind.messages().isEmpty()) {
                html.row(Words.count(kind.different()) + " different messages", "");
            }
            kind.messages().forEach(message -> html.row(message.text(), Words.count(message.count())));
            html.closeTable().close("div");
            if (!kind.examples().isEmpty()) {
                html.open("details", "open", "").element("summary", "examples");
                kind.examples().forEach(this::letter);
                html.close("details");
            }
            html.close("section");
        }
    }

    private void letter(DeadKind.Letter letter) {
        place(letter.origin(), letter.eventId());
        html.open("div", "class", "diff");
        html.element("p", letter.message(), "class", "why");
        html.element("p", letter.value() == null ? "null" : letter.value(), "class", "value")
                .close("div");
    }
}
