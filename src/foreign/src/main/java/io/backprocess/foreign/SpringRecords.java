package io.backprocess.foreign;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.kafka.support.DefaultKafkaHeaderMapper;
import org.springframework.kafka.support.KafkaHeaders;
import org.springframework.kafka.support.converter.ByteArrayJsonMessageConverter;
import org.springframework.kafka.support.converter.MessagingMessageConverter;
import org.springframework.kafka.support.serializer.JsonSerializer;
import org.springframework.messaging.Message;
import org.springframework.messaging.support.MessageBuilder;

/** Writes spring.jsonl with Spring for Apache Kafka. */
public final class SpringRecords {
    private SpringRecords() {}

    public static void main(String[] args) throws Exception {
        Dump dump = new Dump(args, "spring", "org.springframework.kafka:spring-kafka 3.3.8");

        plain(dump, "JsonSerializer, default type headers", Map.of(), record(1));

        Map<String, Object> mapped = new HashMap<>();
        mapped.put(JsonSerializer.TYPE_MAPPINGS, "purchased:" + Shop.Purchased.class.getName());
        plain(dump, "JsonSerializer, spring.json.type.mapping, application headers id and process-version", mapped, withId(record(2)));

        plain(
                dump,
                "JsonSerializer, spring.json.add.type.headers=false",
                Map.of(JsonSerializer.ADD_TYPE_INFO_HEADERS, false),
                record(3));

        DefaultKafkaHeaderMapper raw = new DefaultKafkaHeaderMapper();
        message(dump, "Message, DefaultKafkaHeaderMapper, texts plain (the default)", new MessagingMessageConverter(), raw, 4);

        DefaultKafkaHeaderMapper quoted = new DefaultKafkaHeaderMapper();
        quoted.setEncodeStrings(true);
        message(dump, "Message, DefaultKafkaHeaderMapper, encodeStrings=true", new MessagingMessageConverter(), quoted, 5);

        message(dump, "Message, ByteArrayJsonMessageConverter, encodeStrings=true", new ByteArrayJsonMessageConverter(), quoted, 6);
        dump.write();
    }

    private static ProducerRecord<String, Object> record(int n) {
        return new ProducerRecord<>("shop", null, Shop.TIME + n, "user-" + n, Shop.purchased(n));
    }

    private static ProducerRecord<String, Object> withId(ProducerRecord<String, Object> record) {
        record.headers().add("id", Dump.utf8("evt-2")).add("process-version", Dump.utf8("2"));
        return record;
    }

    private static void plain(Dump dump, String mode, Map<String, Object> config, ProducerRecord<String, Object> record) {
        try (JsonSerializer<Object> serializer = new JsonSerializer<>()) {
            serializer.configure(config, false);
            byte[] key = new StringSerializer().serialize("shop", record.headers(), record.key());
            byte[] value = serializer.serialize("shop", record.headers(), record.value());
            dump.add(mode, record.timestamp(), key, value, record.headers());
        }
    }

    /** Dumps the record that KafkaTemplate.send(Message) would send. */
    private static void message(
            Dump dump, String mode, MessagingMessageConverter converter, DefaultKafkaHeaderMapper mapper, int n) {
        converter.setHeaderMapper(mapper);
        Message<?> message = MessageBuilder.withPayload(Shop.purchased(n))
                .setHeader(KafkaHeaders.KEY, "user-" + n)
                .setHeader(KafkaHeaders.TIMESTAMP, Shop.TIME + n)
                .setHeader("eventId", "evt-" + n)
                .setHeader("correlation", UUID.fromString("00000000-0000-4000-8000-00000000000" + n))
                .setHeader("process-version", 2)
                .setHeader("process-version-text", "2")
                .build();
        ProducerRecord<?, ?> record = converter.fromMessage(message, "shop");
        byte[] key = new StringSerializer().serialize("shop", record.headers(), (String) record.key());
        byte[] value;
        if (record.value() instanceof byte[] bytes) {
            value = bytes;
        } else {
            try (Serializer<Object> serializer = new JsonSerializer<>()) {
                value = serializer.serialize("shop", record.headers(), record.value());
            }
        }
        dump.add(mode, record.timestamp(), key, value, record.headers());
    }
}
