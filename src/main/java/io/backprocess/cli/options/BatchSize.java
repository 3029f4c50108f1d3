package io.backprocess.cli.options;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.plan.Estimate;
import io.backprocess.plan.RecordSample;
import io.backprocess.plan.Sizing;
import io.backprocess.render.Table;
import io.backprocess.render.Words;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.jspecify.annotations.Nullable;

/**
 * What {@code plan --size} prints: for machines and disks to be ordered by, so rather too much than too little.
 *
 * @param recordBytes of key and value on average, uncompressed, in a sample
 * @param sampled records
 * @param sourceBytes that the range takes on a broker's disk; null where Kafka does not tell
 * @param resultBytes that the results take at most on the disk of each broker with a copy
 * @param replication copies that the result topic will have
 * @param stateMib of a checkpoint at the end
 */
public record BatchSize(
        long offsets,
        long recordBytes,
        long sampled,
        @Nullable Long sourceBytes,
        @Nullable Long resultBytes,
        int replication,
        long stateMib,
        List<Sizing> at) {
    /** A result has a header with its origin more than its source, and the version and correlationId of the batch. */
    private static final double RESULT_GROWTH = 1.25;

    public static BatchSize of(
            BatchPlan plan, long offsets, List<Integer> parallelisms, KafkaAdmin admin, Properties kafka) {
        RecordSample sample = RecordSample.of(plan, kafka);
        Long source = sourceBytes(plan, offsets, admin);
        return new BatchSize(
                offsets,
                sample.averageBytes(),
                sample.records(),
                source,
                source == null ? null : Math.round(source * RESULT_GROWTH),
                admin.replication(plan.spec().sourceTopic()),
                Estimate.of(offsets).stateMib(),
                parallelisms.stream()
                        .map(each -> Sizing.of(plan, offsets, sample.averageBytes(), each))
                        .toList());
    }

    /** The range's share of the logs, as if all offsets took the same. */
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
            // Logs' sizes need the right to describe the cluster, and no batch needs that.
            return null;
        }
    }

    public String text() {
        StringBuilder text = new StringBuilder();
        text.append("%nsize      %s offsets, records of %s bytes (%s looked at)%n"
                .formatted(Table.text(offsets), Table.text(recordBytes), Table.text(sampled)));
        text.append(
                resultBytes == null
                        ? "disk      results: unknown, Kafka does not tell the sizes of logs"
                        : "disk      results: at most about %s MiB on each of %d brokers"
                                .formatted(Table.text((resultBytes + (1 << 20) - 1) >> 20), replication));
        text.append(
                "; checkpoints: about %s MiB, twice that while files are merged%n%n".formatted(Table.text(stateMib)));
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
                    sizing.parallelism(),
                    Words.duration(Duration.ofSeconds(sizing.seconds())),
                    sizing.busy(),
                    sizing.brokerCores(),
                    sizing.megabytesASecond(),
                    sizing.taskManagers(),
                    sizing.taskManagerMib(),
                    sizing.taskManagers() * sizing.taskManagerMib(),
                    sizing.stateMibASlot());
        }
        text.append(table);
        at.stream()
                .filter(sizing -> offsets > 0 && sizing.busy() < sizing.parallelism())
                .forEach(sizing -> text.append("at parallelism %d %d slots have no partition to read%n"
                        .formatted(sizing.parallelism(), sizing.parallelism() - sizing.busy())));
        return text.toString();
    }
}
