package io.backprocess.cli.options;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.plan.BatchEstimate;
import io.backprocess.plan.RecordSample;
import io.backprocess.plan.Sizing;
import io.backprocess.render.Table;
import io.backprocess.render.Words;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.jspecify.annotations.Nullable;

/**
 * The estimates that {@code plan --size} prints. Operators order machines and disks by them, so they are too high rather than
 * too low.
 *
 * @param offsets the number of offsets in the range
 * @param stateMib the size in MiB of a checkpoint at the end
 * @param at the estimates for each parallelism
 */
public record BatchSize(
        long offsets,
        @JsonUnwrapped SampledRecordSize records,
        @JsonUnwrapped Disk disk,
        long stateMib,
        List<Sizing> at) {

    /**
     * The size of a record, from a sample.
     *
     * @param recordBytes the average size of key and value in bytes, uncompressed
     * @param sampled the number of records in the sample
     */
    public record SampledRecordSize(long recordBytes, long sampled) {}

    /**
     * The disk that the topics take. The bytes are null if Kafka does not report log sizes.
     *
     * @param sourceBytes the bytes that the range takes on a broker's disk
     * @param resultBytes the maximum bytes that the results take on the disk of each broker with a copy
     * @param replication the number of copies that the result topic will have
     */
    public record Disk(@Nullable Long sourceBytes, @Nullable Long resultBytes, int replication) {}

    /** The growth from a source record to its result, which adds an origin header and the batch's version and correlationId. */
    private static final double RESULT_GROWTH = 1.25;

    public static BatchSize of(BatchPlan plan, long offsets, List<Integer> parallelisms, KafkaAdmin admin) {
        RecordSample sample = RecordSample.of(plan, admin.clients());
        Long source = sourceBytes(plan, offsets, admin);
        return new BatchSize(
                offsets,
                new SampledRecordSize(sample.averageBytes(), sample.records()),
                new Disk(
                        source,
                        source == null ? null : Math.round(source * RESULT_GROWTH),
                        admin.replication(plan.spec().sourceTopic())),
                BatchEstimate.of(offsets).stateMib(),
                parallelisms.stream()
                        .map(each -> Sizing.of(plan, offsets, sample.averageBytes(), each))
                        .toList());
    }

    /** Returns the range's share of the logs in bytes, as if all offsets had the same size; null if Kafka does not report it. */
    private static @Nullable Long sourceBytes(BatchPlan plan, long offsets, KafkaAdmin admin) {
        String topic = plan.spec().sourceTopic();
        try {
            long bytes = admin.logSizes(topic).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            long all = 0;
            Map<Integer, Long> ends = admin.stableEnds(topic);
            for (Map.Entry<Integer, ListOffsetsResultInfo> start : admin.offsets(
                            topic, plan.ranges().size(), OffsetSpec.earliest())
                    .entrySet()) {
                all += Math.max(
                        0,
                        ends.getOrDefault(start.getKey(), 0L) - start.getValue().offset());
            }
            return all == 0 ? 0 : Math.round((double) bytes * Math.min(offsets, all) / all);
        } catch (BatchException e) {
            // Log sizes need the right to describe the cluster. Batches do not need that right, so it may be missing.
            return null;
        }
    }

    public String text() {
        StringBuilder text = new StringBuilder();
        text.append("%nsize      %s offsets, records of %s bytes (%s sampled)%n"
                .formatted(Words.count(offsets), Words.count(records.recordBytes), Words.count(records.sampled)));
        text.append(
                disk.resultBytes == null
                        ? "disk      results: unknown, because Kafka does not report log sizes"
                        : "disk      results: at most about %s MiB on each of %d brokers"
                                .formatted(Words.count((disk.resultBytes + (1 << 20) - 1) >> 20), disk.replication));
        text.append(
                "; checkpoints: about %s MiB, twice that while files are merged%n%n".formatted(Words.count(stateMib)));
        Table table = new Table(
                "parallelism",
                "time",
                "cores",
                "brokers' cores",
                "MB/s in and out",
                "TaskManagers",
                "MiB of each",
                "MiB together",
                "state of a slot, MiB");
        for (Sizing sizing : at) {
            table.row(
                    sizing.slots().parallelism(),
                    Words.duration(Duration.ofSeconds(sizing.seconds())),
                    sizing.slots().busy(),
                    sizing.load().brokerCores(),
                    sizing.load().megabytesASecond(),
                    sizing.taskManagers().number(),
                    sizing.taskManagers().mib(),
                    sizing.taskManagers().number() * sizing.taskManagers().mib(),
                    sizing.stateMibASlot());
        }
        text.append(table);
        at.stream()
                .filter(sizing -> offsets > 0 && sizing.slots().idle() > 0)
                .forEach(sizing -> text.append("at parallelism %d, %d slots have no partition to read%n"
                        .formatted(sizing.slots().parallelism(), sizing.slots().idle())));
        return text.toString();
    }
}
