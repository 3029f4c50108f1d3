package io.backprocess.foreign;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.message.Encoding;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.kafka.CloudEventSerializer;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Writes cloudevents.jsonl with the CloudEvents SDK for Java. */
public final class CloudEventsRecords {
    private CloudEventsRecords() {}

    public static void main(String[] args) throws Exception {
        Dump dump = new Dump(args, "cloudevents", "io.cloudevents:cloudevents-kafka 4.0.1");
        add(dump, Encoding.STRUCTURED, "without extensions", event(1).build());
        add(
                dump,
                Encoding.STRUCTURED,
                "processversion as a number, subject, dataschema",
                event(2)
                        .withSubject("user-2")
                        .withDataSchema(URI.create("https://shop.example/schemas/purchased/2"))
                        .withExtension("processversion", 2)
                        .build());
        add(
                dump,
                Encoding.STRUCTURED,
                "binary data",
                event(3).withData("application/octet-stream", Dump.utf8(Shop.json(3))).build());
        add(dump, Encoding.STRUCTURED, "processversion as text", event(4).withExtension("processversion", "2").build());
        add(dump, Encoding.BINARY, "without extensions", event(5).build());
        add(
                dump,
                Encoding.BINARY,
                "processversion as a number, subject, dataschema",
                event(6)
                        .withSubject("user-6")
                        .withDataSchema(URI.create("https://shop.example/schemas/purchased/2"))
                        .withExtension("processversion", 2)
                        .build());
        add(
                dump,
                Encoding.BINARY,
                "binary data",
                event(7).withData("application/octet-stream", new byte[] {0, 1, 2, (byte) 0xff}).build());
        dump.write();
    }

    private static CloudEventBuilder event(int n) {
        return CloudEventBuilder.v1()
                .withId("evt-" + n)
                .withSource(URI.create("/shop/orders"))
                .withType("com.example.shop.Purchased")
                .withTime(Instant.ofEpochMilli(Shop.TIME + n).atOffset(ZoneOffset.UTC))
                .withData("application/json", Dump.utf8(Shop.json(n)));
    }

    private static void add(Dump dump, Encoding encoding, String mode, CloudEvent event) {
        ProducerRecord<String, CloudEvent> record = new ProducerRecord<>("shop", "user-" + event.getId().substring(4), event);
        try (CloudEventSerializer serializer = new CloudEventSerializer()) {
            Map<String, Object> config = new HashMap<>();
            config.put(CloudEventSerializer.ENCODING_CONFIG, encoding);
            if (encoding == Encoding.STRUCTURED) {
                config.put(CloudEventSerializer.EVENT_FORMAT_CONFIG, JsonFormat.CONTENT_TYPE);
            }
            serializer.configure(config, false);
            byte[] value = serializer.serialize(record.topic(), record.headers(), record.value());
            dump.add(
                    encoding.name().toLowerCase() + ", " + mode,
                    Shop.TIME + 1000,
                    Dump.utf8(record.key()),
                    value,
                    record.headers());
        }
    }
}
