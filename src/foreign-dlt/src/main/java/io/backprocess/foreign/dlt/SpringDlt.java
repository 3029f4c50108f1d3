package io.backprocess.foreign.dlt;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.kafka.annotation.BackOff;
import org.springframework.kafka.annotation.DltHandler;
import org.springframework.kafka.annotation.EnableKafka;
import org.springframework.kafka.annotation.EnableKafkaRetryTopic;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.annotation.RetryableTopic;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.support.serializer.DelegatingByTypeSerializer;
import org.springframework.kafka.support.serializer.ErrorHandlingDeserializer;
import org.springframework.kafka.support.serializer.JsonDeserializer;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.util.backoff.FixedBackOff;

/** Dead letters of spring-kafka: real listener containers with a DeadLetterPublishingRecoverer, and @RetryableTopic. */
public final class SpringDlt {
    private static final String ABOUT = "spring-kafka " + System.getProperty("spring-kafka.version") + ", ";

    private static Lab lab;
    private static Scenario scenario;

    private SpringDlt() {}

    public static void main(String[] args) throws Exception {
        try (Lab open = new Lab()) {
            lab = open;
            lab.topics("orders-dlt", "orders-dlt-dlt", "orders-retry-200", "orders-retry-400");
            all();
            lab.write("spring.jsonl");
        }
        System.exit(0);
    }

    /** A scenario holds what differs from one listener to the next. */
    private static final class Scenario {
        private final Map<String, Object> consumer = new HashMap<>();
        private Consumer<DeadLetterPublishingRecoverer> recoverer = r -> {};
        private RuntimeException exception = new UnknownSkuException("SKU-BASIC-1 is unknown to the warehouse");
        private boolean attemptHeader;
    }

    public static final class UnknownSkuException extends RuntimeException {
        private static final long serialVersionUID = 1;

        UnknownSkuException(String message) {
            super(message);
        }
    }

    private static void all() throws Exception {
        ConsumerRecord<byte[], byte[]> dead;

        scenario = new Scenario();
        dead = fail("warehouse", Lab.ORDERS, lab.order(Lab.value(1)), "orders-dlt");
        ConsumerRecord<byte[], byte[]> first = dead;
        lab.dump(ABOUT + "DeadLetterPublishingRecoverer: listener exception after 3 attempts", dead);

        scenario = new Scenario();
        scenario.exception = new IllegalStateException("out of stock", new IllegalArgumentException());
        scenario.attemptHeader = true;
        dead = fail("warehouse", Lab.ORDERS, lab.order(Lab.value(2)), "orders-dlt");
        lab.dump(
                ABOUT + "DeadLetterPublishingRecoverer: listener exception with a root cause that has no message,"
                        + " deliveryAttemptHeader on",
                dead);

        scenario = new Scenario();
        long third = lab.order(Lab.value(3));
        long before = lab.count("orders-dlt");
        new DeadLetterPublishingRecoverer(template()).accept(read(third), new IllegalStateException());
        dead = newest("orders-dlt", before);
        lab.dump(
                ABOUT + "DeadLetterPublishingRecoverer: called by the application's own code with an exception without"
                        + " a message (no consumer group, no message)",
                dead);

        scenario = new Scenario();
        dead = fail("warehouse", Lab.ORDERS, lab.again(first), "orders-dlt");
        ConsumerRecord<byte[], byte[]> second = dead;
        lab.dump(
                ABOUT + "DeadLetterPublishingRecoverer: second failure, the dead letter of offset 100 was sent back to"
                        + " orders with its headers",
                dead);

        scenario = new Scenario();
        scenario.exception = new IllegalStateException("the dead letter was not understood");
        dead = failAt("dlt-reader", "orders-dlt", second.partition(), second.offset(), "orders-dlt-dlt");
        lab.dump(ABOUT + "DeadLetterPublishingRecoverer: third failure, in a listener of orders-dlt", dead);

        scenario = new Scenario();
        scenario.exception = new IllegalStateException("out of stock");
        scenario.recoverer = r -> {
            r.setAppendOriginalHeaders(false);
            r.setStripPreviousExceptionHeaders(false);
        };
        dead = fail("warehouse", Lab.ORDERS, lab.again(first), "orders-dlt");
        lab.dump(
                ABOUT + "DeadLetterPublishingRecoverer: second failure, appendOriginalHeaders=false"
                        + " stripPreviousExceptionHeaders=false",
                dead);

        scenario = new Scenario();
        json(scenario);
        dead = fail("warehouse", Lab.ORDERS, lab.order("{\"eventId\":\"e-1\",oops"), "orders-dlt");
        lab.dump(ABOUT + "DeadLetterPublishingRecoverer: value deserialization exception", dead);

        scenario = new Scenario();
        json(scenario);
        scenario.recoverer = r -> r.setRetainExceptionHeader(true);
        dead = fail("warehouse", Lab.ORDERS, lab.order("{\"eventId\":\"e-1\",oops"), "orders-dlt");
        lab.dump(
                ABOUT + "DeadLetterPublishingRecoverer: value deserialization exception, retainExceptionHeader=true",
                dead);

        scenario = new Scenario();
        scenario.consumer.put("key.deserializer", ErrorHandlingDeserializer.class);
        scenario.consumer.put(ErrorHandlingDeserializer.KEY_DESERIALIZER_CLASS, IntegerDeserializer.class);
        scenario.recoverer = r -> r.setRetainExceptionHeader(true);
        dead = fail("warehouse", Lab.ORDERS, lab.order(Lab.value(4)), "orders-dlt");
        lab.dump(
                ABOUT + "DeadLetterPublishingRecoverer: key deserialization exception, retainExceptionHeader=true",
                dead);

        scenario = new Scenario();
        retry("retry-warehouse", RetryListener.class, lab.order(Lab.value(5)), Map.of(
                "orders-retry-200", ABOUT + "RetryableTopic(attempts 3): not dead yet, in the first retry topic",
                "orders-retry-400", ABOUT + "RetryableTopic(attempts 3): not dead yet, in the second retry topic",
                "orders-dlt", ABOUT + "RetryableTopic(attempts 3): dead after 3 attempts"), 1);

        scenario = new Scenario();
        scenario.exception = new ClassCastException("not an order");
        retry("retry-fatal", RetryListener.class, lab.order(Lab.value(6)), Map.of(
                "orders-dlt", ABOUT + "RetryableTopic(attempts 3): an exception that is never retried, dead after 1"), 1);

        scenario = new Scenario();
        scenario.exception = new ClassCastException("not an order");
        retry("retry-dlt-fails", DltFailsListener.class, lab.order(Lab.value(7)), Map.of(
                "orders-dlt", ABOUT + "RetryableTopic(attempts 3): the @DltHandler failed once, so the record is in the"
                        + " same topic again"), 2);
    }

