package io.backprocess.plan;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.Encoding;
import io.backprocess.batch.OffsetRange;
import io.backprocess.batch.ResultPlacement;
import io.backprocess.batch.SpecCheck;
import io.backprocess.batch.TopicNames;
import io.backprocess.event.SourceRecord;
import io.backprocess.kafka.KafkaAdmin;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.jspecify.annotations.Nullable;

/**
 * Makes plans: resolves instants to offsets once, as a read_committed reader sees them, and checks that the batch can run. It
 * writes nothing.
 */
public final class Planner {
    /**
     * A lower bound: with as many key groups as partitions times subtasks, every subtask gets its fair share of partitions.
     */
    private static final int MIN_MAX_PARALLELISM = 1024;

    private static final int KEY_GROUPS_PER_PARTITION = 16;

    private final KafkaAdmin kafka;

    public Planner(KafkaAdmin kafka) {
        this.kafka = kafka;
    }

    /**
     * Freezes the specification against the topic as it is now.
     *
     * @param stateFormat the layout of the dedupe state
     * @param createdBy the user and host that plan the batch
     * @param reason why the batch is run; null when no reason is given
     * @throws BatchException usage, when the specification is not valid or the topic does not exist; unreachable, when Kafka
     *     does not answer
     */
    public BatchPlan plan(BatchSpec spec, int stateFormat, String createdBy, @Nullable String reason) {
        SpecCheck.check(spec);
        SpecCheck.checkNew(spec);
        int partitions = kafka.partitions(spec.sourceTopic());
        if (partitions == 0) {
            throw BatchException.usage("topic '%s' does not exist; check --source-topic".formatted(spec.sourceTopic()));
        }
        int ledgerPartitions = kafka.partitions(TopicNames.LEDGER);
        int ledgerPartition = Math.floorMod(
                spec.batchId().hashCode(), ledgerPartitions == 0 ? TopicNames.LEDGER_PARTITIONS : ledgerPartitions);
        long ledgerStart = ledgerPartitions == 0 ? 0 : kafka.highWatermark(TopicNames.LEDGER, ledgerPartition);
        OpenTails tails = new OpenTails(spec, partitions, kafka);
        List<OffsetRange> ranges = Ranges.of(spec, partitions, kafka);
        checkFraming(spec, ranges);
        BatchPlan.Inputs inputs = BatchPlan.Inputs.of(ranges, kafka.topicId(spec.sourceTopic()));
        return BatchPlan.freeze(
                        spec,
                        spec.placement() == null
                                ? inputs
                                : inputs.withResultStarts(resultStarts(spec, spec.placement(), partitions)),
                        new BatchPlan.StateLayout(maxParallelism(partitions), stateFormat),
                        new BatchPlan.LedgerPlace(ledgerPartition, ledgerStart),
                        new BatchPlan.Creation(Instant.now(), createdBy, reason))
                .without(tails.of(ranges));
    }

    /** Says what the records look like where the user has not said how they name their schemas. */
    private void checkFraming(BatchSpec spec, List<OffsetRange> ranges) {
        Encoding encoding = spec.encoding();
        if (encoding == null || encoding.framing() != null) {
            return;
        }
        FramingLook look = new FramingLook();
        FirstRecords.read(
                spec.sourceTopic(),
                ranges,
                kafka.clients(),
                "to see how they name their schemas",
                record -> look.add(SourceRecord.of(record)));
        throw BatchException.usage(
                "--format %s needs --framing, which says where a record names the schema of its value: %s"
                        .formatted(encoding.format(), look.inWords()));
    }

    /** Returns the first offset that the batch can write in each partition of its result topic. */
    private List<Long> resultStarts(BatchSpec spec, ResultPlacement placement, int sourcePartitions) {
        String into = placement.into();
        if (into == null) {
            return Collections.nCopies(placement.partitions() == null ? sourcePartitions : placement.partitions(), 0L);
        }
        if (!kafka.topicExists(into)) {
            throw BatchException.usage(
                    "topic '%s' does not exist; --into names a topic that exists, and without it batch '%s' makes its own"
                            .formatted(into, spec.batchId()));
        }
        return List.copyOf(new TreeMap<>(kafka.highWatermarks(into)).values());
    }

    /** Returns a value with room to rescale and a key group for every partition; a power of two, which suits Flink best. */
    private static int maxParallelism(int partitions) {
        if (partitions > TopicNames.MAX_PARTITIONS) {
            throw BatchException.usage("the topic has %d partitions; a batch takes %d at most"
                    .formatted(partitions, TopicNames.MAX_PARTITIONS));
        }
        int enough = Math.max(
                MIN_MAX_PARALLELISM, Math.min(TopicNames.MAX_PARTITIONS, partitions * KEY_GROUPS_PER_PARTITION));
        return Integer.highestOneBit(enough - 1) << 1;
    }

