package io.backprocess.read;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sees what the test says. */
final class FakeWatch implements SourceWatch {
    int partitions;
    final Map<Integer, Long> firstOffsets = new HashMap<>();

    @Nullable
    RuntimeException failure;

    boolean closed;

    FakeWatch(int partitions) {
        this.partitions = partitions;
    }

    @Override
    public Sighting look() {
        if (closed) {
            throw new IllegalStateException("the watch is closed");
        }
        if (failure != null) {
            throw failure;
        }
        return new Sighting(partitions, Map.copyOf(firstOffsets));
    }

    @Override
    public Duration interval() {
        return Duration.ofSeconds(30);
    }

    @Override
    public void close() {
        closed = true;
    }
}
