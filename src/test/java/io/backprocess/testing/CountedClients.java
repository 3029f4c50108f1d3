package io.backprocess.testing;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsReporter;

/**
 * Counts what the Kafka clients of this JVM have read and asked for, by their own metrics. A client that is closed has been
 * counted: {@code metric.reporters=io.backprocess.testing.CountedClients}.
 */
public final class CountedClients implements MetricsReporter {
    private static final AtomicLong RECORDS = new AtomicLong();
    private static final AtomicLong REQUESTS = new AtomicLong();
    private static final AtomicLong CLIENTS = new AtomicLong();

    private final Set<KafkaMetric> records = ConcurrentHashMap.newKeySet();
    private final Set<KafkaMetric> requests = ConcurrentHashMap.newKeySet();

    /** The work of all clients that were closed since the last reset. */
    public record Work(long clients, long records, long requests) {}

    public static Work work() {
        return new Work(CLIENTS.get(), RECORDS.get(), REQUESTS.get());
    }

    public static void reset() {
        CLIENTS.set(0);
        RECORDS.set(0);
        REQUESTS.set(0);
    }

    @Override
    public void init(List<KafkaMetric> metrics) {
        metrics.forEach(this::metricChange);
    }

    @Override
    public void metricChange(KafkaMetric metric) {
        MetricName name = metric.metricName();
        boolean ofTheClient = name.tags().keySet().equals(Set.of("client-id"));
        if (ofTheClient && name.name().equals("records-consumed-total")) {
            records.add(metric);
        } else if (ofTheClient && name.name().equals("request-total")) {
            requests.add(metric);
        }
    }

    @Override
    public void metricRemoval(KafkaMetric metric) {
        if (records.remove(metric)) {
            RECORDS.addAndGet(value(metric));
        }
        if (requests.remove(metric)) {
            REQUESTS.addAndGet(value(metric));
        }
    }

    @Override
    public void close() {
        CLIENTS.incrementAndGet();
        records.forEach(metric -> RECORDS.addAndGet(value(metric)));
        requests.forEach(metric -> REQUESTS.addAndGet(value(metric)));
        records.clear();
        requests.clear();
    }

    private static long value(KafkaMetric metric) {
        return ((Number) metric.metricValue()).longValue();
    }

    @Override
    public void configure(Map<String, ?> configs) {}
}
