package io.backprocess.verify;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.OffsetRange;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.PartitionRange;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.PartitionLedger;
import io.backprocess.replay.Source;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.config.TopicConfig;

/** Finds out which offsets the source and the batch's topics have, before a recount reads any record. */
final class Survey {
    private final BatchPlan plan;
    private final BatchLedger ledger;
    private final KafkaAdmin admin;

    Survey(BatchPlan plan, BatchLedger ledger, KafkaAdmin admin) {
        this.plan = plan;
        this.ledger = ledger;
        this.admin = admin;
    }

    /** Returns the range of committed records of each partition of a topic; empty if the topic does not exist. */
    Map<Integer, PartitionRange> spans(String topic) {
        return PartitionRange.committed(topic, admin);
    }

    /** Returns the range of committed records that the batch can have written, for each partition of its result topic. */
    Map<Integer, PartitionRange> resultSpans() {
        Map<Integer, PartitionRange> spans = spans(plan.spec().resultTopic());
        spans.replaceAll((partition, span) -> span.from(plan.resultStart(partition)));
        return spans;
    }

    /** Returns a text that changes when the source or one of the batch's topics is created again. */
    String topicIds() {
        BatchSpec spec = plan.spec();
        return Stream.of(spec.sourceTopic(), spec.resultTopic(), spec.deadLetterTopic())
                .map(topic -> topic + " " + admin.topicId(topic))
                .collect(Collectors.joining(", "));
    }

    /**
     * Checks the source and reports the partitions that have lost records of the plan's range. In partition scope a partition
     * that has lost only its beginning is still read.
     */
    Source source(Unknowns unknowns) {
        String topic = plan.spec().sourceTopic();
        Map<Integer, PartitionRange> source = spans(topic);
        Set<Integer> unreadable = new TreeSet<>();
        Map<Integer, Long> beginnings = new TreeMap<>();
        boolean global = plan.spec().dedupeScope() == DedupeScope.GLOBAL;
        for (OffsetRange range :
                ledger.partitions().stream().map(PartitionLedger::range).toList()) {
            // An open range has no end, so only its committed part must be there.
            long end = range.isOpen() ? ledger.partition(range.partition()).next() : range.end();
            PartitionRange span = source.get(range.partition());
            String message = null;
            if (end == range.start()) {
                continue;
            } else if (span == null) {
                message = "the partition no longer exists";
            } else if (span.from() > range.start() && span.to() >= end && !global) {
                beginnings.put(range.partition(), span.from());
            } else if (span.from() > range.start()) {
                message = "the batch reads from offset %d, but the records before offset %d have been deleted"
                        .formatted(range.start(), span.from());
            } else if (span.to() < end) {
                message = "the batch reads up to offset %d, but the partition ends at %d: the topic was created again"
                        .formatted(end, span.to());
            }
            if (message != null) {
                unreadable.add(range.partition());
                unknowns.add(topic, range.partition(), range.start(), end, message);
            }
        }
        return new Source(unreadable, beginnings, isCompacted(topic));
    }

    /** Tells whether the topic is compacted. If this user may not read its configuration, it is treated as compacted. */
    private boolean isCompacted(String topic) {
        try {
            return admin.topicExists(topic)
                    && admin.topicConfig(topic)
                            .getOrDefault(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE)
                            .contains(TopicConfig.CLEANUP_POLICY_COMPACT);
        } catch (BatchException e) {
            return true;
        }
    }

    /** Returns the end offset of each partition: the end of its range, or the current end of the source if the range is open. */
    Map<Integer, Long> ends() {
        Map<Integer, Long> ends = new TreeMap<>();
        if (plan.isFollowing()) {
            spans(plan.spec().sourceTopic()).forEach((partition, span) -> ends.put(partition, span.to()));
        }
        for (PartitionLedger each : ledger.partitions()) {
            int partition = each.range().partition();
            if (each.range().isOpen()) {
                ends.merge(partition, each.next(), Math::max);
            } else {
                ends.put(partition, each.range().end());
            }
        }
        return ends;
    }
}
