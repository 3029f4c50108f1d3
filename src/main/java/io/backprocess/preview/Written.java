package io.backprocess.preview;

import io.backprocess.event.SourceRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The output of an earlier batch for one source record. It is empty at first. */
final class Written {
    private final List<SourceRecord> results = new ArrayList<>(1);
    private @Nullable String deadFor;

    void addResult(SourceRecord result) {
        results.add(result);
    }

    void setDead(String reason) {
        deadFor = reason;
    }

    List<SourceRecord> results() {
        return results;
    }

    /** Returns the reason of its dead letter; null where it has no dead letter, or only one that was redriven. */
    @Nullable
    String deadFor() {
        return deadFor;
    }
}
