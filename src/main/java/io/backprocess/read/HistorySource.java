package io.backprocess.read;

import io.backprocess.batch.KeyGroups;
import io.backprocess.batch.OffsetRange;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.TravelType;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.registry.SchemaGate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SupportsSplitReassignmentOnRecovery;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The pinned history, with or without an end. It runs KafkaSource's own reader under an enumerator that gives each partition to
 * the subtask of its key group and lets the job end after a restore too.
 *
 * <p>KafkaSource's own enumerator never signals after a restore that there are no more splits, so the job would idle at its end
 * (FLINK-31006). {@link HistoryEnumerator} can be removed once that is fixed and splits can be placed by key group.
 */
public final class HistorySource
        implements Source<SourceRecord, KafkaPartitionSplit, HeldSplits>,
                SupportsSplitReassignmentOnRecovery,
                ResultTypeQueryable<SourceRecord> {
    private static final long serialVersionUID = 1;

    private final String topic;
    private final ArrayList<OffsetRange> ranges;
    private final KeyGroups keyGroups;
    private final String planHash;
    private final BatchAccess batch;
    private final @Nullable SchemaGate schemas;
    private final @Nullable Long maxRecordsPerSecond;
    private final KafkaSource<SourceRecord> kafka;

    /**
     * @param planHash the hash of the plan that these ranges belong to; a snapshot of another plan is refused
     * @param schemas holds records back until their schemas are known; null where values are plain JSON
     * @param maxRecordsPerSecond the limit over the whole job, in records per second; null for no limit
     */
    public HistorySource(
            String topic,
            List<OffsetRange> ranges,
            KeyGroups keyGroups,
            String planHash,
            KafkaClients kafka,
            BatchAccess batch,
            @Nullable SchemaGate schemas,
            @Nullable Long maxRecordsPerSecond) {
        this.topic = topic;
        this.ranges = new ArrayList<>(ranges);
        this.keyGroups = keyGroups;
        this.planHash = planHash;
        this.batch = batch;
        this.schemas = schemas;
        this.maxRecordsPerSecond = maxRecordsPerSecond;
        this.kafka = pinned(topic, ranges, schemas == null ? kafka : kafka.withGate(schemas));
    }

    /**
     * Builds Kafka's source. The splits hold the offsets; the ones given here only make sure that Kafka never chooses any (reset
     * NONE).
     */
    @SuppressWarnings("deprecation") // the connector's API takes Kafka's deprecated enum
    private static KafkaSource<SourceRecord> pinned(String topic, List<OffsetRange> ranges, KafkaClients kafka) {
        Map<TopicPartition, Long> starts = new HashMap<>();
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (OffsetRange range : ranges) {
            TopicPartition partition = new TopicPartition(topic, range.partition());
            starts.put(partition, range.start());
            ends.put(partition, range.end());
        }
        // This is a HashSet because a map's key set does not serialise.
        Set<TopicPartition> partitions = new HashSet<>(starts.keySet());
        KafkaSourceBuilder<SourceRecord> source = KafkaSource.builder();
        if (!OffsetRange.isFollowing(ranges)) {
            source.setBounded(
                    OffsetsInitializer.offsets(ends, org.apache.kafka.clients.consumer.OffsetResetStrategy.NONE));
        }
        return source.setPartitions(partitions)
                .setStartingOffsets(
                        OffsetsInitializer.offsets(starts, org.apache.kafka.clients.consumer.OffsetResetStrategy.NONE))
                .setDeserializer(new RecordReader())
                .setProperties(throughput(kafka).withBoundedPolls().properties())
                .setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed")
                .setProperty(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false")
                .build();
    }

    private static KafkaClients throughput(KafkaClients kafka) {
        // The limit keeps what is in flight between fetcher and chain in the processor's cache.
        return kafka.withDefault(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "1000")
                .withDefault(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, String.valueOf(4 * 1024 * 1024))
                .withDefault(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, String.valueOf(64 * 1024))
                .withDefault(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "100")
                .withDefault(ConsumerConfig.RECEIVE_BUFFER_CONFIG, String.valueOf(1024 * 1024));
    }

    @Override
    public Boundedness getBoundedness() {
        return isFollowing() ? Boundedness.CONTINUOUS_UNBOUNDED : Boundedness.BOUNDED;
    }

    private boolean isFollowing() {
        return OffsetRange.isFollowing(ranges);
    }

    @Override
    public SourceReader<SourceRecord, KafkaPartitionSplit> createReader(SourceReaderContext context) throws Exception {
        // This check also runs before the sinks of the chain open.
        batch.checkClient();
        SourceReader<SourceRecord, KafkaPartitionSplit> reader = new StrictReader<>(kafka.createReader(context));
        if (schemas != null) {
            schemas.register(context.metricGroup());
            reader = new GatedReader<>(reader, schemas);
        }
        if (maxRecordsPerSecond == null) {
            return reader;
        }
        return new PacedReader<>(reader, (double) maxRecordsPerSecond / context.currentParallelism());
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, HeldSplits> createEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context) {
        List<KafkaPartitionSplit> splits = new ArrayList<>();
        for (OffsetRange range : ranges) {
            if (range.size() > 0) {
                splits.add(new KafkaPartitionSplit(
                        new TopicPartition(topic, range.partition()),
                        range.start(),
                        range.isOpen() ? KafkaPartitionSplit.NO_STOPPING_OFFSET : range.end()));
            }
        }
        return enumerator(context, splits, false, ranges.size());
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, HeldSplits> restoreEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context, HeldSplits held) {
        try {
            held.checkPlan(planHash);
            return enumerator(context, held.splits(), true, held.foundPartitions());
        } catch (SuppressRestartsException e) {
            return new RefusedSnapshot(held, e);
        }
    }

    private HistoryEnumerator enumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context,
            List<KafkaPartitionSplit> splits,
            boolean restored,
            int knownPartitions) {
        batch.checkClient();
        return new HistoryEnumerator(
                context,
                keyGroups,
                new HistoryEnumerator.Claim(planHash, batch::committed, batch.lease()),
                new HistoryEnumerator.Splits(splits, restored),
                batch.watch(),
                isFollowing() ? new Discovery(topic, knownPartitions) : null);
    }

    @Override
    public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
        return kafka.getSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<HeldSplits> getEnumeratorCheckpointSerializer() {
        return new HeldSplitsSerializer(kafka.getSplitSerializer());
    }

    @Override
    public TypeInformation<SourceRecord> getProducedType() {
        return TravelType.of(SourceRecord.class);
    }
}