    /**
     * Returns everything that prevents a new batch, all at once, each with what to do.
     *
     * @param transactionTimeout the timeout of the batch's producers
     * @param checkpointInterval the time between two commits
     */
    public List<String> problems(BatchPlan plan, Duration transactionTimeout, Duration checkpointInterval) {
        List<String> problems = timingProblems(transactionTimeout, checkpointInterval);
        for (OffsetRange range : gone(plan)) {
            problems.add("partition %s-%d: offset %d, where the batch starts, has been deleted; choose a later --from"
                    .formatted(plan.spec().sourceTopic(), range.partition(), range.start()));
        }
        problems.addAll(OpenTails.problems(plan, kafka));
        problems.addAll(new Topics(kafka).ownProblems());
        problems.addAll(new Topics(kafka).problems(plan));
        return problems;
    }

    /** Returns the timeouts that prevent any start, also one that goes on with a batch. */
    public List<String> timingProblems(Duration transactionTimeout, Duration checkpointInterval) {
        List<String> problems = new ArrayList<>();
        String cap = kafka.brokerConfig().get("transaction.max.timeout.ms");
        if (cap != null && transactionTimeout.toMillis() > Long.parseLong(cap)) {
            problems.add(
                    "--transaction-timeout %d s is more than the broker's transaction.max.timeout.ms of %d s; lower the one or raise the other"
                            .formatted(transactionTimeout.toSeconds(), Long.parseLong(cap) / 1000));
        }
        if (transactionTimeout.compareTo(checkpointInterval.multipliedBy(2)) < 0) {
            problems.add(
                    "--transaction-timeout %d s leaves no room for a checkpoint interval of %d s and a restart; make it several times as long"
                            .formatted(transactionTimeout.toSeconds(), checkpointInterval.toSeconds()));
        }
        return problems;
    }

    /** Says why the source is no longer the topic that the batch was planned over. The job finds the same at its start. */
    public List<String> sourceProblems(BatchPlan plan) {
        String topic = plan.spec().sourceTopic();
        if (!kafka.topicExists(topic)) {
            return List.of(
                    "topic %s does not exist any more; to reprocess the rest, run a new batch id over a source that holds it"
                            .formatted(topic));
        }
        String id = kafka.topicId(topic);
        return plan.inputs().topicId() == null
                        || id == null
                        || id.equals(plan.inputs().topicId())
                ? List.of()
                : List.of(
                        "topic %s was deleted and made again since batch '%s' was planned (its id was %s, now %s), so the offsets mean other records; run a new batch id"
                                .formatted(
                                        topic,
                                        plan.spec().batchId(),
                                        plan.inputs().topicId(),
                                        id));
    }

    /**
     * Says why a half-done batch cannot go on: some of the records that it has not read yet no longer exist.
     *
     * @param next the first offset that is not committed, by partition
     */
    public List<String> lost(BatchPlan plan, Map<Integer, Long> next) {
        String topic = plan.spec().sourceTopic();
        int partitions = kafka.partitions(topic);
        if (partitions < plan.ranges().size()) {
            return List.of(
                    "topic %s has %d partitions, but had %d when the batch was planned: it was deleted. What the batch has not read is lost; choose another --batch-id"
                            .formatted(topic, partitions, plan.ranges().size()));
        }
        Map<Integer, ListOffsetsResultInfo> earliest = kafka.offsets(topic, partitions, OffsetSpec.earliest());
        List<String> lost = new ArrayList<>();
        for (OffsetRange range : plan.ranges()) {
            long first = Ranges.offset(earliest, range.partition(), 0);
            long unread = next.getOrDefault(range.partition(), range.start());
            if (unread < range.end() && unread < first) {
                lost.add(
                        "partition %s-%d: offsets %d to %d have been deleted before the batch could read them; start another --batch-id with a later --from, over what is left"
                                .formatted(topic, range.partition(), unread, Math.min(first, range.end()) - 1));
            }
        }
        return lost;
    }

    private List<OffsetRange> gone(BatchPlan plan) {
        Map<Integer, ListOffsetsResultInfo> earliest =
                kafka.offsets(plan.spec().sourceTopic(), plan.ranges().size(), OffsetSpec.earliest());
        return plan.ranges().stream()
                .filter(range -> range.size() > 0 && range.start() < Ranges.offset(earliest, range.partition(), 0))
                .toList();
    }
}
