package io.backprocess.revise.operator;

import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.EventReader;
import io.backprocess.event.JsonValue;
import io.backprocess.event.Result;
import io.backprocess.event.UnreadableException;
import io.backprocess.json.JsonPointer;
import io.backprocess.json.JsonText;
import io.backprocess.revise.RejectedException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gives results the text at one place of their value as their key. */
final class ResultKey {
    private final JsonPointer place;
    private final EventReader reader;

    /** @param place a JSON Pointer into the value */
    ResultKey(String place, EnvelopeMapping mapping) {
        this.place = JsonPointer.of(place);
        this.reader = new EventReader(mapping);
    }

    /**
     * Returns the results under their keys. The key is a text as it reads, and a number or a truth value as the value writes it.
     *
     * @throws RejectedException where a result has no such text
     */
    List<Result> of(List<Result> results) throws RejectedException {
        List<Result> keyed = new ArrayList<>(results.size());
        for (Result result : results) {
            keyed.add(result.withKey(JsonText.encode(text(result))));
        }
        return keyed;
    }

    private String text(Result result) throws RejectedException {
        JsonValue value = value(result);
        if (value == null || value.isNull()) {
            throw RejectedException.invalidField(
                    "the result has no %s, from which its key comes (--result-key)".formatted(place.text()));
        }
        String text = value.text();
        if (text != null) {
            return text;
        }
        if (value.object() != null || value.elements() != null) {
            throw RejectedException.invalidField(
                    "%s of the result, from which its key comes (--result-key), is neither a text nor a number"
                            .formatted(place.text()));
        }
        return value.literal();
    }

    private @Nullable JsonValue value(Result result) {
        try {
            return reader.read(result).envelope().at(place);
        } catch (UnreadableException e) {
            throw new IllegalStateException("a revision made what is no envelope: " + e.getMessage(), e);
        }
    }
}
