package io.backprocess.cli;

import io.backprocess.batch.BatchException;
import io.backprocess.cli.options.ConnectionOptions;
import io.backprocess.cli.options.EnvelopeOption;
import io.backprocess.cli.options.SpecOptions;
import io.backprocess.envelope.Envelope;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.render.Words;
import io.backprocess.sample.DirtyHistory;
import io.backprocess.sample.JournalHistory;
import io.backprocess.sample.MappedHistory;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.TopicConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a sample history for trials. */
@Command(
        name = "sample",
        description = "Write a sample history into a new topic, to try Backprocess on.",
        mixinStandardHelpOptions = true)
public final class SampleCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Option(names = "--topic", paramLabel = "TOPIC", required = true, description = "The topic; it must not exist yet.")
    private String topic = "";

    @Option(
            names = "--history",
            paramLabel = "shop|journal",
            defaultValue = "shop",
            description = {
                "shop (default): purchases with copies, malformed records and other damage, for the revision purchase-split.",
                "journal: a person's log of failures with a few entries, for the revision journal."
            })
    private String history = "";

    @Option(
            names = "--events",
            paramLabel = "N",
            defaultValue = "100000",
            description = "Number of records of the shop (default: 100000).")
    private long events;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            defaultValue = "4",
            description = "Number of partitions (default: 4).")
    private int partitions;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of the shop's history; another seed gives another history (default: 1).")
    private long seed;

    @Mixin
    private EnvelopeOption envelope = new EnvelopeOption();

    @Option(names = "--execute", description = "Write the history; without it nothing is written.")
    private boolean execute;

    /** The kinds of history that can be written. */
    private enum HistoryKind {
        SHOP,
        JOURNAL
    }

    @Override
    public Integer call() {
        boolean journal = SpecOptions.word(HistoryKind.class, "--history", history) == HistoryKind.JOURNAL;
        if (partitions < 1) {
            throw BatchException.usage("--partitions %d is less than one".formatted(partitions));
        }
        if (events < 1) {
            throw BatchException.usage("--events %d is less than one".formatted(events));
        }
        if (journal && isGiven("--events", "--seed")) {
            throw BatchException.usage("--events and --seed only apply to the shop's history; leave them out");
        }
        EnvelopeMapping mapping = Envelope.of(envelope.text(topic), topic).mapping();
        if (journal && !mapping.isOwn()) {
            throw BatchException.usage("--envelope only applies to the shop's history; leave it out");
        }
        long records = journal ? JournalHistory.size() : events;
        KafkaClients kafka = connection.kafka();
        try (KafkaAdmin admin = kafka.openAdmin()) {
            if (admin.topicExists(topic)) {
                throw BatchException.refused("topic '%s' already exists; choose another --topic".formatted(topic));
            }
            if (!execute) {
                out("would write %s records into the new topic %s with %d partitions; add --execute to do it"
                        .formatted(Words.count(records), topic, partitions));
                return 0;
            }
            // The timestamps are old, so Kafka would delete the records at once under a time retention.
            admin.createTopics(List.of(
                    new NewTopic(topic, partitions, (short) 1).configs(Map.of(TopicConfig.RETENTION_MS_CONFIG, "-1"))));
        }
        Iterator<ProducerRecord<byte[], byte[]>> shop = new DirtyHistory(topic, partitions, events, seed);
        write(journal ? new JournalHistory(topic) : mapping.isOwn() ? shop : new MappedHistory(shop, mapping), kafka);
        out("wrote %s records into %s".formatted(Words.count(records), topic));
        return 0;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback gets failures
    private void write(Iterator<ProducerRecord<byte[], byte[]>> records, KafkaClients kafka) {
        KafkaClients writing = kafka.withDefault(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4")
                .withDefault(ProducerConfig.BATCH_SIZE_CONFIG, 256 * 1024)
                .withDefault(ProducerConfig.LINGER_MS_CONFIG, 20)
                .withDefault(ProducerConfig.BUFFER_MEMORY_CONFIG, 64 * 1024 * 1024);
        AtomicReference<Exception> failure = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer = writing.openProducer()) {
            while (records.hasNext() && failure.get() == null) {
                producer.send(records.next(), (metadata, e) -> failure.compareAndSet(null, e));
            }
        }
        if (failure.get() != null) {
            throw BatchException.failed(
                    "cannot write into %s: %s".formatted(topic, failure.get().getMessage()), failure.get());
        }
    }

    private boolean isGiven(String... options) {
        return Arrays.stream(options)
                .anyMatch(option -> command.commandLine().getParseResult().hasMatchedOption(option));
    }

    private void out(String line) {
        command.commandLine().getOut().println(line);
        command.commandLine().getOut().flush();
    }
}
