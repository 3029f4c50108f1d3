package io.backprocess.foreign;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.axonframework.eventhandling.GenericEventMessage;
import org.axonframework.extensions.kafka.eventhandling.DefaultKafkaMessageConverter;
import org.axonframework.messaging.GenericMessage;
import org.axonframework.serialization.json.JacksonSerializer;

/** Writes axon.jsonl with Axon's Kafka extension. */
public final class AxonRecords {
    private AxonRecords() {}

    public static void main(String[] args) throws Exception {
        Dump dump = new Dump(args, "axon", "org.axonframework.extensions.kafka:axon-kafka 4.9.0");
        add(dump, "domain event without a revision", domain(1, Shop.purchased(1), Map.of()));
        add(dump, "domain event with @Revision", domain(2, Shop.refunded(2), Map.of()));
        add(
                dump,
                "domain event with metadata of text, long and null",
                domain(3, Shop.purchased(3), metaData()));
        add(dump, "domain event with @Revision, its sequence number is 3", domain(4, Shop.refunded(4), Map.of()));
        add(
                dump,
                "event without an aggregate",
                new GenericEventMessage<>(
                        new GenericMessage<>(id(5), Shop.purchased(5), Map.of()), () -> Instant.ofEpochMilli(Shop.TIME + 5)));
        dump.write();
    }

    private static Map<String, Object> metaData() {
        Map<String, Object> map = new java.util.LinkedHashMap<>();
        map.put("traceId", "trace-3");
        map.put("attempt", 7L);
        map.put("nothing", null);
        return map;
    }

    private static String id(int n) {
        return "00000000-0000-4000-8000-00000000000" + n;
    }

    private static EventMessage<?> domain(int n, Object payload, Map<String, ?> metaData) {
        return new GenericDomainEventMessage<>(
                "Order", "order-" + n, n - 1, payload, metaData, id(n), Instant.ofEpochMilli(Shop.TIME + n));
    }

    private static void add(Dump dump, String mode, EventMessage<?> event) {
        JacksonSerializer jackson = JacksonSerializer.builder().objectMapper(new ObjectMapper().findAndRegisterModules()).build();
        ProducerRecord<String, byte[]> record =
                DefaultKafkaMessageConverter.builder().serializer(jackson).build().createKafkaMessage(event, "shop");
        dump.add(
                mode,
                record.timestamp() == null ? Shop.TIME + 1000 : record.timestamp(),
                new StringSerializer().serialize("shop", record.headers(), record.key()),
                new ByteArraySerializer().serialize("shop", record.headers(), record.value()),
                record.headers());
    }
}
