package io.backprocess.metrics;

import io.backprocess.event.OffsetRange;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.Counts;
import io.backprocess.ledger.PartitionLedger;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import org.apache.flink.metrics.MetricGroup;

/**
 * Shows what a batch has committed, as its ledger has it. So the figures are the batch's and not this attempt's: they go on where
 * they were after any restart, and need not be added up over subtasks. They lag behind by a checkpoint, and end with the job.
 *
 * <p>Cardinality is bounded: per partition up to {@value #MAX_PARTITIONS} partitions and not at all beyond, and by version the
 * first {@value #MAX_VERSIONS} and {@code other}.
 */
final class BatchMetrics {
    static final int MAX_PARTITIONS = 1000;
    static final int MAX_VERSIONS = 50;
    private static final String OTHER = "other";

    private final BatchGauges gauges;
    private final TreeSet<String> versions = new TreeSet<>();

    BatchMetrics(MetricGroup parent, String batchId) {
        this.gauges = new BatchGauges(parent, batchId);
    }

    void show(BatchLedger ledger) {
        Counts counts = ledger.total();
        gauges.show(
                "planned_records", sum(ledger, partition -> partition.range().size()));
        gauges.show("remaining_records", sum(ledger, PartitionLedger::remaining));
        gauges.show("lost_records", sum(ledger, BatchMetrics::lost));
        gauges.show("read", counts.read());
        gauges.show("duplicates", counts.duplicates());
        gauges.show("taken", counts.taken());
        gauges.show("results", counts.results());
        counts.deadLettersByReason().forEach((reason, count) -> gauges.show("dead_letters", "reason", reason, count));
        byVersion(counts.skippedByVersion())
                .forEach((version, count) -> gauges.show("skipped", "version", version, count));
        if (ledger.partitions().size() <= MAX_PARTITIONS) {
            ledger.partitions().forEach(this::show);
        }
    }

    private void show(PartitionLedger partition) {
        String number = String.valueOf(partition.range().partition());
        gauges.show("position", "partition", number, partition.next());
        gauges.show("partition_remaining_records", "partition", number, partition.remaining());
    }

    private Map<String, Long> byVersion(Map<String, Long> skipped) {
        Map<String, Long> bounded = new TreeMap<>();
        skipped.forEach((version, count) -> {
            boolean own = versions.contains(version) || versions.size() < MAX_VERSIONS;
            if (own) {
                versions.add(version);
            }
            bounded.merge(own ? version : OTHER, count, Long::sum);
        });
        return bounded;
    }

    /** What the platform lost: offsets that are not in the ledger although later ones are. */
    private static long lost(PartitionLedger partition) {
        return partition.gaps().stream().mapToLong(OffsetRange::size).sum();
    }

    private static long sum(BatchLedger ledger, ToLongFunction<PartitionLedger> figure) {
        return ledger.partitions().stream().mapToLong(figure).sum();
    }
}
