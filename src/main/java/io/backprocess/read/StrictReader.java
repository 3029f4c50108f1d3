package io.backprocess.read;

import java.util.Optional;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.util.ExceptionUtils;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;

/**
 * A reader that stops the batch for good where the offset that comes next does not exist any more: retention has overtaken it,
 * and every restart would find the same.
 */
final class StrictReader<T, S extends SourceSplit> extends ForwardingReader<T, S> {

    StrictReader(SourceReader<T, S> reader) {
        super(reader);
    }

    @Override
    public InputStatus pollNext(ReaderOutput<T> output) throws Exception {
        try {
            return super.pollNext(output);
        } catch (RuntimeException e) {
            // What comes from the steps behind is no such thing: none of them reads Kafka.
            Optional<OffsetOutOfRangeException> gone = ExceptionUtils.findThrowable(e, OffsetOutOfRangeException.class);
            if (gone.isPresent()) {
                throw new SuppressRestartsException(new IllegalStateException(
                        "the source does not hold what comes next, by partition and offset: %s. It was deleted unread, or the topic was made again; run a new batch id over what is there, or restore it"
                                .formatted(gone.get().offsetOutOfRangePartitions()),
                        e));
            }
            throw e;
        }
    }
}
