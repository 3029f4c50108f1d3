package io.backprocess.foreign.dlt;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.IntegerDeserializer;

/** The dead letter queues of share groups (KIP-1191), which the broker itself writes. It needs Kafka 4.4. */
public final class ShareDlq {
    private static final String ABOUT = "kafka " + System.getProperty("kafka.version") + ", ";
    private static final String DLQ = "dlq.orders";
    private static final String SECOND_DLQ = "dlq.dlq.orders";
    /** The number of deliveries after which the broker gives up. It is 5 by default. */
    private static final int LIMIT = 3;

    private static Lab lab;

    private ShareDlq() {}

    public static void main(String[] args) throws Exception {
        Map<String, String> broker = Map.of(
                "share.coordinator.state.topic.replication.factor", "1",
                "share.coordinator.state.topic.min.isr", "1",
                "share.coordinator.state.topic.num.partitions", "1",
                "group.share.min.record.lock.duration.ms", "1000",
                "errors.deadletterqueue.auto.create.topics.enable", "false");
        try (Lab open = new Lab(broker)) {
            lab = open;
            System.out.println("features: " + lab.admin.describeFeatures().featureMetadata().get().finalizedFeatures());
            for (String topic : List.of(DLQ, SECOND_DLQ)) {
                lab.topics(topic);
                set(ConfigResource.Type.TOPIC, topic, "errors.deadletterqueue.group.enable", "true");
            }
            all();
            lab.write("share.jsonl");
        }
        System.exit(0);
    }

    private static void all() throws Exception {
        List<ConsumerRecord<byte[], byte[]>> dead;

        group("copy-reject", DLQ, true);
        dead = fail("copy-reject", AcknowledgeType.REJECT, lab.order(Lab.value(1)));
        ConsumerRecord<byte[], byte[]> rejected = dead.get(0);
        dump("record copied, rejected by the consumer at its first delivery", dead);

        group("copy-release", DLQ, true);
        dead = fail("copy-release", AcknowledgeType.RELEASE, lab.order(Lab.value(2)));
        dump("record copied, released by the consumer until share.delivery.count.limit (" + LIMIT + ")", dead);

        group("copy-lock", DLQ, true);
        dead = expire("copy-lock", lab.order(Lab.value(3)));
        dump("record copied, never acknowledged: the lock expired until share.delivery.count.limit (" + LIMIT
                + ")", dead);

        group("copy-unreadable", DLQ, true);
        dead = unreadable("copy-unreadable", lab.order(Lab.value(4)));
        dump("record copied, rejected by the consumer because of a RecordDeserializationException", dead);

        group("copy-two", DLQ, true);
        dead = fail("copy-two", AcknowledgeType.REJECT, lab.order(Lab.value(5)), lab.order(Lab.value(6)));
        dump("record copied, two records rejected at once", dead);

        RecordHeaders headers = new RecordHeaders();
        headers.add("traceparent", Lab.bytes(Lab.TRACEPARENT));
        group("copy-tombstone", DLQ, true);
        dead = fail("copy-tombstone", AcknowledgeType.REJECT, lab.send(Lab.bytes(Lab.KEY), null, headers));
        dump("record copied, a tombstone", dead);

        group("bare-reject", DLQ, false);
        dead = fail("bare-reject", AcknowledgeType.REJECT, lab.order(Lab.value(7)));
        ConsumerRecord<byte[], byte[]> bare = dead.get(0);
        dump("record not copied (the default), rejected by the consumer at its first delivery", dead);

        group("bare-release", DLQ, false);
        dead = fail("bare-release", AcknowledgeType.RELEASE, lab.order(Lab.value(8)));
        dump("record not copied (the default), released until share.delivery.count.limit (" + LIMIT + ")", dead);

        group("again", DLQ, true);
        dead = fail("again", AcknowledgeType.REJECT, lab.again(rejected));
        ConsumerRecord<byte[], byte[]> again = dead.get(0);
        dump("record copied, second failure: the dead letter of offset " + Lab.FIRST_OFFSET
                + " was sent back to orders with its headers", dead);

        group("bare-again", DLQ, false);
        dead = fail("bare-again", AcknowledgeType.REJECT, lab.again(bare));
        dump("record not copied, second failure: a dead letter without a copy was sent back to orders with its"
                + " headers", dead);

        group("dlq-reader", SECOND_DLQ, true);
        dead = failIn(DLQ, again.partition(), SECOND_DLQ, "dlq-reader", AcknowledgeType.REJECT, again.offset());
        dump("record copied, third failure: another share group reads the dead letter queue", dead);

        // This scenario is last, because it deletes the records of all others.
        group("copy-deleted", DLQ, true);
        dead = deleted("copy-deleted", lab.order(Lab.value(9)));
        dump("to be copied, but the record is deleted before the consumer rejects it", dead);
    }

    /** Sets a share group up that begins at the earliest record. */
    private static void group(String group, String dlq, boolean copies) throws Exception {
        set(ConfigResource.Type.GROUP, group, "share.auto.offset.reset", "earliest");
        set(ConfigResource.Type.GROUP, group, "share.delivery.count.limit", String.valueOf(LIMIT));
        set(ConfigResource.Type.GROUP, group, "share.record.lock.duration.ms", "1000");
        set(ConfigResource.Type.GROUP, group, "errors.deadletterqueue.topic.name", dlq);
        if (copies) {
            set(ConfigResource.Type.GROUP, group, "errors.deadletterqueue.copy.record.enable", "true");
        }
    }

