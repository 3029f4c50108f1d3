package io.backprocess.verify;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.TransactionalIds;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.PartitionRange;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.common.TopicPartition;

/**
 * Finds open transactions of other producers on a batch's topics. A read_committed reader sees no record behind an open
 * transaction before it ends, even if the record is committed. Such records are not missing, but unknown. The batch's own
 * transactions hide nothing that its ledger counts.
 */
final class OpenTransactions {
    private final String batchId;
    private final KafkaAdmin admin;

    OpenTransactions(String batchId, KafkaAdmin admin) {
        this.batchId = batchId;
        this.admin = admin;
    }

    /**
     * Reports each partition in which an open transaction hides records, and returns these partitions.
     *
     * @param spans the offset ranges of one topic that read_committed readers see
     */
    Set<Integer> hiding(Collection<PartitionRange> spans, Unknowns unknowns) {
        Set<Integer> hiding = new TreeSet<>();
        if (spans.isEmpty()) {
            return hiding;
        }
        Map<Integer, Long> ends =
                admin.highWatermarks(spans.iterator().next().partition().topic());
        List<PartitionRange> cut = spans.stream()
                .filter(span -> span.to() < ends.getOrDefault(span.partition().partition(), 0L))
                .toList();
        if (cut.isEmpty()) {
            return hiding;
        }
        Set<Long> own;
        try {
            own = admin.transactions().open(TransactionalIds.prefix(batchId)).values().stream()
                    .map(TransactionDescription::producerId)
                    .collect(Collectors.toSet());
        } catch (BatchException e) {
            if (e.kind() != BatchException.Kind.REFUSED) {
                throw e;
            }
            // This user may not list the batch's transactions, so it cannot distinguish them from those of others.
            return hiding;
        }
        admin.transactions()
                .producers(cut.stream().map(PartitionRange::partition).toList())
                .forEach((partition, producers) -> producers.stream()
                        .filter(producer ->
                                producer.currentTransactionStartOffset().isPresent())
                        .filter(producer -> !own.contains(producer.producerId()))
                        .forEach(producer -> {
                            hiding.add(partition.partition());
                            report(partition, producer, ends.getOrDefault(partition.partition(), 0L), unknowns);
                        }));
        return hiding;
    }

    private static void report(TopicPartition partition, ProducerState producer, long end, Unknowns unknowns) {
        long from = producer.currentTransactionStartOffset().orElseThrow();
        unknowns.add(
                partition.topic(),
                partition.partition(),
                from,
                Math.max(from + 1, end),
                "an open transaction of another producer (id %d), which last wrote there at %s, hides the records committed behind it; run verify again when it has ended"
                        .formatted(
                                producer.producerId(),
                                Instant.ofEpochMilli(producer.lastTimestamp()).truncatedTo(ChronoUnit.SECONDS)));
    }
}
