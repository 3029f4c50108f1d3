package io.backprocess.read;

import io.backprocess.event.SourceRecord;
import io.backprocess.event.TravelType;
import io.backprocess.kafka.NativeLz4;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Takes a record unchanged. It never parses and never throws. */
final class RecordReader implements KafkaRecordDeserializationSchema<SourceRecord> {
    private static final long serialVersionUID = 1;

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        NativeLz4.load();
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<SourceRecord> out) {
        out.collect(SourceRecord.of(record));
    }

    @Override
    public TypeInformation<SourceRecord> getProducedType() {
        return TravelType.of(SourceRecord.class);
    }
}
