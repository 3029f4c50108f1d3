package io.backprocess.foreign.dlt;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.errors.LogAndContinueExceptionHandler;
import org.apache.kafka.streams.errors.LogAndContinueProcessingExceptionHandler;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** The dead letter queue of Kafka Streams (KIP-1034), by the library's own exception handlers. */
public final class StreamsDlt {
    private static final String ABOUT = "kafka-streams " + System.getProperty("kafka.version") + ", ";
    private static final Serde<String> STRING = Serdes.String();

    private StreamsDlt() {}

    public static void main(String[] args) throws Exception {
        try (Lab lab = new Lab()) {
            lab.topics("orders-dlq", "orders-dlq-dlq", "big");
            all(lab);
            lab.write("streams.jsonl");
        }
        System.exit(0);
    }

    private static void all(Lab lab) throws Exception {
        ConsumerRecord<byte[], byte[]> dead;

        dead = fail(lab, "deserialize", Lab.ORDERS, lab.order(Lab.value(1)), "orders-dlq", true, b ->
                b.stream(Lab.ORDERS, Consumed.with(STRING, Serdes.Integer())).foreach((k, v) -> {}));
        lab.dump(ABOUT + "deserialization exception, LogAndContinueExceptionHandler", dead);

        dead = fail(lab, "process", Lab.ORDERS, lab.order(Lab.value(2)), "orders-dlq", true, b ->
                b.stream(Lab.ORDERS, Consumed.with(STRING, STRING)).foreach((k, v) -> unknown()));
        ConsumerRecord<byte[], byte[]> processed = dead;
        lab.dump(ABOUT + "processing exception, LogAndContinueProcessingExceptionHandler", dead);

        dead = fail(lab, "process-fail", Lab.ORDERS, lab.order(Lab.value(3)), "orders-dlq", false, b ->
                b.stream(Lab.ORDERS, Consumed.with(STRING, STRING)).foreach((k, v) -> unknown()));
        lab.dump(ABOUT + "processing exception, LogAndFailProcessingExceptionHandler (the default; the client stops)", dead);

        dead = fail(lab, "no-message", Lab.ORDERS, lab.order(Lab.value(4)), "orders-dlq", true, b ->
                b.stream(Lab.ORDERS, Consumed.with(STRING, STRING)).foreach((k, v) -> {
                    throw new IllegalStateException();
                }));
        lab.dump(ABOUT + "processing exception without a message: a header whose value is null", dead);

        dead = fail(lab, "repartition", Lab.ORDERS, lab.order(Lab.value(5)), "orders-dlq", true, b ->
                b.stream(Lab.ORDERS, Consumed.with(STRING, STRING))
                        .repartition(Repartitioned.with(STRING, STRING).withName("by-user"))
                        .foreach((k, v) -> unknown()));
        lab.dump(ABOUT + "processing exception behind a repartition topic: the origin is that internal topic", dead);

        dead = fail(lab, "serialize", Lab.ORDERS, lab.order(Lab.value(6)), "orders-dlq", false, b ->
                b.stream(Lab.ORDERS, Consumed.with(STRING, STRING))
                        .to("big", Produced.with(STRING, Serdes.serdeFrom(
                                (topic, data) -> {
                                    throw new SerializationException("not this order");
                                },
                                STRING.deserializer()))));
        lab.dump(ABOUT + "serialization exception of an output record, DefaultProductionExceptionHandler (the client stops)", dead);

        dead = fail(lab, "produce", Lab.ORDERS, lab.order(Lab.value(7)), "orders-dlq", false, b ->
                b.stream(Lab.ORDERS, Consumed.with(STRING, STRING))
                        .mapValues(v -> v + " ".repeat(2 << 20))
                        .to("big", Produced.with(STRING, STRING)));
        lab.dump(ABOUT + "production exception: an output record is too large, DefaultProductionExceptionHandler (the client stops)", dead);

        dead = fail(lab, "punctuate", Lab.ORDERS, lab.order(Lab.value(8)), "orders-dlq", false, b ->
                b.stream(Lab.ORDERS, Consumed.with(STRING, STRING)).process(Punctual::new));
        lab.dump(ABOUT + "processing exception in a punctuator: there is no origin", dead);

        dead = fail(lab, "process-again", Lab.ORDERS, lab.again(processed), "orders-dlq", true, b ->
                b.stream(Lab.ORDERS, Consumed.with(STRING, STRING)).foreach((k, v) -> unknown()));
        lab.dump(ABOUT + "second failure: the dead letter of offset 101 was sent back to orders with its headers", dead);

        dead = failAt(lab, "dlq", "orders-dlq", dead.partition(), dead.offset(), "orders-dlq-dlq", true, b ->
                b.stream("orders-dlq", Consumed.with(STRING, STRING)).foreach((k, v) -> unknown()));
        lab.dump(ABOUT + "third failure: another application reads the topic of dead letters", dead);
    }

