package io.backprocess.verify;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.TransactionalIds;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.PartitionRange;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.TopicPartition;

/**
 * Finds open transactions of other producers on a batch's topics. A read_committed reader sees no record behind an open
 * transaction before it ends, even if the record is committed. Such records are not missing, but unknown.
 *
 * <p>The batch's own transactions hide nothing that its ledger counts, once none of them is being committed: a commit reaches each
 * partition at a time of its own, and that of the ledger perhaps first.
 */
final class OpenTransactions {
    /** The time to wait for the batch's own commits. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration PAUSE = Duration.ofMillis(50);

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
        List<TopicPartition> partitions =
                cut.stream().map(PartitionRange::partition).toList();
        Open open;
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        do {
            try {
                open = open(partitions);
            } catch (BatchException e) {
                if (e.kind() != BatchException.Kind.REFUSED) {
                    throw e;
                }
                // This user may not list the batch's transactions, so it cannot distinguish them from those of others.
                return hiding;
            }
        } while (open.isCommitting() && System.nanoTime() < deadline && pause());
        open.others()
                .forEach((partition, producers) -> producers.forEach(producer -> {
                    hiding.add(partition.partition());
                    report(partition, producer, ends.getOrDefault(partition.partition(), 0L), unknowns);
                }));
        return hiding;
    }

    /**
     * The open transactions in some partitions.
     *
     * @param own those of the batch
     */
    private record Open(Map<TopicPartition, List<ProducerState>> producers, Collection<TransactionListing> own) {

        boolean isCommitting() {
            return own.stream().anyMatch(transaction -> transaction.state() == TransactionState.PREPARE_COMMIT);
        }

        /** Returns the producers of other transactions. */
        Map<TopicPartition, List<ProducerState>> others() {
            Set<Long> ids = own.stream().map(TransactionListing::producerId).collect(Collectors.toSet());
            Map<TopicPartition, List<ProducerState>> others = new HashMap<>();
            producers.forEach((partition, each) -> others.put(
                    partition,
                    each.stream()
                            .filter(producer -> !ids.contains(producer.producerId()))
                            .toList()));
            return others;
        }
    }

    /** Looks up the owners after the producers, so that each of the batch's own transactions is known. */
    private Open open(List<TopicPartition> partitions) {
        Map<TopicPartition, List<ProducerState>> producers = new HashMap<>();
        admin.transactions()
                .producers(partitions)
                .forEach((partition, each) -> producers.put(
                        partition,
                        each.stream()
                                .filter(producer ->
                                        producer.currentTransactionStartOffset().isPresent())
                                .toList()));
        Set<Long> ids = producers.values().stream()
                .flatMap(List::stream)
                .map(ProducerState::producerId)
                .collect(Collectors.toSet());
        return new Open(
                producers, ids.isEmpty() ? List.of() : admin.transactions().of(ids, TransactionalIds.prefix(batchId)));
    }

    private static boolean pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
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
