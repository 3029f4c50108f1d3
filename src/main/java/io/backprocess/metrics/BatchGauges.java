package io.backprocess.metrics;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.metrics.MetricGroup;

/**
 * The gauges of one batch. Each appears with its first value, so none is ever seen without one, and holds the last one that
 * was shown.
 *
 * <p>Prometheus gets them as {@code …_batch_backprocess_read{batch="…"}}; those that have another label beside the batch as
 * {@code …_batch_reason_backprocess_dead_letters{batch="…",reason="…"}}.
 */
final class BatchGauges {
    private static final String GROUP = "backprocess";

    private final MetricGroup batch;
    private final MetricGroup plain;
    private final Map<String, AtomicReference<Number>> values = new HashMap<>();

    BatchGauges(MetricGroup parent, String batchId) {
        this.batch = parent.addGroup("batch", batchId);
        this.plain = batch.addGroup(GROUP);
    }

    void show(String name, Number value) {
        AtomicReference<Number> shown = values.get(name);
        if (shown == null) {
            values.put(name, register(plain, name, value));
        } else {
            shown.set(value);
        }
    }

    void show(String name, String label, String labelValue, Number value) {
        String key = name + '/' + label + '/' + labelValue;
        AtomicReference<Number> shown = values.get(key);
        if (shown == null) {
            values.put(key, register(batch.addGroup(label, labelValue).addGroup(GROUP), name, value));
        } else {
            shown.set(value);
        }
    }

    private static AtomicReference<Number> register(MetricGroup group, String name, Number value) {
        AtomicReference<Number> shown = new AtomicReference<>(value);
        group.gauge(name, shown::get);
        return shown;
    }
}
