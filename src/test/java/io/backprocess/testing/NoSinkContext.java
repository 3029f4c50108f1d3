package io.backprocess.testing;

import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema.KafkaSinkContext;

/** For serializers that decide by themselves where a record goes. */
public final class NoSinkContext implements KafkaSinkContext {
    @Override
    public int getParallelInstanceId() {
        throw new UnsupportedOperationException("where a record goes does not depend on the subtask");
    }

    @Override
    public int getNumberOfParallelInstances() {
        throw new UnsupportedOperationException("where a record goes does not depend on the parallelism");
    }

    @Override
    public int[] getPartitionsForTopic(String topic) {
        throw new UnsupportedOperationException("where a record goes does not depend on what the topic is like");
    }
}
