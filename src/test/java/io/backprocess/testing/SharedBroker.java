package io.backprocess.testing;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;
import org.apache.kafka.common.utils.Exit;

/** The broker of all test classes of a JVM. It starts with the first one that needs it, and ends with the JVM. */
final class SharedBroker {
    static final KafkaClusterTestKit KIT = start();
    static final Admin ADMIN = Admin.create(clients());
    static final KafkaProducer<byte[], byte[]> PRODUCER =
            new KafkaProducer<>(clients(), new ByteArraySerializer(), new ByteArraySerializer());

    private SharedBroker() {}

    private static Properties clients() {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", KIT.bootstrapServers());
        // Nothing is lost or swapped on the way, so that tests can count on the order they send in.
        properties.setProperty("max.request.size", String.valueOf(100 * 1024 * 1024));
        properties.setProperty("metric.reporters", "");
        properties.setProperty("enable.metrics.push", "false");
        return properties;
    }

    private static KafkaClusterTestKit start() {
        // When the JVM ends, a hook of the kit deletes the broker's directory while the broker may still run. A broker
        // without its directory halts the JVM with exit code 1, and the build would fail although every test has
        // passed.
        Exit.setHaltProcedure((status, message) -> System.err.println("the test's broker would halt: " + message));
        try {
            TestKitNodes nodes = new TestKitNodes.Builder()
                    .setCombined(true)
                    .setNumBrokerNodes(1)
                    .setNumControllerNodes(1)
                    .build();
            KafkaClusterTestKit.Builder builder = new KafkaClusterTestKit.Builder(nodes);
            settings().forEach(builder::setConfigProp);
            KafkaClusterTestKit kit = builder.build();
            kit.format();
            kit.startup();
            kit.waitForReadyBrokers();
            Runtime.getRuntime().addShutdownHook(new Thread(SharedBroker::stop));
            return kit;
        } catch (Exception e) {
            throw new IllegalStateException("the test's broker does not start", e);
        }
    }

    /**
     * Returns the settings of a single broker: nothing is replicated, internal topics are small, and no group waits for
     * more members or for the clock.
     */
    private static Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("auto.create.topics.enable", "false");
        settings.put("default.replication.factor", "1");
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("offsets.topic.num.partitions", "1");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("transaction.state.log.num.partitions", "2");
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("log.initial.task.delay.ms", "500");
        // Tests send records of years ago, and say themselves what is deleted.
        settings.put("log.retention.check.interval.ms", String.valueOf(Long.MAX_VALUE));
        // Registering and removing JMX beans takes time, and no test asks for them.
        settings.put("metric.reporters", "");
        settings.put("delete.topic.enable", "true");
        return settings;
    }

    private static void stop() {
        try {
            PRODUCER.close(Duration.ZERO);
            ADMIN.close(Duration.ZERO);
            KIT.close();
        } catch (Exception e) {
            throw new IllegalStateException("the test's broker does not end", e);
        }
    }
}