    private static void json(Scenario scenario) {
        scenario.consumer.put("value.deserializer", ErrorHandlingDeserializer.class);
        scenario.consumer.put(ErrorHandlingDeserializer.VALUE_DESERIALIZER_CLASS, JsonDeserializer.class);
        scenario.consumer.put(JsonDeserializer.VALUE_DEFAULT_TYPE, Map.class.getName());
    }

    private static KafkaTemplate<Object, Object> template() {
        Map<Class<?>, org.apache.kafka.common.serialization.Serializer<?>> types =
                Map.of(byte[].class, new ByteArraySerializer(), String.class, new StringSerializer());
        return new KafkaTemplate<>(new DefaultKafkaProducerFactory<>(
                lab.clients(), new DelegatingByTypeSerializer(types), new DelegatingByTypeSerializer(types)));
    }

    /** The record of `orders` at the offset. */
    private static ConsumerRecord<byte[], byte[]> read(long offset) {
        return lab.read(Lab.ORDERS, offset + 1 - Lab.FIRST_OFFSET).stream()
                .filter(record -> record.offset() == offset)
                .findFirst()
                .orElseThrow();
    }

    private static ConsumerRecord<byte[], byte[]> newest(String dlt, long before) {
        List<ConsumerRecord<byte[], byte[]>> all = lab.read(dlt, before + 1);
        return all.get(all.size() - 1);
    }

    private static ConsumerRecord<byte[], byte[]> fail(String group, String topic, long offset, String dlt)
            throws Exception {
        return failAt(group, topic, Lab.PARTITION, offset, dlt);
    }

    private static ConsumerRecord<byte[], byte[]> failAt(
            String group, String topic, int partition, long offset, String dlt) throws Exception {
        offset(group, topic, partition, offset);
        long before = lab.count(dlt);
        try (AnnotationConfigApplicationContext context = context(group, topic)) {
            context.register(Plain.class, PlainListener.class);
            context.refresh();
            return newest(dlt, before);
        }
    }

