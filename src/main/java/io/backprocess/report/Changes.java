package io.backprocess.report;

import io.backprocess.preview.ChangeKind;
import io.backprocess.preview.DeadKind;
import io.backprocess.preview.Example;
import io.backprocess.render.PageWords;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The kinds of change with their counts, and examples as a diff.
 *
 * @param more the number of events of further kinds
 */
record Changes(String title, List<Card> kinds, long more) {
    private static final int KINDS = 50;
    private static final int FIELDS = 12;

    static Changes of(String title, List<ChangeKind> kinds, long others, long whole) {
        return new Changes(
                title,
                kinds.stream().limit(KINDS).map(kind -> Card.of(kind, whole)).toList(),
                kinds.stream().skip(KINDS).mapToLong(ChangeKind::count).sum() + others);
    }

    /** @param number the count as a program reads it */
    record Card(
            String title,
            String number,
            long count,
            String share,
            List<ChangeKind.Field> fields,
            List<ShownExample> examples) {
        static Card of(ChangeKind kind, long whole) {
            return new Card(
                    kind.title(),
                    String.valueOf(kind.count()),
                    kind.count(),
                    PageWords.share(kind.count(), whole),
                    kind.fields().stream().limit(FIELDS).toList(),
                    kind.examples().stream().map(ShownExample::of).toList());
        }

        boolean hasFields() {
            return !fields.isEmpty();
        }

        boolean hasExamples() {
            return !examples.isEmpty();
        }
    }

    /** An example. Each of its results has a title if there are several. */
    record ShownExample(String origin, String eventId, List<ResultDiff> results, int moreResults) {
        static ShownExample of(Example example) {
            boolean several = example.results().size() + example.moreResults() > 1;
            return new ShownExample(
                    example.origin(),
                    example.eventId(),
                    IntStream.range(0, example.results().size())
                            .mapToObj(i -> new ResultDiff(
                                    several ? "result " + (i + 1) : "",
                                    example.results().get(i)))
                            .toList(),
                    example.moreResults());
        }
    }

    record ResultDiff(String title, Example.Diff diff) {}

    /** A kind of dead letter. */
    record DeadCard(String title, String number, long count, String share, DeadKind kind) {
        static DeadCard of(DeadKind kind, long whole) {
            return new DeadCard(
                    kind.stage() + ": " + kind.reason(),
                    String.valueOf(kind.count()),
                    kind.count(),
                    PageWords.share(kind.count(), whole),
                    kind);
        }

        boolean hasExamples() {
            return !kind.examples().isEmpty();
        }
    }
}