    private static void set(ConfigResource.Type type, String name, String key, String value) throws Exception {
        ConfigResource resource = new ConfigResource(type, name);
        Collection<AlterConfigOp> set =
                List.of(new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET));
        lab.admin.incrementalAlterConfigs(Map.of(resource, set)).all().get();
        Lab.await(() -> {
            try {
                return lab.admin.describeConfigs(List.of(resource)).all().get().get(resource).entries().stream()
                        .anyMatch(entry -> entry.name().equals(key) && value.equals(entry.value()));
            } catch (Exception e) {
                return false;
            }
        });
    }

    private static List<ConsumerRecord<byte[], byte[]>> fail(String group, AcknowledgeType type, Long... offsets) {
        return failIn(Lab.ORDERS, Lab.PARTITION, DLQ, group, type, offsets);
    }

    /** Acknowledges the records as given and accepts all others, until the broker has written the dead letters. */
    private static List<ConsumerRecord<byte[], byte[]>> failIn(
            String topic, int partition, String dlq, String group, AcknowledgeType type, Long... offsets) {
        Set<Long> wanted = new TreeSet<>(List.of(offsets));
        long before = lab.count(dlq);
        try (KafkaShareConsumer<byte[], byte[]> consumer = consumer(group, new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(topic));
            Lab.await(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> consumer.acknowledge(
                        record,
                        record.partition() == partition && wanted.contains(record.offset())
                                ? type
                                : AcknowledgeType.ACCEPT));
                consumer.commitSync();
                return lab.count(dlq) >= before + wanted.size();
            });
        }
        return letters(dlq, group, wanted.size());
    }

    /** Lets the locks expire: a consumer takes the record, does nothing and is too late to say what became of it. */
    private static List<ConsumerRecord<byte[], byte[]>> expire(String group, long offset) {
        long before = lab.count(DLQ);
        Lab.await(() -> {
            try (KafkaShareConsumer<byte[], byte[]> consumer = consumer(group, new ByteArrayDeserializer())) {
                consumer.subscribe(List.of(Lab.ORDERS));
                boolean taken = false;
                for (int i = 0; i < 20 && !taken; i++) {
                    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                        if (record.offset() == offset && record.partition() == Lab.PARTITION) {
                            taken = true;
                        } else {
                            consumer.acknowledge(record, AcknowledgeType.ACCEPT);
                        }
                    }
                    consumer.commitSync();
                }
                sleep(taken ? 1_500 : 0);
            }
            return lab.count(DLQ) > before;
        });
        return letters(DLQ, group, 1);
    }

    /** Rejects the record that the consumer cannot deserialize, as its exception names it. */
    private static List<ConsumerRecord<byte[], byte[]>> unreadable(String group, long offset) {
        long before = lab.count(DLQ);
        try (KafkaShareConsumer<byte[], Integer> consumer = consumer(group, new IntegerDeserializer())) {
            consumer.subscribe(List.of(Lab.ORDERS));
            Lab.await(() -> {
                try {
                    consumer.poll(Duration.ofMillis(200)).forEach(consumer::acknowledge);
                } catch (RecordDeserializationException e) {
                    consumer.acknowledge(
                            e.topicPartition().topic(),
                            e.topicPartition().partition(),
                            e.offset(),
                            e.offset() == offset ? AcknowledgeType.REJECT : AcknowledgeType.ACCEPT);
                }
                consumer.commitSync();
                return lab.count(DLQ) > before;
            });
        }
        return letters(DLQ, group, 1);
    }

    private static List<ConsumerRecord<byte[], byte[]>> deleted(String group, long offset) {
        long before = lab.count(DLQ);
        try (KafkaShareConsumer<byte[], byte[]> consumer = consumer(group, new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(Lab.ORDERS));
            Lab.await(() -> {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    boolean wanted = record.offset() == offset && record.partition() == Lab.PARTITION;
                    if (wanted) {
                        delete(offset + 1);
                    }
                    consumer.acknowledge(record, wanted ? AcknowledgeType.REJECT : AcknowledgeType.ACCEPT);
                }
                consumer.commitSync();
                return lab.count(DLQ) > before;
            });
        }
        return letters(DLQ, group, 1);
    }

    private static void delete(long before) {
        try {
            lab.admin.deleteRecords(Map.of(
                            new TopicPartition(Lab.ORDERS, Lab.PARTITION), RecordsToDelete.beforeOffset(before)))
                    .all()
                    .get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static <V> KafkaShareConsumer<byte[], V> consumer(String group, Deserializer<V> values) {
        Map<String, Object> settings = lab.clients();
        settings.put("group.id", group);
        settings.put("share.acknowledgement.mode", "explicit");
        return new KafkaShareConsumer<>(settings, new ByteArrayDeserializer(), values);
    }

    /** Reads the dead letters of a group. There must be so many and no more. */
    private static List<ConsumerRecord<byte[], byte[]>> letters(String dlq, String group, int count) {
        Predicate<ConsumerRecord<byte[], byte[]>> own = record ->
                new String(record.headers().lastHeader("__dlq.errors.group").value()).equals(group);
        List<ConsumerRecord<byte[], byte[]>> letters = new ArrayList<>(
                lab.read(dlq, lab.count(dlq)).stream().filter(own).toList());
        if (letters.size() != count) {
            throw new IllegalStateException("%d letters of %s, not %d".formatted(letters.size(), group, count));
        }
        return letters;
    }

    private static void dump(String about, List<ConsumerRecord<byte[], byte[]>> letters) {
        letters.forEach(letter -> lab.dump(ABOUT + "share group: " + about, letter));
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
