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
 * A reader that stops the batch for good when the next offset no longer exists. Retention has overtaken the batch, and every
 * restart would find the same.
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
            // The steps behind this one never cause this exception: none of them reads Kafka.
            Optional<OffsetOutOfRangeException> gone = ExceptionUtils.findThrowable(e, OffsetOutOfRangeException.class);
            if (gone.isPresent()) {
                throw new SuppressRestartsException(new IllegalStateException(
                        "the source no longer holds the next records, by partition and offset: %s. They were deleted unread, or the topic was made again; run a new batch id over the records that still exist, or restore the deleted ones"
                                .formatted(gone.get().offsetOutOfRangePartitions()),
                        e));
            }
            throw e;
        }
    }
}
