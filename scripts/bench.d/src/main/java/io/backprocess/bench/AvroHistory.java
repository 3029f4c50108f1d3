package io.backprocess.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes the content of a sample history as Avro, with its partitions, times and keys. Records that are no envelope keep their
 * bytes, and are dead letters as before.
 *
 * <p>{@code AvroHistory BOOTSTRAP SOURCE TARGET REGISTRY}
 */
public final class AvroHistory {
    private AvroHistory() {}

    public static void main(String[] args) throws Exception {
        String bootstrapServers = args[0];
        String target = args[2];
        Clients.createTopics(bootstrapServers, args[1], target);
        String schema;
        try (InputStream in = AvroHistory.class.getResourceAsStream("/event.avsc")) {
            schema = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        int id = new AvroValues(args[3]).register(target + "-value", schema);
        Properties writing = Clients.producer(bootstrapServers);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(writing, new ByteArraySerializer(), new ByteArraySerializer())) {
            PartitionCheck.read(
                    bootstrapServers,
                    args[1],
                    partition -> new Translation(producer, target, new AvroValues(args[3]), id, schema));
        }
    }

    private static final class Translation implements PartitionCheck {
        private final ObjectMapper json = new ObjectMapper();
        private final KafkaProducer<byte[], byte[]> producer;
        private final String target;
        private final AvroValues values;
        private final int id;
        private final Schema schema;

        Translation(KafkaProducer<byte[], byte[]> producer, String target, AvroValues values, int id, String schema) {
            this.producer = producer;
            this.target = target;
            this.values = values;
            this.id = id;
            this.schema = new Schema.Parser().parse(schema);
        }

        @Override
        public void take(ConsumerRecord<byte[], byte[]> record) throws IOException {
            producer.send(new ProducerRecord<>(
                    target, record.partition(), record.timestamp(), record.key(), translated(record.value())));
        }

        private byte[] translated(byte[] value) throws IOException {
            JsonNode envelope;
            try {
                envelope = json.readTree(value);
            } catch (IOException e) {
                envelope = json.missingNode();
            }
            if (envelope.has("payload")) {
                return values.write(id, (GenericRecord) datum(schema, envelope));
            }
            // Byte 0 would begin the id of a schema, which the registry would be asked for.
            return value[0] == 0 ? Arrays.copyOfRange(value, 1, value.length) : value;
        }

        private static Object datum(Schema type, JsonNode value) {
            return switch (type.getType()) {
                case RECORD -> {
                    GenericRecord record = new GenericData.Record(type);
                    for (Schema.Field field : type.getFields()) {
                        record.put(field.pos(), datum(field.schema(), value.path(field.name())));
                    }
                    yield record;
                }
                case ARRAY -> {
                    List<Object> items = new ArrayList<>();
                    value.forEach(item -> items.add(datum(type.getElementType(), item)));
                    yield items;
                }
                case UNION ->
                    value.isNull() || value.isMissingNode()
                            ? null
                            : datum(type.getTypes().get(1), value);
                case BYTES ->
                    ByteBuffer.wrap(new BigDecimal(value.asText())
                            .setScale(3)
                            .unscaledValue()
                            .toByteArray());
                case LONG -> Instant.parse(value.textValue()).toEpochMilli();
                case INT -> value.intValue();
                default -> value.textValue();
            };
        }

        @Override
        public void finish() {
            producer.flush();
        }
    }
}
