package io.backprocess.cli;

import io.backprocess.plan.BatchException;
import io.backprocess.plan.KafkaAdmin;
import io.backprocess.sample.DirtyHistory;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a history to try things out on. */
@Command(
        name = "sample",
        description = "Write a dirty sample history into a new topic, to try Backprocess on.",
        mixinStandardHelpOptions = true)
public final class SampleCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Option(names = "--topic", paramLabel = "TOPIC", required = true, description = "The topic; it must not exist yet.")
    private String topic = "";

    @Option(names = "--events", paramLabel = "N", defaultValue = "100000", description = "Records (default: 100000).")
    private long events;

    @Option(names = "--partitions", paramLabel = "N", defaultValue = "4", description = "Partitions (default: 4).")
    private int partitions;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Another seed, another history (default: 1).")
    private long seed;

    @Option(names = "--execute", description = "Really write; without it nothing happens.")
    private boolean execute;

    @Override
    public Integer call() {
        Properties kafka = connection.kafka();
        try (KafkaAdmin admin = new KafkaAdmin(kafka)) {
            if (admin.topicExists(topic)) {
                throw BatchException.refused("topic '%s' exists already; choose another --topic".formatted(topic));
            }
            if (!execute) {
                out("would write %,d records into the new topic %s with %d partitions; add --execute to do it"
                        .formatted(events, topic, partitions));
                return 0;
            }
            // Its timestamps are old: under a time retention Kafka would delete it at once.
            admin.createTopics(List.of(
                    new NewTopic(topic, partitions, (short) 1).configs(Map.of(TopicConfig.RETENTION_MS_CONFIG, "-1"))));
        }
        write(kafka);
        out("wrote %,d records into %s".formatted(events, topic));
        return 0;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback hears of failures
    private void write(Properties kafka) {
        Properties properties = new Properties();
        properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, 256 * 1024);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 20);
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 64 * 1024 * 1024);
        properties.putAll(kafka);
        AtomicReference<Exception> failure = new AtomicReference<>();
        DirtyHistory history = new DirtyHistory(topic, partitions, events, seed);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            while (history.hasNext() && failure.get() == null) {
                producer.send(history.next(), (metadata, e) -> failure.compareAndSet(null, e));
            }
        }
        if (failure.get() != null) {
            throw BatchException.failed(
                    "cannot write into %s: %s".formatted(topic, failure.get().getMessage()), failure.get());
        }
    }

    private void out(String line) {
        command.commandLine().getOut().println(line);
        command.commandLine().getOut().flush();
    }
}
