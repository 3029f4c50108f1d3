package io.backprocess.kafka;

import java.io.Serializable;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Sees the records of each poll before anybody else, in the thread that polls. It holds them back as long as it does not return.
 * Flink's checkpoints go on meanwhile, because a source polls in a thread of its own.
 */
public interface PollGate extends Serializable {
    /** The property in which a consumer gets its gate. */
    String PROPERTY = "backprocess.poll-gate";

    /** Kafka logs an exception of this method, and hands out the records. */
    void pass(ConsumerRecords<byte[], byte[]> records);

    /** Calls the gate of its consumer. */
    final class Interceptor implements ConsumerInterceptor<byte[], byte[]> {
        private @Nullable PollGate gate;

        @Override
        public void configure(Map<String, ?> configuration) {
            gate = (PollGate) configuration.get(PROPERTY);
        }

        @Override
        public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
            if (gate != null) {
                gate.pass(records);
            }
            return records;
        }

        @Override
        public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

        @Override
        public void close() {}
    }
}
