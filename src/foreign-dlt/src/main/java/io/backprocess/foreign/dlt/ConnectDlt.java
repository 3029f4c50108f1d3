package io.backprocess.foreign.dlt;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.connector.policy.AllConnectorClientConfigOverridePolicy;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.runtime.Worker;
import org.apache.kafka.connect.runtime.isolation.Plugins;
import org.apache.kafka.connect.runtime.standalone.StandaloneConfig;
import org.apache.kafka.connect.runtime.standalone.StandaloneHerder;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.apache.kafka.connect.storage.FileOffsetBackingStore;
import org.apache.kafka.connect.util.FutureCallback;

/** The dead letter queue of Kafka Connect: a real standalone worker (without its REST server) with a sink. */
public final class ConnectDlt {
    private static final String ABOUT = "kafka connect-runtime " + System.getProperty("kafka.version") + ", ";

    private ConnectDlt() {}

    public static void main(String[] args) throws Exception {
        try (Lab lab = new Lab()) {
            new Run(lab).all();
            lab.write("connect.jsonl");
        }
        System.exit(0);
    }

    /** A sink that cannot store anything, and says so as KIP-610 asks for. */
    public static final class OrdersSink extends SinkConnector {
        private Map<String, String> settings;

        @Override
        public void start(Map<String, String> settings) {
            this.settings = settings;
        }

        @Override
        public Class<? extends Task> taskClass() {
            return OrdersTask.class;
        }

        @Override
        public List<Map<String, String>> taskConfigs(int tasks) {
            return List.of(settings);
        }

        @Override
        public void stop() {}

        @Override
        public ConfigDef config() {
            return new ConfigDef();
        }

        @Override
        public String version() {
            return "1";
        }
    }

    public static final class OrdersTask extends SinkTask {
        private Map<String, String> settings;

        @Override
        public void start(Map<String, String> settings) {
            this.settings = settings;
        }

        @Override
        public void put(Collection<SinkRecord> records) {
            for (SinkRecord record : records) {
                RuntimeException exception = settings.containsKey("orders.no.message")
                        ? new IllegalStateException()
                        : new DataException(
                                "SKU-BASIC-1 is unknown to the warehouse", new IllegalStateException("no such row"));
                context.errantRecordReporter().report(record, exception);
            }
        }

        @Override
        public void stop() {}

        @Override
        public String version() {
            return "1";
        }
    }

    private static final class Run {
        private final Lab lab;
        private final StandaloneHerder herder;

        Run(Lab lab) throws Exception {
            this.lab = lab;
            Path offsets = Files.createTempFile("connect", ".offsets");
            offsets.toFile().deleteOnExit();
            Map<String, String> settings = new HashMap<>();
            settings.put("bootstrap.servers", lab.brokers());
            settings.put("key.converter", "org.apache.kafka.connect.storage.StringConverter");
            settings.put("value.converter", JsonConverter.class.getName());
            settings.put("value.converter.schemas.enable", "false");
            settings.put("offset.storage.file.filename", offsets.toString());
            settings.put("offset.flush.interval.ms", "1000");
            settings.put("plugin.discovery", "only_scan");
            Plugins plugins = new Plugins(settings);
            plugins.compareAndSwapWithDelegatingLoader();
            StandaloneConfig config = new StandaloneConfig(settings);
            AllConnectorClientConfigOverridePolicy policy = new AllConnectorClientConfigOverridePolicy();
            policy.configure(Map.of());
            FileOffsetBackingStore store = new FileOffsetBackingStore(plugins.newInternalConverter(
                    true, JsonConverter.class.getName(), Map.of("schemas.enable", "false")));
            store.configure(config);
            Worker worker = new Worker("worker-1", Time.SYSTEM, plugins, config, store, policy);
            herder = new StandaloneHerder(worker, config.kafkaClusterId(), policy);
            herder.start();
            herder.ready();
        }

