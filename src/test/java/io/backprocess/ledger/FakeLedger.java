package io.backprocess.ledger;

import io.backprocess.batch.Counts;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.util.function.SerializableFunction;

/** A ledger that has counted this up to a checkpoint, and shows nothing. */
record FakeLedger(SerializableFunction<Long, Counts> counted) implements LedgerAccess {
    @Override
    public Counts committed(long upToCheckpoint) {
        return counted.apply(upToCheckpoint);
    }

    @Override
    public AutoCloseable metrics(MetricGroup group) {
        return () -> {};
    }
}