    private static void unknown() {
        throw new IllegalStateException(
                "SKU-BASIC-1 is unknown to the warehouse", new IllegalArgumentException("no such row"));
    }

    private static final class Punctual implements Processor<String, String, Void, Void> {
        @Override
        public void init(ProcessorContext<Void, Void> context) {
            context.schedule(Duration.ofMillis(100), PunctuationType.WALL_CLOCK_TIME, now -> unknown());
        }

        @Override
        public void process(Record<String, String> record) {}
    }

    private static ConsumerRecord<byte[], byte[]> fail(
            Lab lab, String app, String topic, long offset, String dlq, boolean goOn, Consumer<StreamsBuilder> topology)
            throws Exception {
        return failAt(lab, app, topic, Lab.PARTITION, offset, dlq, goOn, topology);
    }

    private static ConsumerRecord<byte[], byte[]> failAt(
            Lab lab,
            String app,
            String topic,
            int partition,
            long offset,
            String dlq,
            boolean goOn,
            Consumer<StreamsBuilder> topology)
            throws Exception {
        String id = "orders-" + app;
        lab.admin.alterConsumerGroupOffsets(id, Map.of(
                        new TopicPartition(topic, partition),
                        new OffsetAndMetadata(offset)))
                .all()
                .get();
        Map<Integer, Long> ends = Map.of(0, lab.end(dlq, 0), 1, lab.end(dlq, 1));
        Path state = Files.createTempDirectory("streams");
        Properties settings = new Properties();
        settings.put("application.id", id);
        settings.put("bootstrap.servers", lab.brokers());
        settings.put("state.dir", state.toString());
        settings.put("errors.dead.letter.queue.topic.name", dlq);
        settings.put("commit.interval.ms", "100");
        settings.put("auto.offset.reset", "latest");
        settings.put("statestore.cache.max.bytes", "0");
        if (goOn) {
            settings.put("deserialization.exception.handler", LogAndContinueExceptionHandler.class.getName());
            settings.put("processing.exception.handler", LogAndContinueProcessingExceptionHandler.class.getName());
        }
        StreamsBuilder builder = new StreamsBuilder();
        topology.accept(builder);
        KafkaStreams streams = new KafkaStreams(builder.build(), settings);
        streams.setUncaughtExceptionHandler(e -> StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
        streams.start();
        try {
            return newest(lab, dlq, ends);
        } finally {
            streams.close(Duration.ofSeconds(10));
            streams.cleanUp();
            Utils.delete(state.toFile());
        }
    }

    /** A record that was not there before. A dead letter has the time of its record, so its time does not tell. */
    private static ConsumerRecord<byte[], byte[]> newest(Lab lab, String dlq, Map<Integer, Long> ends) {
        long before = ends.get(0) + ends.get(1);
        return lab.read(dlq, before + 1).stream()
                .filter(record -> record.offset() >= ends.get(record.partition()))
                .min(Comparator.comparingLong(ConsumerRecord::offset))
                .orElseThrow();
    }
}
