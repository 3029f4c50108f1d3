package io.backprocess.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Purchases in Avro, encoded by Avro's own library, in the form of our envelope. */
public final class AvroEvents {
    public static final String SCHEMA = """
            {"type":"record","name":"Event","namespace":"com.acme","fields":[
              {"name":"eventId","type":"string"},
              {"name":"correlationId","type":["null","string"],"default":null},
              {"name":"eventTimestamp","type":{"type":"long","logicalType":"timestamp-millis"}},
              {"name":"processVersion","type":"int"},
              {"name":"tags","type":{"type":"array","items":"string"}},
              {"name":"payload","type":{"type":"record","name":"Purchase","fields":[
                {"name":"actionType","type":"string"},
                {"name":"itemSku","type":["null","string"]},
                {"name":"amount","type":{"type":"bytes","logicalType":"decimal","precision":12,"scale":3}},
                {"name":"items","type":["null",{"type":"array","items":{"type":"record","name":"Item","fields":[
                  {"name":"itemSku","type":"string"},
                  {"name":"amount","type":{"type":"bytes","logicalType":"decimal","precision":12,"scale":3}}]}}],"default":null},
                {"name":"extra","type":{"type":"map","values":["null","long","double","string"]}}]}}]}
            """;

    private static final Schema PARSED = new Schema.Parser().parse(SCHEMA);

    private AvroEvents() {}

    /** Returns a purchase of version 1. */
    public static GenericRecord purchase(String id, String sku, String amount) {
        GenericRecord payload =
                new GenericData.Record(PARSED.getField("payload").schema());
        payload.put("actionType", "Purchased");
        payload.put("itemSku", sku);
        payload.put("amount", decimal(amount));
        payload.put("extra", Map.of("n", 7L));
        GenericRecord event = new GenericData.Record(PARSED);
        event.put("eventId", id);
        event.put("eventTimestamp", 1_700_000_000_123L);
        event.put("processVersion", 1);
        event.put("tags", List.of("a", "ü"));
        event.put("payload", payload);
        return event;
    }

    public static ByteBuffer decimal(String amount) {
        return ByteBuffer.wrap(
                new BigDecimal(amount).setScale(3).unscaledValue().toByteArray());
    }

    public static BigDecimal amount(GenericRecord event) {
        ByteBuffer bytes = (ByteBuffer) ((GenericRecord) event.get("payload")).get("amount");
        byte[] unscaled = new byte[bytes.remaining()];
        bytes.duplicate().get(unscaled);
        return new BigDecimal(new BigInteger(unscaled), 3);
    }

    /** Returns the value with byte 0 and the id in 4 bytes before it. */
    public static byte[] framed(int id, GenericRecord event) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(ByteBuffer.allocate(5).put((byte) 0).putInt(id).array());
        BinaryEncoder encoder = EncoderFactory.get().blockingBinaryEncoder(out, null);
        try {
            new GenericDatumWriter<GenericRecord>(event.getSchema()).write(event, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** Returns the record of a framed purchase. */
    public static GenericRecord read(byte[] value) {
        return read(PARSED, value);
    }

    /** Returns the record of a framed value. */
    public static GenericRecord read(Schema schema, byte[] value) {
        try {
            return new GenericDatumReader<GenericRecord>(schema)
                    .read(null, DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, null));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static ProducerRecord<byte[], byte[]> record(String topic, int partition, String key, byte[] value) {
        return new ProducerRecord<>(topic, partition, key.getBytes(StandardCharsets.UTF_8), value);
    }

    /** Creates a topic of two partitions with some records, and then as many purchases. */
    public static void write(
            KafkaBroker kafka, String topic, int id, int events, List<ProducerRecord<byte[], byte[]>> further) {
        kafka.createTopic(topic, 2);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(further);
        for (int event = 0; event < events; event++) {
            GenericRecord purchase = purchase("e" + event, "SKU-PREMIUM-" + event, event + ".250");
            records.add(record(topic, event % 2, "k" + event % 7, framed(id, purchase)));
        }
        kafka.send(records);
    }
}
