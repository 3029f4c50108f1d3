package io.backprocess.bench;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The limit of every Flink job between two topics: KafkaSource, exactly-once KafkaSink, one chain, and nothing in between. Not even
 * headers are taken along.
 *
 * <p>{@code ConnectorCopy BOOTSTRAP SOURCE BATCH-ID}
 */
public final class ConnectorCopy {
    private ConnectorCopy() {}

    /** A record on its way. */
    public static final class Bytes {
        public int partition;
        public long timestamp;
        public byte[] key = {};
        public byte[] value = {};
    }

    public static void main(String[] args) throws Exception {
        String bootstrapServers = args[0];
        String source = args[1];
        String batchId = args[2];
        String results = source + "." + batchId;
        Clients.createTopics(bootstrapServers, source, results);

        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        KafkaSource<Bytes> history = KafkaSource.<Bytes>builder()
                .setTopics(source)
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setBounded(OffsetsInitializer.latest())
                .setDeserializer(new Reader())
                .setProperties(Clients.consumer(bootstrapServers))
                .build();
        KafkaSink<Bytes> sink = KafkaSink.<Bytes>builder()
                .setBootstrapServers(bootstrapServers)
                .setKafkaProducerConfig(Clients.producer(bootstrapServers))
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                .setTransactionalIdPrefix(results)
                .setRecordSerializer(new Writer(results))
                .build();
        env.fromSource(history, WatermarkStrategy.noWatermarks(), "read")
                .uid("read")
                .sinkTo(sink)
                .name("publish")
                .uid("publish");
        env.execute("connector " + batchId);
    }

    private static final class Reader implements KafkaRecordDeserializationSchema<Bytes> {
        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Bytes> out) {
            Bytes bytes = new Bytes();
            bytes.partition = record.partition();
            bytes.timestamp = record.timestamp();
            bytes.key = record.key();
            bytes.value = record.value();
            out.collect(bytes);
        }

        @Override
        public TypeInformation<Bytes> getProducedType() {
            return Types.POJO(Bytes.class);
        }
    }

    private static final class Writer implements KafkaRecordSerializationSchema<Bytes> {
        private final String topic;

        Writer(String topic) {
            this.topic = topic;
        }

        @Override
        public ProducerRecord<byte[], byte[]> serialize(Bytes bytes, KafkaSinkContext context, Long timestamp) {
            return new ProducerRecord<>(topic, bytes.partition, bytes.timestamp, bytes.key, bytes.value);
        }
    }
}
