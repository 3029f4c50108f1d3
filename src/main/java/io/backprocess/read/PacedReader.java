package io.backprocess.read;

import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.shaded.guava33.com.google.common.util.concurrent.RateLimiter;

/**
 * A reader that limits how many records it hands out per second. It waits on the task's own thread, at most for the time of one
 * record. Flink's RateLimitedSourceReader changes threads for every record and keeps its thread when the task ends.
 */
final class PacedReader<T, S extends SourceSplit> extends ForwardingReader<T, S> {
    private final RateLimiter limiter;

    @SuppressWarnings("UnstableApiUsage")
    PacedReader(SourceReader<T, S> reader, double recordsPerSecond) {
        super(reader);
        this.limiter = RateLimiter.create(recordsPerSecond);
    }

    @Override
    @SuppressWarnings({"UnstableApiUsage", "CheckReturnValue"})
    public InputStatus pollNext(ReaderOutput<T> output) throws Exception {
        limiter.acquire();
        return super.pollNext(output);
    }
}
