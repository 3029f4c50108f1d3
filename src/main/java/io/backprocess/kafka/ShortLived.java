package io.backprocess.kafka;

import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;

/** What clients that live for seconds do without. */
final class ShortLived {
    private ShortLived() {}

    /**
     * Returns properties for a client without JMX beans and without metrics that it pushes to the broker. Both cost more than the
     * few requests of such a client, and last too short a time to be read. The client properties may override them.
     */
    static Properties defaults() {
        Properties properties = new Properties();
        properties.put(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, "");
        properties.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, "false");
        return properties;
    }
}
