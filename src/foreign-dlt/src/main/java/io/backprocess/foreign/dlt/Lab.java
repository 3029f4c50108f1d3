package io.backprocess.foreign.dlt;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A broker inside this JVM with the topic `orders`, and the file that the dead letters are written into. */
final class Lab implements AutoCloseable {
    static final String ORDERS = "orders";
    static final int PARTITION = 1;
    static final long FIRST_OFFSET = 100;
    static final String KEY = "user-1";
    static final String TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    /** 2025-01-01T00:00:00Z. A record of `orders` has this time plus its offset, so that nobody takes it for now. */
    static final long FIRST_TIMESTAMP = 1_735_689_600_000L;

    private final Broker broker;
    final Admin admin;
    private final KafkaProducer<byte[], byte[]> producer;
    private final List<String> lines = new ArrayList<>();

    Lab() throws Exception {
        this(Map.of());
    }

    /** @param settings of the broker, beside those of all labs */
    Lab(Map<String, String> settings) throws Exception {
        broker = new Broker(settings);
        admin = Admin.create(clients());
        Map<String, Object> inOrder = clients();
        inOrder.put("max.in.flight.requests.per.connection", "1");
        producer = new KafkaProducer<>(inOrder, new ByteArraySerializer(), new ByteArraySerializer());
        topics(ORDERS);
        for (int i = 0; i < FIRST_OFFSET; i++) {
            producer.send(new ProducerRecord<>(ORDERS, PARTITION, FIRST_TIMESTAMP + i, null, new byte[0]))
                    .get();
        }
        admin.deleteRecords(Map.of(new TopicPartition(ORDERS, PARTITION), RecordsToDelete.beforeOffset(FIRST_OFFSET)))
                .all()
                .get();
    }

    String brokers() {
        return broker.bootstrapServers();
    }

    Map<String, Object> clients() {
        Map<String, Object> clients = new HashMap<>();
        clients.put("bootstrap.servers", broker.bootstrapServers());
        return clients;
    }

    void topics(String... names) throws Exception {
        List<NewTopic> topics = new ArrayList<>();
        for (String name : names) {
            topics.add(new NewTopic(name, 2, (short) 1));
        }
        admin.createTopics(topics).all().get();
        await(() -> {
            try {
                return admin.listTopics().names().get().containsAll(List.of(names));
            } catch (Exception e) {
                return false;
            }
        });
    }

    static String value(int n) {
        return "{\"eventId\":\"e-" + n + "\",\"correlationId\":\"live\",\"eventTimestamp\":\"2025-01-01T00:00:00Z\","
                + "\"processVersion\":1,\"payload\":{\"userId\":\"user-1\",\"actionType\":\"Purchased\","
                + "\"itemSku\":\"SKU-BASIC-1\",\"amount\":9.50}}";
    }

    /** Sends a record with the application's only header, and returns its offset. */
    long order(String value) throws Exception {
        RecordHeaders headers = new RecordHeaders();
        headers.add("traceparent", bytes(TRACEPARENT));
        return send(bytes(KEY), bytes(value), headers);
    }

    /** Sends the record back to where it came from as it is, as a careless replay tool would. */
    long again(ConsumerRecord<byte[], byte[]> dead) throws Exception {
        return send(dead.key(), dead.value(), new RecordHeaders(dead.headers()));
    }

    long send(byte[] key, byte[] value, RecordHeaders headers) throws Exception {
        long next = end(ORDERS, PARTITION);
        return producer.send(new ProducerRecord<>(ORDERS, PARTITION, FIRST_TIMESTAMP + next, key, value, headers))
                .get()
                .offset();
    }

    long end(String topic, int partition) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            TopicPartition tp = new TopicPartition(topic, partition);
            return consumer.endOffsets(List.of(tp)).get(tp);
        }
    }

    long count(String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = partitions(consumer, topic);
            return consumer.endOffsets(partitions).values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /** Waits until the topic has so many records, and returns all of them. */
    List<ConsumerRecord<byte[], byte[]>> read(String topic, long count) {
        await(() -> count(topic) >= count);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = partitions(consumer, topic);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            await(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
                return records.size() >= count;
            });
        }
        records.sort(Comparator.comparingLong(ConsumerRecord::timestamp));
        return records;
    }

    private static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(p -> new TopicPartition(topic, p.partition()))
                .collect(Collectors.toList());
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(clients(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("not within a minute");
            }
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    void dump(String about, ConsumerRecord<byte[], byte[]> dead) {
        StringBuilder line = new StringBuilder("{\"about\":").append(json(about));
        line.append(",\"topic\":").append(json(dead.topic()));
        line.append(",\"timestamp\":").append(dead.timestamp());
        line.append(",\"key\":").append(base64(dead.key()));
        line.append(",\"value\":").append(base64(dead.value()));
        line.append(",\"headers\":[");
        String comma = "";
        for (Header header : dead.headers()) {
            line.append(comma).append('[').append(json(header.key())).append(',');
            line.append(base64(header.value())).append(']');
            comma = ",";
        }
        lines.add(line.append("]}").toString());
        System.out.println(about + " -> " + dead.topic() + "-" + dead.partition() + "@" + dead.offset());
    }

    private static String json(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String base64(byte[] bytes) {
        return bytes == null ? "null" : '"' + Base64.getEncoder().encodeToString(bytes) + '"';
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    void write(String name) throws IOException {
        Path file = Path.of(System.getProperty("dlt.out"), name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, String.join("\n", lines) + "\n");
        System.out.println(lines.size() + " records in " + name);
    }

    @Override
    public void close() throws Exception {
        producer.close(Duration.ZERO);
        admin.close(Duration.ZERO);
        broker.close();
    }
}
