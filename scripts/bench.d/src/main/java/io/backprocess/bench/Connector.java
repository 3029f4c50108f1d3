package io.backprocess.bench;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Flink's Kafka connector as the Flink jobs here use it: all of a topic in, exactly once out. Headers are not copied. */
final class Connector {
    private Connector() {}

    /** A record of the source, later its result. It is a POJO, so that Flink's own serializer takes it, not Kryo. */
    public static final class Message {
        public String eventId = "";
        public int partition;
        public long timestamp;
        public byte[] key = {};
        public byte[] value = {};
        /** The reason why it is a dead letter; empty if it is not a dead letter. */
        public String reason = "";
    }

    static KafkaSource<Message> history(String bootstrapServers, String topic) {
        return KafkaSource.<Message>builder()
                .setTopics(topic)
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setBounded(OffsetsInitializer.latest())
                .setDeserializer(new Reader())
                .setProperties(Clients.consumer(bootstrapServers))
                .build();
    }

    static KafkaSink<Message> sink(String bootstrapServers, String topic) {
        return KafkaSink.<Message>builder()
                .setBootstrapServers(bootstrapServers)
                .setKafkaProducerConfig(Clients.producer(bootstrapServers))
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                .setTransactionalIdPrefix(topic)
                .setRecordSerializer(new Writer(topic))
                .build();
    }

    private static final class Reader implements KafkaRecordDeserializationSchema<Message> {
        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Message> out) {
            Message message = new Message();
            message.partition = record.partition();
            message.timestamp = record.timestamp();
            message.key = record.key();
            message.value = record.value();
            out.collect(message);
        }

        @Override
        public TypeInformation<Message> getProducedType() {
            return Types.POJO(Message.class);
        }
    }

    private static final class Writer implements KafkaRecordSerializationSchema<Message> {
        private final String topic;

        Writer(String topic) {
            this.topic = topic;
        }

        @Override
        public ProducerRecord<byte[], byte[]> serialize(Message message, KafkaSinkContext context, Long timestamp) {
            return new ProducerRecord<>(topic, message.partition, message.timestamp, message.key, message.value);
        }
    }
}
