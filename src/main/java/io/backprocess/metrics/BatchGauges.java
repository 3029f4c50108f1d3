package io.backprocess.metrics;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.metrics.MetricGroup;

/**
 * The gauges of one batch. A gauge is registered with its first value, so it always has a value, and it keeps the last value that
 * was shown.
 *
 * <p>Prometheus gets them as {@code …_batch_backprocess_read{batch="…"}}. Gauges with another label beside the batch arrive as
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