        void all() throws Exception {
            ConsumerRecord<byte[], byte[]> dead;

            dead = fail("orders-sink", Lab.ORDERS, lab.order("{\"eventId\":\"e-1\",oops"), "orders-dlq", Map.of());
            lab.dump(ABOUT + "VALUE_CONVERTER: JsonConverter and a value that is not JSON", dead);

            dead = fail("orders-sink", Lab.ORDERS, lab.order(Lab.value(1)), "orders-dlq", Map.of(
                    "transforms", "amount",
                    "transforms.amount.type", "org.apache.kafka.connect.transforms.Cast$Value",
                    "transforms.amount.spec", "eventId:int64"));
            lab.dump(ABOUT + "TRANSFORMATION: Cast$Value of a field that is not a number", dead);

            dead = fail("orders-sink", Lab.ORDERS, lab.order(Lab.value(2)), "orders-dlq", Map.of(
                    "header.converter", JsonConverter.class.getName()));
            lab.dump(ABOUT + "HEADER_CONVERTER: JsonConverter and a header that is not JSON", dead);

            dead = fail("orders-sink", Lab.ORDERS, lab.order(Lab.value(3)), "orders-dlq", Map.of(
                    "key.converter", JsonConverter.class.getName()));
            lab.dump(ABOUT + "KEY_CONVERTER: JsonConverter and a key that is not JSON", dead);

            dead = fail("orders-sink", Lab.ORDERS, lab.order(Lab.value(4)), "orders-dlq", Map.of());
            ConsumerRecord<byte[], byte[]> put = dead;
            lab.dump(ABOUT + "TASK_PUT: the sink reports the record (ErrantRecordReporter)", dead);

            dead = fail("orders-sink", Lab.ORDERS, lab.order(Lab.value(5)), "orders-dlq", Map.of(
                    "orders.no.message", "true"));
            lab.dump(ABOUT + "TASK_PUT with an exception without a message: a header whose value is null", dead);

            dead = fail("orders-sink", Lab.ORDERS, lab.order(Lab.value(6)), "orders-dlq", Map.of(
                    "errors.deadletterqueue.context.headers.enable", "false"));
            lab.dump(ABOUT + "TASK_PUT without context headers (the default)", dead);

            dead = fail("orders-sink", Lab.ORDERS, lab.again(put), "orders-dlq", Map.of());
            lab.dump(
                    ABOUT + "second failure, TASK_PUT: the dead letter of offset 104 was sent back to orders with its headers",
                    dead);

            long at = lab.end("orders-dlq", 0) - 1;
            dead = failAt("orders-dlq-sink", "orders-dlq", 0, at, "orders-dlq-dlq", Map.of());
            lab.dump(ABOUT + "third failure, TASK_PUT: another sink reads the topic of dead letters", dead);
        }

        private ConsumerRecord<byte[], byte[]> fail(
                String name, String topic, long offset, String dlq, Map<String, String> more) throws Exception {
            return failAt(name, topic, Lab.PARTITION, offset, dlq, more);
        }

        private ConsumerRecord<byte[], byte[]> failAt(
                String name, String topic, int partition, long offset, String dlq, Map<String, String> more)
                throws Exception {
            lab.admin.alterConsumerGroupOffsets("connect-" + name, Map.of(
                            new org.apache.kafka.common.TopicPartition(topic, partition),
                            new org.apache.kafka.clients.consumer.OffsetAndMetadata(offset)))
                    .all()
                    .get();
            boolean exists = lab.admin.listTopics().names().get().contains(dlq);
            long before = exists ? lab.count(dlq) : 0;
            Map<String, String> settings = new HashMap<>();
            settings.put("name", name);
            settings.put("connector.class", OrdersSink.class.getName());
            settings.put("tasks.max", "1");
            settings.put("topics", topic);
            settings.put("errors.tolerance", "all");
            settings.put("errors.deadletterqueue.topic.name", dlq);
            settings.put("errors.deadletterqueue.topic.replication.factor", "1");
            settings.put("errors.deadletterqueue.context.headers.enable", "true");
            settings.putAll(more);
            FutureCallback<org.apache.kafka.connect.runtime.Herder.Created<
                            org.apache.kafka.connect.runtime.rest.entities.ConnectorInfo>>
                    started = new FutureCallback<>();
            herder.putConnectorConfig(name, settings, false, started);
            started.get();
            Lab.await(() -> {
                try {
                    return lab.admin.listTopics().names().get().contains(dlq);
                } catch (Exception e) {
                    return false;
                }
            });
            List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>(lab.read(dlq, before + 1));
            FutureCallback<org.apache.kafka.connect.runtime.Herder.Created<
                            org.apache.kafka.connect.runtime.rest.entities.ConnectorInfo>>
                    stopped = new FutureCallback<>();
            herder.deleteConnectorConfig(name, stopped);
            stopped.get();
            Lab.await(() -> {
                try {
                    return lab.admin
                            .describeConsumerGroups(List.of("connect-" + name))
                            .all()
                            .get()
                            .get("connect-" + name)
                            .members()
                            .isEmpty();
                } catch (Exception e) {
                    return false;
                }
            });
            all.sort(java.util.Comparator.comparingLong(ConsumerRecord::offset));
            return all.get(all.size() - 1);
        }
    }
}
