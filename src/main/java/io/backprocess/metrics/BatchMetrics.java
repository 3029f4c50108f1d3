package io.backprocess.metrics;

import io.backprocess.batch.Counts;
import io.backprocess.batch.OffsetRange;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.BatchProgress;
import io.backprocess.ledger.BatchProgress.PartitionProgress;
import io.backprocess.ledger.Eta;
import io.backprocess.plan.Retention;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.flink.metrics.MetricGroup;

/**
 * Shows what a batch has committed, as its ledger states it. The figures are those of the whole batch and not of the current
 * attempt. They continue after any restart and need not be added up over subtasks. They lag behind by one checkpoint and end with
 * the job.
 *
 * <p>Cardinality is bounded. Partitions get their own metrics only if there are at most {@value #MAX_PARTITIONS}. The first
 * {@value #MAX_VERSIONS} versions get their own metrics, and the rest is counted as {@code other}.
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

    /** @param ends the current end offset of each partition, if the batch follows its topic */
    void show(BatchLedger ledger, Map<Integer, Long> ends, Instant begun) {
        Counts counts = ledger.total();
        BatchProgress progress = BatchProgress.of(ledger, ends);
        showEta(progress.eta(ledger, begun, Instant.now()));
        gauges.show("planned_records", progress.size());
        gauges.show("remaining_records", progress.remaining());
        gauges.show("lost_records", lost(ledger));
        gauges.show("read", counts.read());
        gauges.show("outside", counts.outside());
        gauges.show("keyless", counts.keyless());
        gauges.show("duplicates", counts.duplicates());
        gauges.show("taken", counts.taken());
        gauges.show("results", counts.results());
        gauges.show(
                "dead_letter_ratio", counts.inRange() == 0 ? 0.0 : (double) counts.deadLetters() / counts.inRange());
        counts.deadLettersByReason().forEach((reason, count) -> gauges.show("dead_letters", "reason", reason, count));
        byVersion(counts.skippedByVersion())
                .forEach((version, count) -> gauges.show("skipped", "version", version, count));
        if (progress.partitions().size() <= MAX_PARTITIONS) {
            progress.partitions().forEach(this::show);
        }
    }

    /** Shows the same estimate as {@code status}. A value that is not known is NaN. */
    private void showEta(Optional<Eta> eta) {
        gauges.show("eta_seconds", eta.<Number>map(Eta::seconds).orElse(Double.NaN));
        gauges.show("eta_low_seconds", eta.<Number>map(Eta::low).orElse(Double.NaN));
        gauges.show("eta_high_seconds", eta.<Number>map(Eta::high).orElse(Double.NaN));
    }

    /** Shows the retention of the unread records. A value that is not limited or not known is NaN. */
    void show(Retention retention) {
        Instant expiresAt = retention.expiresAt();
        Long room = retention.bytesUntilDeleted();
        gauges.show("unread_expires_at_seconds", expiresAt == null ? (Number) Double.NaN : expiresAt.getEpochSecond());
        gauges.show("unread_room_bytes", room == null ? (Number) Double.NaN : room);
    }

    private void show(PartitionProgress partition) {
        String number = String.valueOf(partition.partition());
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

    /** Counts what the platform lost: offsets that are not in the ledger although later ones are. */
    private static long lost(BatchLedger ledger) {
        return ledger.partitions().stream()
                .flatMap(partition -> partition.gaps().stream())
                .mapToLong(OffsetRange::size)
                .sum();
    }
}
