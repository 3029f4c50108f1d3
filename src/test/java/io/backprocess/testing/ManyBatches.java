package io.backprocess.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.OffsetRange;
import io.backprocess.batch.PlanJson;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.batch.TopicNames;
import io.backprocess.control.BatchMark;
import io.backprocess.dedupe.DropDuplicates;
import io.backprocess.ledger.LedgerLine;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the plans, marks and ledger lines of many batches to a broker, as years of use leave them behind. No job runs, and there
 * are no results: what lists batches and shows their progress reads nothing else.
 *
 * <p>Of a hundred batches, 96 are completed, one has failed and Flink has forgotten it, one is paused, one is abandoned, and one is
 * planned.
 */
public final class ManyBatches {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant FIRST = Instant.parse("2024-01-01T00:00:00Z");
    private static final Duration CHECKPOINT = Duration.ofSeconds(10);
    private static final long RECORDS = 50_000;

    private final KafkaBroker kafka;
    private final String sourceTopic;
    private final Map<Integer, Long> ledgerEnds = new HashMap<>();
    private int written;

    /** The state that a batch is left in. */
    private enum Fate {
        FAILED,
        PAUSED,
        ABANDONED,
        PLANNED,
        COMPLETED;

        static Fate of(int number) {
            return switch (number % 100) {
                case 0 -> FAILED;
                case 1 -> PAUSED;
                case 2 -> ABANDONED;
                case 3 -> PLANNED;
                default -> COMPLETED;
            };
        }

        int checkpoints(int ofACompleted) {
            return this == COMPLETED ? ofACompleted : this == PLANNED ? 0 : ofACompleted / 2;
        }

        BatchMark.@Nullable Action mark() {
            return switch (this) {
                case FAILED, COMPLETED -> BatchMark.Action.STARTED;
                case PAUSED -> BatchMark.Action.PAUSED;
                case ABANDONED -> BatchMark.Action.ABANDONED;
                case PLANNED -> null;
            };
        }
    }

    /** @param sourceTopic a name; whether there is such a topic does not matter here */
    public ManyBatches(KafkaBroker kafka, String sourceTopic) {
        this.kafka = kafka;
        this.sourceTopic = sourceTopic;
        if (!kafka.exists(TopicNames.BATCHES)) {
            kafka.createTopic(TopicNames.BATCHES, 1, "cleanup.policy=compact");
        }
        if (!kafka.exists(TopicNames.LEDGER)) {
            kafka.createTopic(TopicNames.LEDGER, TopicNames.LEDGER_PARTITIONS, "retention.ms=-1");
        }
    }

    /**
     * Writes further batches.
     *
     * @param partitions of the source
     * @param checkpoints of each batch that is completed; each commits one line for every partition
     * @return the id of the last batch
     */
    public String write(int batches, int partitions, int checkpoints) {
        String last = "";
        List<OffsetRange> ranges = IntStream.range(0, partitions)
                .mapToObj(partition -> new OffsetRange(partition, 0, RECORDS * checkpoints))
                .toList();
        Properties properties = kafka.properties();
        properties.setProperty("compression.type", "lz4");
        properties.setProperty("linger.ms", "20");
        properties.setProperty("max.request.size", String.valueOf(16 * 1024 * 1024));
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < batches; i++) {
                last = write(written++, ranges, checkpoints, producer);
            }
        }
        return last;
    }

    private String write(
            int number, List<OffsetRange> ranges, int checkpoints, KafkaProducer<byte[], byte[]> producer) {
        Fate fate = ranges.size() > 100 ? Fate.COMPLETED : Fate.of(number);
        BatchPlan plan = plan("batch-%s-%06d".formatted(sourceTopic, number), ranges, FIRST.plusSeconds(number * 600L));
        String batchId = plan.spec().batchId();
        store(batchId, PlanJson.write(plan), producer);
        if (fate.mark() != null) {
            Instant at = plan.creation().at();
            BatchMark mark = new BatchMark(
                    fate.mark(), "%032x".formatted(number), "file:/tmp/checkpoints", "file:/tmp/savepoint", at, "test");
            store(batchId + "/mark", PlanJson.write(mark), producer);
        }
        int ledger = plan.ledger().partition();
        for (int checkpoint = 0; checkpoint < fate.checkpoints(checkpoints); checkpoint++) {
            long at = plan.creation()
                    .at()
                    .plus(CHECKPOINT.multipliedBy(checkpoint + 1L))
                    .toEpochMilli();
            for (OffsetRange range : ranges) {
                int partition = range.partition();
                LedgerLine line = new LedgerLine(
                        batchId,
                        partition,
                        checkpoint + 1L,
                        partition % 4,
                        new LedgerLine.Covered(checkpoint * RECORDS, (checkpoint + 1) * RECORDS),
                        new LedgerLine.Outcomes(
                                RECORDS, Map.of("2", 500L), 30, Map.of("rejected", 40L), RECORDS - 570, RECORDS - 570));
                byte[] key = (batchId + "/" + partition).getBytes(UTF_8);
                var unused = producer.send(
                        new ProducerRecord<>(TopicNames.LEDGER, ledger, at + partition % 7, key, bytes(line)));
                ledgerEnds.merge(ledger, 1L, Long::sum);
            }
        }
        return batchId;
    }

    private BatchPlan plan(String batchId, List<OffsetRange> ranges, Instant at) {
        int ledger = Math.floorMod(batchId.hashCode(), TopicNames.LEDGER_PARTITIONS);
        long start = ledgerEnds.computeIfAbsent(ledger, this::end);
        return BatchPlan.freeze(
                new BatchSpec(
                        batchId,
                        new BatchSpec.Range(sourceTopic, "earliest", "latest"),
                        new BatchSpec.Logic("1", List.of("purchase-split"), new TreeMap<>()),
                        DedupeScope.PARTITION,
                        ResultHeaders.ORIGIN),
                BatchPlan.Inputs.of(ranges, null),
                new BatchPlan.StateLayout(1024, DropDuplicates.STATE_FORMAT),
                new BatchPlan.LedgerPlace(ledger, start),
                new BatchPlan.Creation(at, "test", "ticket " + batchId));
    }

    private long end(int ledger) {
        try (var admin = kafka.clients().openAdmin()) {
            return admin.highWatermark(TopicNames.LEDGER, ledger);
        }
    }

    private static void store(String key, String value, KafkaProducer<byte[], byte[]> producer) {
        var unused =
                producer.send(new ProducerRecord<>(TopicNames.BATCHES, 0, key.getBytes(UTF_8), value.getBytes(UTF_8)));
    }

    private static byte[] bytes(LedgerLine line) {
        try {
            return JSON.writeValueAsBytes(line);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }
}
