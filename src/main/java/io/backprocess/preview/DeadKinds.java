package io.backprocess.preview;

import io.backprocess.event.DeadLetter;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.ValueFormat;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sorts dead letters by the stage and the reason of their failure. */
final class DeadKinds {
    private static final int MESSAGE = 300;
    private static final int EVENT_ID = 100;

    private final @Nullable ValueFormat values;
    private final int examples;
    private final Map<Cause, Letters> kinds = new LinkedHashMap<>();

    /** @param values decodes the values of records; null where they are JSON */
    DeadKinds(@Nullable ValueFormat values, int examples) {
        this.values = values;
        this.examples = examples;
    }

    private record Cause(String stage, String reason) {}

    private final class Letters {
        final Tally<String> messages = new Tally<>();
        final Samples<DeadKind.Letter> samples = new Samples<>(examples);
        long count;

        DeadKind kind(Cause cause) {
            return new DeadKind(
                    cause.stage,
                    cause.reason,
                    count,
                    messages.distinct(),
                    messages.few().stream()
                            .map(each -> new DeadKind.Message(each.getKey(), each.getValue()))
                            .toList(),
                    samples.kept());
        }
    }

    void add(String origin, DeadLetter letter) {
        Letters letters =
                kinds.computeIfAbsent(new Cause(letter.stage(), letter.reason().toString()), any -> new Letters());
        letters.count++;
        letters.messages.add(Excerpt.of(letter.message(), MESSAGE));
        letters.samples.offer(() -> new DeadKind.Letter(
                origin,
                letter.eventId() == null ? null : Excerpt.of(letter.eventId(), EVENT_ID),
                Excerpt.of(letter.message(), MESSAGE),
                Excerpt.of(readable(letter.record()))));
    }

    /** Returns the value as JSON where it can be decoded, and otherwise its bytes. */
    private byte @Nullable [] readable(SourceRecord record) {
        byte[] json = values == null ? null : values.json(record);
        return json == null ? record.value() : json;
    }

    /** Returns the kinds, the most frequent first. */
    List<DeadKind> kinds() {
        List<DeadKind> sorted = new ArrayList<>();
        kinds.forEach((cause, letters) -> sorted.add(letters.kind(cause)));
        sorted.sort(Comparator.comparingLong(DeadKind::count).reversed());
        return sorted;
    }
}
