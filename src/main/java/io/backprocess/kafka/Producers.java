package io.backprocess.kafka;

import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Builds the producers that write records as they are, beside those of Flink's sinks. */
public final class Producers {
    private Producers() {}

    /** @param properties all properties of the producer but its serializers */
    public static KafkaProducer<byte[], byte[]> of(Properties properties) {
        Properties all = ShortLived.defaults();
        all.putAll(properties);
        return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
