package io.backprocess.preview;

import io.backprocess.preview.Comparison.Fate;
import io.backprocess.preview.Comparison.Instance;
import io.backprocess.preview.Preview.Estimate;
import io.backprocess.preview.Preview.Sample;
import io.backprocess.preview.Preview.SampleCounts;
import io.backprocess.preview.Preview.Subject;
import io.backprocess.preview.Preview.Throughput;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Previews of histories that never were. */
public final class Previews {
    private Previews() {}

    /** Every text in it that comes from outside is this one. */
    public static Preview of(String text) {
        SampleCounts counts = new SampleCounts(
                new Preview.Fates(100, 70, 10, 5, 15), new Preview.RevisionEffects(40, 20, 7, 3, 79), 0, 0);
        ChangeKind changed = kind(text, 1, 1);
        ChangeKind split = new ChangeKind(1, 2, List.of(), 7, List.of(example(text)));
        DeadKind dead = new DeadKind(
                text,
                text,
                15,
                1,
                List.of(new DeadKind.Message(text, 15)),
                List.of(new DeadKind.Letter(text, text, text, text), new DeadKind.Letter(text, null, text, null)));
        return new Preview(
                new Subject(text, text, text, text, text, text),
                new Sample(100, false, 10, 4, 1000, 990),
                counts,
                new Preview.FoundKinds(List.of(changed, split), 3, List.of(dead), new TreeMap<>(Map.of(text, 10L))),
                Estimate.of(counts, 990),
                new Throughput(35, 2.5, 400_000),
                new Comparison(
                        text,
                        text,
                        new Comparison.Agreement(95, 50, 40),
                        List.of(kind(text, 2, 2)),
                        0,
                        List.of(new Fate(text, "taken", 5, List.of(new Instance(text, text)))),
                        5),
                new Preview.EnvelopeLook(text, List.of(text), List.of(text), List.of(text), text));
    }

    private static ChangeKind kind(String text, int from, int to) {
        return new ChangeKind(
                from,
                to,
                List.of(
                        new ChangeKind.Field(
                                text, Operation.CHANGED, 1, List.of(new ChangeKind.ValuePair(text, text, 40))),
                        new ChangeKind.Field(
                                text, Operation.REMOVED, 1, List.of(new ChangeKind.ValuePair(text, null, 40))),
                        new ChangeKind.Field(text, Operation.ADDED, 1000, List.of())),
                40,
                List.of(example(text)));
    }

    private static Example example(String text) {
        return new Example(
                text,
                text,
                List.of(
                        new Example.Diff(List.of(new Example.Line(text, Operation.CHANGED, text, text)), 2),
                        new Example.Diff(List.of(new Example.Line("", Operation.UNREADABLE, null, null)), 0)),
                1);
    }
}
