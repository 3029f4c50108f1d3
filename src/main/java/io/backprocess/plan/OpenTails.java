package io.backprocess.plan;

import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.OffsetRange;
import io.backprocess.batch.OpenTail;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.Right;
import io.backprocess.render.Words;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Finds the offsets that open transactions hide from a range. The last stable offset may lie far before the end of a
 * partition: one transaction that its producer has left open hides everything after its first record.
 */
public final class OpenTails {
    private static final int PARTITIONS_SHOWN = 10;

    private final BatchSpec spec;
    private final KafkaAdmin kafka;
    private final Map<Integer, Long> ends;

    /**
     * Reads where the ranges would end without transactions. Create this before the ranges are resolved. A record that exists
     * by now but is not in a resolved range is then in an open transaction, or behind one.
     */
    public OpenTails(BatchSpec spec, int partitions, KafkaAdmin kafka) {
        this.spec = spec;
        this.kafka = kafka;
        this.ends = new HashMap<>();
        Map<Integer, ListOffsetsResultInfo> latest =
                kafka.uncommittedOffsets(spec.sourceTopic(), partitions, OffsetSpec.latest());
        Map<Integer, ListOffsetsResultInfo> wanted = spec.untilInstant() == null
                ? latest
                : kafka.uncommittedOffsets(spec.sourceTopic(), partitions, Ranges.end(spec));
        latest.forEach((partition, end) ->
                ends.put(partition, Math.min(end.offset(), Ranges.offset(wanted, partition, end.offset()))));
    }

    /** @param ranges the ranges, resolved after this was created */
    public List<OpenTail> of(List<OffsetRange> ranges) {
        Map<Integer, Long> stable = OffsetRange.isFollowing(ranges) ? kafka.stableEnds(spec.sourceTopic()) : Map.of();
        Map<TopicPartition, Long> cut = new HashMap<>();
        for (OffsetRange range : ranges) {
            long end = range.isOpen() ? stable.getOrDefault(range.partition(), 0L) : range.end();
            if (end < ends.getOrDefault(range.partition(), 0L)) {
                cut.put(new TopicPartition(spec.sourceTopic(), range.partition()), end);
            }
        }
        return cut.isEmpty() ? List.of() : tails(cut);
    }

    private List<OpenTail> tails(Map<TopicPartition, Long> cut) {
        Map<TopicPartition, ProducerState> holders = new HashMap<>();
        kafka.transactions().producers(cut.keySet()).forEach((partition, producers) -> producers.stream()
                .filter(producer -> producer.currentTransactionStartOffset().isPresent())
                .min(Comparator.comparingLong(OpenTails::first))
                .ifPresent(first -> holders.put(partition, first)));
        Map<Long, String> ids = holders.isEmpty() ? Map.of() : transactionalIds(holders.values());
        Map<String, TransactionDescription> known =
                ids.isEmpty() ? Map.of() : kafka.transactions().describe(new HashSet<>(ids.values()));
        boolean seesAll = !holders.isEmpty() && kafka.transactions().seesAny();
        List<OpenTail> tails = new ArrayList<>();
        cut.forEach((partition, end) -> tails.add(tail(partition, end, holders.get(partition), ids, known, seesAll)));
        tails.sort(Comparator.comparingInt(OpenTail::partition));
        return tails;
    }

    private Map<Long, String> transactionalIds(Iterable<ProducerState> producers) {
        Set<Long> ids = new HashSet<>();
        producers.forEach(producer -> ids.add(producer.producerId()));
        return kafka.transactions().of(ids).stream()
                .collect(Collectors.toMap(
                        TransactionListing::producerId, TransactionListing::transactionalId, (one, other) -> one));
    }

