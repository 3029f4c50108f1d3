package io.backprocess.promote;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.OffsetRange;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.PartitionRange;
import io.backprocess.kafka.PartitionReader;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.LedgerReader;
import io.backprocess.ledger.Offsets;
import io.backprocess.plan.PlanStore;
import io.backprocess.verify.OriginSearch;
import io.backprocess.verify.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The offsets in a batch's result topic, by the offsets of the source from which the results come. Results that redrives and repairs
 * have written come after the rest, and are passed over.
 *
 * <p>The topic's ends are found between two readings of the ledger: the topic has all that the first one counts, and the second one
 * names all in the topic that redrives and repairs have written.
 */
final class ResultPlaces {
    /** The number of offsets in which the result before another one is searched for first. */
    private static final int CLOSE = 100;

    private final BatchPlan plan;
    private final KafkaAdmin admin;
    private final BatchLedger counted;
    private final Map<Integer, PartitionRange> results;
    private final BatchLedger ledger;

    /** @throws BatchException refused, if the result topic does not exist any more */
    ResultPlaces(BatchPlan plan, KafkaAdmin admin) {
        LedgerReader reader = LedgerReader.of(plan, admin.clients());
        this.plan = plan;
        this.admin = admin;
        this.counted = reader.read();
        this.results = PartitionRange.committed(topic(), admin);
        this.ledger = reader.read();
        if (results.isEmpty()) {
            throw BatchException.refused(
                    "topic %s does not exist any more, so there is no place at which consumers could change over"
                            .formatted(topic()));
        }
    }

    /**
     * Opens the results of an earlier target of an alias, after checking that they come from the same source in its order.
     *
     * @param plan the batch that the alias points to after it
     */
    static ResultPlaces before(BatchPlan plan, AliasTarget target, KafkaAdmin admin) {
        BatchPlan earlier = new PlanStore(admin).get(target.batchId());
        if (!target.pointsTo(earlier)) {
            throw BatchException.refused(
                    "batch '%s', which alias '%s' points to, was planned again since; point the alias to a batch with an end, or use another alias"
                            .formatted(target.batchId(), target.alias()));
        }
        if (!earlier.spec().sourceTopic().equals(plan.spec().sourceTopic())) {
            throw BatchException.refused(
                    "alias '%s' points to results of topic %s, and %s reads topic %s, so there is no place at which consumers could change over; use another alias"
                            .formatted(
                                    target.alias(),
                                    earlier.spec().sourceTopic(),
                                    plan.spec().batchId(),
                                    plan.spec().sourceTopic()));
        }
        check(earlier);
        return new ResultPlaces(earlier, admin);
    }

    /** @throws BatchException refused, if the results of the batch cannot be matched to offsets of the source */
    static void check(BatchPlan plan) {
        String why = plan.spec().dedupeScope() == DedupeScope.GLOBAL
                ? "with --dedupe-scope global results are not in the order of the source"
                : plan.spec().resultHeaders() == ResultHeaders.NONE
                        ? "with --result-headers none results do not say where they come from"
                        : plan.isPlaced() ? "the keys of its results choose their partitions" : null;
        if (why != null) {
            throw BatchException.refused("%s has no place at which consumers could change over: %s"
                    .formatted(plan.spec().batchId(), why));
        }
    }

    /** Returns the source offset at which a batch begins a partition. */
    static long start(BatchPlan plan, int partition) {
        return plan.ranges().stream()
                .filter(range -> range.partition() == partition)
                .mapToLong(OffsetRange::start)
                .findFirst()
                .orElse(0);
    }

    String topic() {
        return plan.spec().resultTopic();
    }

    /** Returns the source offset up to which the batch has come. */
    long covered(int partition) {
        boolean has = plan.isFollowing() || plan.ranges().stream().anyMatch(range -> range.partition() == partition);
        return has ? counted.partition(partition).next() : 0;
    }

    /** Returns the end of a partition of the topic. */
    long end(int partition) {
        PartitionRange span = results.get(partition);
        return span == null ? 0 : span.to();
    }

    /** Returns the offset of the first result that does not come from before a source offset; the end if there is none. */
    long first(int partition, long sourceOffset) {
        PartitionRange span = results.get(partition);
        if (span == null) {
            return 0;
        }
        List<PartitionReader> opened = new ArrayList<>();
        try {
            OriginSearch search = new OriginSearch(
                    (topicPartition, from, to) -> {
                        PartitionReader reader =
                                new PartitionReader(new PartitionRange(topicPartition, from, to), admin.clients());
                        opened.add(reader);
                        return reader;
                    },
                    span.partition(),
                    span.from(),
                    span.to(),
                    new OffsetRange(partition, start(plan, partition), covered(partition)),
                    origins(partition));
            return search.firstFrom(sourceOffset);
        } finally {
            opened.forEach(PartitionReader::close);
        }
    }

    /**
     * The place of a reader of the topic.
     *
     * @param last the source offset of the last result before it; {@link OriginSearch#UNORDERED} if there is none
     * @param next the source offset of the first result from it on; if there is none, the one up to which the batch has come
     */
    record Reached(long last, long next) {
        /** Tells whether results of one source record are on both sides. */
        boolean isHalfRead() {
            return last == next;
        }

        /** Returns the first source offset of which not everything is read. */
        long unread() {
            return last == OriginSearch.UNORDERED || isHalfRead() ? next : last + 1;
        }
    }

    Reached reached(int partition, long offset) {
        PartitionRange span = results.get(partition);
        if (span == null) {
            return new Reached(OriginSearch.UNORDERED, covered(partition));
        }
        ToLongFunction<ConsumerRecord<byte[], byte[]>> origins = origins(partition);
        long last = OriginSearch.UNORDERED;
        long from = Math.min(span.to(), Math.max(span.from(), offset));
        for (long close = CLOSE, to = from; last == OriginSearch.UNORDERED && to > span.from(); close *= 8) {
            long begin = Math.max(span.from(), to - close);
            last = scan(new PartitionRange(span.partition(), begin, to), origins, false);
            to = begin;
        }
        long next = scan(new PartitionRange(span.partition(), from, span.to()), origins, true);
        return new Reached(last, next == OriginSearch.UNORDERED ? covered(partition) : next);
    }

    /** Returns the source offset of the first or of the last result; {@link OriginSearch#UNORDERED} if there is none. */
    private long scan(PartitionRange span, ToLongFunction<ConsumerRecord<byte[], byte[]>> origins, boolean first) {
        long found = OriginSearch.UNORDERED;
        if (span.to() <= span.from()) {
            return found;
        }
        try (PartitionReader reader = new PartitionReader(span, admin.clients())) {
            for (ConsumerRecord<byte[], byte[]> record = reader.next(); record != null; record = reader.next()) {
                long origin = origins.applyAsLong(record);
                if (origin != OriginSearch.UNORDERED) {
                    found = origin;
                    if (first) {
                        return found;
                    }
                }
            }
        }
        return found;
    }

    private ToLongFunction<ConsumerRecord<byte[], byte[]>> origins(int partition) {
        Offsets outOfOrder = new Offsets();
        outOfOrder.addAll(ledger.redrivenResults(partition));
        outOfOrder.addAll(ledger.repairedResults(partition));
        return record -> outOfOrder.contains(record.offset())
                ? OriginSearch.UNORDERED
                : Output.RESULTS.sourceOffset(record.headers(), plan.spec().sourceTopic(), partition);
    }
}