    private static void retry(String group, Class<?> listener, long offset, Map<String, String> abouts, int copies)
            throws Exception {
        offset(group, Lab.ORDERS, Lab.PARTITION, offset);
        Map<String, Long> before = new HashMap<>();
        for (String suffix : List.of("-retry-200", "-retry-400", "-dlt")) {
            String topic = Lab.ORDERS + suffix;
            before.put(topic, lab.count(topic));
            for (int partition = 0; partition < 2; partition++) {
                offset(group + suffix, topic, partition, lab.end(topic, partition));
            }
        }
        try (AnnotationConfigApplicationContext context = context(group, Lab.ORDERS)) {
            context.register(Retries.class, listener);
            context.refresh();
            newest("orders-dlt", before.get("orders-dlt") + copies - 1);
        }
        for (String topic : List.of("orders-retry-200", "orders-retry-400", "orders-dlt")) {
            if (abouts.containsKey(topic)) {
                lab.dump(abouts.get(topic), newest(topic, before.get(topic) + copies - 1));
            }
        }
    }

    private static void offset(String group, String topic, int partition, long offset) throws Exception {
        lab.admin.alterConsumerGroupOffsets(
                        group, Map.of(new TopicPartition(topic, partition), new OffsetAndMetadata(offset)))
                .all()
                .get();
    }

    private static AnnotationConfigApplicationContext context(String group, String topic) {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource("scenario", Map.of("orders.group", group, "orders.topic", topic)));
        return context;
    }

    private static ConcurrentKafkaListenerContainerFactory<Object, Object> containers() {
        Map<String, Object> settings = lab.clients();
        settings.put("key.deserializer", StringDeserializer.class);
        settings.put("value.deserializer", StringDeserializer.class);
        settings.put("auto.offset.reset", "latest");
        settings.putAll(scenario.consumer);
        ConcurrentKafkaListenerContainerFactory<Object, Object> containers =
                new ConcurrentKafkaListenerContainerFactory<>();
        containers.setConsumerFactory(new DefaultKafkaConsumerFactory<>(settings));
        containers.getContainerProperties().setDeliveryAttemptHeader(scenario.attemptHeader);
        return containers;
    }

    @Configuration
    @EnableKafka
    public static class Plain {
        @Bean
        public ConcurrentKafkaListenerContainerFactory<Object, Object> kafkaListenerContainerFactory() {
            DeadLetterPublishingRecoverer recoverer = new DeadLetterPublishingRecoverer(template());
            scenario.recoverer.accept(recoverer);
            ConcurrentKafkaListenerContainerFactory<Object, Object> containers = containers();
            containers.setCommonErrorHandler(new DefaultErrorHandler(recoverer, new FixedBackOff(50, 2)));
            return containers;
        }
    }

    public static class PlainListener {
        @KafkaListener(topics = "${orders.topic}", groupId = "${orders.group}")
        public void onOrder(ConsumerRecord<Object, Object> order) {
            throw scenario.exception;
        }
    }

    @Configuration
    @EnableKafkaRetryTopic
    public static class Retries {
        @Bean
        public ConcurrentKafkaListenerContainerFactory<Object, Object> kafkaListenerContainerFactory() {
            return containers();
        }

        @Bean
        public KafkaTemplate<Object, Object> kafkaTemplate() {
            return template();
        }

        @Bean
        public TaskScheduler taskScheduler() {
            return new ThreadPoolTaskScheduler();
        }
    }

    public static class RetryListener {
        @RetryableTopic(attempts = "3", backOff = @BackOff(delay = 200, multiplier = 2), autoCreateTopics = "false")
        @KafkaListener(topics = "${orders.topic}", groupId = "${orders.group}")
        public void onOrder(ConsumerRecord<Object, Object> order) {
            throw scenario.exception;
        }
    }

    public static class DltFailsListener {
        private final AtomicInteger dead = new AtomicInteger();

        @RetryableTopic(attempts = "3", backOff = @BackOff(delay = 200, multiplier = 2), autoCreateTopics = "false")
        @KafkaListener(topics = "${orders.topic}", groupId = "${orders.group}")
        public void onOrder(ConsumerRecord<Object, Object> order) {
            throw scenario.exception;
        }

        @DltHandler
        public void onDeadLetter(ConsumerRecord<Object, Object> order) {
            if (dead.incrementAndGet() == 1) {
                throw new IllegalStateException("the dead letter was not understood");
            }
        }
    }
}