    private OpenTail tail(
            TopicPartition partition,
            long end,
            @Nullable ProducerState holder,
            Map<Long, String> ids,
            Map<String, TransactionDescription> known,
            boolean seesAll) {
        long to = ends.getOrDefault(partition.partition(), end);
        if (holder == null) {
            return new OpenTail(partition.partition(), end, to, OpenTail.Transaction.ENDED);
        }
        String id = ids.get(holder.producerId());
        TransactionDescription transaction = id == null ? null : known.get(id);
        boolean coordinated =
                transaction != null && transaction.topicPartitions().contains(partition);
        return new OpenTail(
                partition.partition(),
                end,
                to,
                new OpenTail.Transaction(
                        holder.producerId(),
                        first(holder),
                        id,
                        transaction != null
                                        && coordinated
                                        && transaction.transactionStartTimeMs().isPresent()
                                ? Instant.ofEpochMilli(
                                        transaction.transactionStartTimeMs().getAsLong())
                                : null,
                        holder.lastTimestamp() < 0 ? null : Instant.ofEpochMilli(holder.lastTimestamp()),
                        !coordinated && (transaction != null || seesAll)));
    }

    private static long first(ProducerState producer) {
        return producer.currentTransactionStartOffset().orElse(Long.MAX_VALUE);
    }

    /** Returns a warning for each part of the range that the plan leaves out, with what to do. */
    public static List<String> warnings(BatchPlan plan, KafkaAdmin kafka) {
        List<String> warnings = new ArrayList<>();
        List<OpenTail> tails = plan.openTails();
        boolean unknown = false;
        for (OpenTail tail : tails.subList(0, Math.min(tails.size(), PARTITIONS_SHOWN))) {
            unknown |= tail.transaction().transactionalId() == null
                    && tail.transaction().producerId() != null
                    && !tail.transaction().hanging();
            warnings.add("%s-%d: %s offsets (%d to %d) lie beyond the end%s: %s%s"
                    .formatted(
                            plan.spec().sourceTopic(),
                            tail.partition(),
                            Words.count(tail.offsets()),
                            tail.from(),
                            tail.to(),
                            plan.isFollowing()
                                    ? " of what could be read at planning time, and are read once it has ended"
                                    : " and are not read",
                            tail.holder(),
                            tail.transaction().hanging()
                                    ? ", and no coordinator knows it, so it never ends by itself"
                                    : ""));
        }
        if (tails.size() > PARTITIONS_SHOWN) {
            warnings.add("the same in %d more partitions, together %s offsets"
                    .formatted(
                            tails.size() - PARTITIONS_SHOWN,
                            Words.count(tails.stream()
                                    .skip(PARTITIONS_SHOWN)
                                    .mapToLong(OpenTail::offsets)
                                    .sum())));
        }
        if (unknown) {
            warnings.add("the owner of such a transaction cannot be named, because a right is missing: "
                    + Right.anyTransaction(DESCRIBE).refusedTo(kafka.identity()));
        }
        return warnings;
    }

    /** Returns the transactions that will never end, when the specification lets history end where they begin. */
    public static List<String> problems(BatchPlan plan, KafkaAdmin kafka) {
        List<String> problems = new ArrayList<>();
        if (plan.openTails().isEmpty() || plan.spec().untilInstant() != null) {
            return problems;
        }
        String cap = kafka.brokerConfig().get("transaction.max.timeout.ms");
        long longest = cap == null ? Long.MAX_VALUE : Long.parseLong(cap);
        for (OpenTail tail : plan.openTails()) {
            Instant since = tail.transaction().since();
            boolean old = since != null
                    && Duration.between(since, plan.creation().at()).toMillis() > longest;
            if (old || tail.transaction().hanging()) {
                problems.add(
                        "%s-%d: %s, %s; the %s offsets from %d on would never be read. End it with: kafka-transactions.sh abort --topic %s --partition %d --start-offset %d, or give --until an instant, which says where history ends"
                                .formatted(
                                        plan.spec().sourceTopic(),
                                        tail.partition(),
                                        tail.holder(),
                                        old
                                                ? "longer than the broker lets transactions live (transaction.max.timeout.ms %d s)"
                                                        .formatted(longest / 1000)
                                                : "and no coordinator knows it, so it never ends by itself",
                                        Words.count(tail.offsets()),
                                        tail.from(),
                                        plan.spec().sourceTopic(),
                                        tail.partition(),
                                        tail.transaction().firstOffset()));
            }
        }
        return problems.size() <= PARTITIONS_SHOWN
                ? problems
                : List.of(
                        problems.get(0), "and %d more partitions are held up like that".formatted(problems.size() - 1));
    }
}
