package io.backprocess.verify;

import io.backprocess.event.Origin;
import io.backprocess.kafka.PartitionReader;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** The records of one partition as they are read from its topic. */
final class TopicTrack implements Track {
    private final OutputPartition outputPartition;
    private final PartitionReader reader;

    TopicTrack(OutputPartition outputPartition, PartitionReader reader) {
        this.outputPartition = outputPartition;
        this.reader = reader;
    }

    @Override
    public boolean takes(ProducerRecord<byte[], byte[]> expected) {
        ConsumerRecord<byte[], byte[]> next = reader.peek();
        if (next == null) {
            return false;
        }
        if (!Content.same(outputPartition.output, expected, next)) {
            noteDifference(expected, next);
            return false;
        }
        reader.next();
        return true;
    }

    /** Notes how the next record differs, if it states the same origin as the expected one. */
    private void noteDifference(ProducerRecord<byte[], byte[]> expected, ConsumerRecord<byte[], byte[]> next) {
        Output output = outputPartition.output;
        Origin origin = output.origin(next.headers());
        if (origin != null && origin.equals(output.origin(expected.headers()))) {
            String how = RecordDifference.of(output, expected, next);
            if (how != null) {
                outputPartition.differs(next.offset(), how);
            }
        }
    }

    @Override
    public @Nullable Arrival next() {
        ConsumerRecord<byte[], byte[]> record = reader.next();
        return record == null
                ? null
                : new Arrival(
                        record.offset(),
                        outputPartition.origin(record),
                        Content.digest(outputPartition.output, record));
    }

    @Override
    public long taken() {
        return reader.taken();
    }

    @Override
    public long position() {
        return reader.position();
    }

    @Override
    public void resume(long position, long alreadyTaken) {
        reader.resume(position, alreadyTaken);
    }

    @Override
    public void close() {
        reader.close();
    }
}
