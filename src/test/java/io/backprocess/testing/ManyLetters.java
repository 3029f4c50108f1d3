package io.backprocess.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.batch.SizeLimits;
import io.backprocess.batch.TopicNames;
import io.backprocess.dedupe.DropDuplicates;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.Reason;
import io.backprocess.event.SourceRecord;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.ledger.LedgerLine;
import io.backprocess.plan.PlanStore;
import io.backprocess.plan.Planner;
import io.backprocess.plan.Topics;
import io.backprocess.replay.Replay;
import io.backprocess.revise.operator.Revise;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes a batch all of whose records are dead letters: history, plan, letters and ledger lines, as a job leaves them behind. So a
 * million letters take half a minute, and {@code verify} proves them.
 */
public final class ManyLetters {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long FIRST = 1_700_000_000_000L;
    private static final int LINE = 50_000;

    private final KafkaBroker kafka;

    /** Why the records are dead letters. */
    public enum Kind {
        /** The service that the revision asks did not answer, and it does now. */
        EXHAUSTED,
        /** The records have another envelope, {@link #ENVELOPE}. */
        UNREAD
    }

    /** A file that makes the records of {@link Kind#UNREAD} events. */
    public static final String ENVELOPE = """
            name: renamed
            eventId: /id
            processVersion: /v
            payload: /payload
            """;

    public ManyLetters(KafkaBroker kafka) {
        this.kafka = kafka;
    }

    /**
     * Writes the batch.
     *
     * @param lost the number of the last records of each partition whose ledger line a lost transaction took with it
     */
    public BatchPlan write(Kind kind, int partitions, int letters, int lost) {
        String topic = kafka.unique("letters");
        kafka.createTopic(topic, partitions, "retention.ms=-1", "segment.index.bytes=65536");
        int each = letters / partitions;
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (int offset = 0; offset < each; offset++) {
                for (int partition = 0; partition < partitions; partition++) {
                    var unused = producer.send(new ProducerRecord<>(
                            topic, partition, FIRST + offset, key(offset), value(kind, partition, offset)));
                }
            }
            producer.flush();
            BatchPlan plan = plan(topic);
            Replay replay =
                    new Replay(plan, new SizeLimits(1 << 20, 1 << 20), null, ManyLetters.class.getClassLoader(), null);
            for (int offset = 0; offset < each; offset++) {
                for (int partition = 0; partition < partitions; partition++) {
                    var unused = producer.send(replay.deadLetter(letter(replay, kind, partition, offset)));
                }
            }
            for (int partition = 0; partition < partitions; partition++) {
                for (long from = 0; from < each - lost; from += LINE) {
                    line(plan, kind, partition, from, Math.min(from + LINE, each - lost), producer);
                }
            }
            return plan;
        }
    }

    private BatchPlan plan(String topic) {
        BatchSpec spec = new BatchSpec(
                kafka.unique("batch"),
                new BatchSpec.Range(topic, "earliest", "latest"),
                new BatchSpec.Logic("1", List.of("purchase-split"), new TreeMap<>()),
                DedupeScope.PARTITION,
                ResultHeaders.ORIGIN);
        try (KafkaAdmin admin = kafka.clients().openAdmin()) {
            BatchPlan plan = new Planner(admin).plan(spec, DropDuplicates.STATE_FORMAT, "test", null);
            new Topics(admin).create(plan);
            new PlanStore(admin).put(plan);
            return plan;
        }
    }

    private static byte[] key(int offset) {
        return ("customer-" + offset % 9973).getBytes(UTF_8);
    }

    private static byte[] value(Kind kind, int partition, int offset) {
        String members = kind == Kind.UNREAD
                ? "\"id\":\"%08d-%04d-4000-8000-000000000000\",\"v\":1"
                : "\"eventId\":\"%08d-%04d-4000-8000-000000000000\",\"processVersion\":1";
        String event = "{%s,\"payload\":{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-PREMIUM-%d\",\"amount\":99.90}}"
                .formatted(members.formatted(offset, partition), offset % 100);
        return event.getBytes(UTF_8);
    }

    private static DeadLetter letter(Replay replay, Kind kind, int partition, int offset) {
        SourceRecord record = new SourceRecord(
                partition, offset, FIRST + offset, key(offset), value(kind, partition, offset), new RecordHeaders());
        Outcome outcome = replay.decode(record);
        if (outcome instanceof Event event) {
            return DeadLetter.of(event, Revise.STAGE, Reason.RETRIES_EXHAUSTED, "the service does not answer");
        }
        return (DeadLetter) outcome;
    }

    private static void line(
            BatchPlan plan, Kind kind, int partition, long from, long to, KafkaProducer<byte[], byte[]> producer) {
        Reason reason = kind == Kind.UNREAD ? Reason.NOT_AN_ENVELOPE : Reason.RETRIES_EXHAUSTED;
        Map<String, Long> dead = new HashMap<>(Map.of(reason.toString(), to - from));
        LedgerLine line = new LedgerLine(
                plan.spec().batchId(),
                partition,
                from / LINE + 1,
                0,
                new LedgerLine.Covered(from, to),
                new LedgerLine.Outcomes(to - from, Map.of(), 0, dead, 0, 0));
        byte[] key = (plan.spec().batchId() + "/" + partition).getBytes(UTF_8);
        try {
            var unused = producer.send(new ProducerRecord<>(
                    TopicNames.LEDGER, plan.ledger().partition(), key, JSON.writeValueAsBytes(line)));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private KafkaProducer<byte[], byte[]> producer() {
        Properties properties = kafka.properties();
        properties.setProperty("compression.type", "lz4");
        properties.setProperty("linger.ms", "20");
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
