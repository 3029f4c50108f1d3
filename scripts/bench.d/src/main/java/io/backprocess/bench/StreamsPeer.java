package io.backprocess.bench;

import io.backprocess.bench.Rule.RejectedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;

/**
 * The same batch in Kafka Streams: exactly once, one RocksDB store of the eventIds that were seen, logged to a changelog topic;
 * no repartitioning, so copies are found within their partition. The producer partitions results by key.
 *
 * <p>Tuned, in CPU seconds of the process for 2 million records, pairwise on a machine with other work on it (±8 %): with
 * the settings here 57 and 55; with the store's cache 88 and 104 (ids rarely come again while they are in it); with RocksDB as
 * Streams sets it (bloom filter too, 50 MB of blocks and 16 MB of write buffer a store) 60 and 64; without a bloom filter 60;
 * blocks not compressed 63; 1000 buffered records a partition, the default, 66 and a third longer; G1 68 and nearly twice as
 * long. The clients' settings are those of a batch.
 *
 * <p>{@code StreamsPeer BOOTSTRAP SOURCE BATCH-ID STATE-DIR [REGISTRY]}
 */
public final class StreamsPeer {
    private static final String STORE = "seen";
    private static final byte[] SEEN = {1};

    private StreamsPeer() {}

    public static void main(String[] args) throws Exception {
        String bootstrapServers = args[0];
        String source = args[1];
        String batchId = args[2];
        String results = source + "." + batchId;
        Clients.createTopics(bootstrapServers, source, results, results + ".dlq");
        Remaining remaining;
        try (Admin admin = Admin.create(Clients.producer(bootstrapServers))) {
            remaining = new Remaining(Clients.ends(admin, source));
        }
        KafkaStreams streams = new KafkaStreams(
                topology(source, results, () -> new Revise(Rule.of(batchId, Rule.registry(args, 4)), remaining)),
                settings(bootstrapServers, batchId, args[3]));
        streams.setUncaughtExceptionHandler(e -> {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
            return null;
        });
        streams.start();
        remaining.await();
        // Commits what has been done since the last commit.
        streams.close();
        System.out.printf("processed to the end of %d partitions%n", remaining.partitions());
    }

    private static Topology topology(
            String source, String results, ProcessorSupplier<byte[], byte[], byte[], byte[]> revise) {
        StoreBuilder<KeyValueStore<String, byte[]>> seen = Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray())
                .withCachingDisabled()
                .withLoggingEnabled(Map.of());
        Serializer<byte[]> bytes = Serdes.ByteArray().serializer();
        return new Topology()
                .addSource(
                        "read",
                        Serdes.ByteArray().deserializer(),
                        Serdes.ByteArray().deserializer(),
                        source)
                .addProcessor("revise", revise, "read")
                .addStateStore(seen, "revise")
                .addSink("publish", results, bytes, bytes, "revise")
                .addSink("deadletter", results + ".dlq", bytes, bytes, "revise");
    }

    private static Properties settings(String bootstrapServers, String batchId, String stateDir) {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, batchId);
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, Clients.THREADS);
        settings.put(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, Duration.ofSeconds(10).toMillis());
        settings.put(StreamsConfig.STATE_DIR_CONFIG, stateDir);
        settings.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 10_000);
        settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, Tuned.class);
        settings.put("auto.offset.reset", "earliest");
        Clients.consumer(bootstrapServers)
                .forEach((name, value) -> settings.put(prefixed("main.consumer.", name), value));
        settings.put("main.consumer.max.poll.records", "10000");
        Clients.producer(bootstrapServers).forEach((name, value) -> settings.put(prefixed("producer.", name), value));
        return settings;
    }

    private static String prefixed(String prefix, Object name) {
        return name.equals("bootstrap.servers") ? "bootstrap.servers" : prefix + name;
    }

    /** The records of the source that are still to be read, so that the batch ends. */
    private static final class Remaining {
        private final Map<Integer, Long> ends = new HashMap<>();
        private final Map<Integer, Boolean> done = new ConcurrentHashMap<>();
        private final CountDownLatch latch;

        Remaining(Map<TopicPartition, Long> ends) {
            ends.forEach((partition, end) -> this.ends.put(partition.partition(), end));
            this.latch = new CountDownLatch(ends.size());
        }

        void processed(int partition, long offset) {
            if (offset + 1 >= ends.get(partition) && done.put(partition, true) == null) {
                latch.countDown();
            }
        }

        void await() throws InterruptedException {
            latch.await();
        }

        int partitions() {
            return ends.size();
        }
    }

    private static final class Revise implements Processor<byte[], byte[], byte[], byte[]> {
        private final Rule<?> rule;
        private final Remaining remaining;
        private ProcessorContext<byte[], byte[]> context;
        private KeyValueStore<String, byte[]> seen;

        Revise(Rule<?> rule, Remaining remaining) {
            this.rule = rule;
            this.remaining = remaining;
        }

        @Override
        public void init(ProcessorContext<byte[], byte[]> context) {
            this.context = context;
            this.seen = context.getStateStore(STORE);
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            revise(rule, record);
            RecordMetadata place = context.recordMetadata().orElseThrow();
            remaining.processed(place.partition(), place.offset());
        }

        private <E> void revise(Rule<E> rule, Record<byte[], byte[]> record) {
            try {
                E envelope = rule.read(record.value());
                if (rule.isVersion1(envelope) && seen.putIfAbsent(rule.eventId(envelope), SEEN) == null) {
                    context.forward(record.withValue(rule.revise(envelope)), "publish");
                }
            } catch (RejectedException e) {
                record.headers().add("reason", e.getMessage().getBytes(StandardCharsets.UTF_8));
                context.forward(record, "deadletter");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Configures RocksDB for lookups of ids that are mostly new. */
    public static final class Tuned implements RocksDBConfigSetter {
        private static final Cache BLOCKS = new LRUCache(512L * 1024 * 1024);
        private static final BloomFilter FILTER = new BloomFilter(10, false);

        @Override
        public void setConfig(String store, Options options, Map<String, Object> configs) {
            BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
            table.setBlockCache(BLOCKS);
            table.setFilterPolicy(FILTER);
            options.setTableFormatConfig(table);
            options.setWriteBufferSize(64L * 1024 * 1024);
            options.setMaxWriteBufferNumber(3);
            options.setCompressionType(CompressionType.LZ4_COMPRESSION);
        }

        @Override
        public void close(String store, Options options) {}
    }
}
