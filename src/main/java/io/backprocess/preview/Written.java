package io.backprocess.preview;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an earlier batch has written of one source record; nothing, at first. */
final class Written {
    private final List<byte[]> results = new ArrayList<>(1);
    private @Nullable String deadFor;

    void addResult(byte[] envelope) {
        results.add(envelope);
    }

    void setDead(String reason) {
        deadFor = reason;
    }

    List<byte[]> results() {
        return results;
    }

    /** The reason of its dead letter; null where it has none that was not redriven. */
    @Nullable
    String deadFor() {
        return deadFor;
    }
}
