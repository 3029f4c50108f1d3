package io.backprocess.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.DeadLetterLimits;
import io.backprocess.deadletter.DeadLetterHeaders;
import io.backprocess.event.Origin;
import io.backprocess.publish.ResultSerializer;
import io.backprocess.verify.Verdict;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A batch over many hostile records: each is in exactly one place, the one where a {@link Judge} puts it, with the bytes and
 * headers it must have there. {@code -Dbackprocess.seed=N} makes others, {@code -Dbackprocess.records=N} more or fewer.
 */
public final class JudgedBatch {
    public static final int PARTITIONS = 4;
    public static final int RECORDS = Integer.getInteger("backprocess.records", 100_000);
    public static final long SEED = Long.getLong("backprocess.seed", 1);

    private final KafkaBroker kafka;

    /** What a record must leave on a topic of the batch. */
    private record Trace(long offset, long digest) {}

    private final Map<String, Long> places = new TreeMap<>();
    private final List<Queue<Trace>> results = new ArrayList<>();
    private final List<Queue<Trace>> deadLetters = new ArrayList<>();

    public JudgedBatch(KafkaBroker kafka) {
        this.kafka = kafka;
    }

    /** Creates a topic with so many records. */
    public void write(String topic, int records, Supplier<ProducerRecord<byte[], byte[]>> hostile) {
        kafka.createTopic(
                topic,
                PARTITIONS,
                "retention.ms=-1",
                "max.message.bytes=" + 16 * 1024 * 1024,
                "message.timestamp.after.max.ms=" + Long.MAX_VALUE);
        for (int left = records; left > 0; left -= 10_000) {
            kafka.send(Stream.generate(hostile).limit(Math.min(left, 10_000)).toList());
        }
    }

    /**
     * Runs the batch to its end.
     *
     * @return the number of records by their place
     */
    public Map<String, Long> runAndJudge(TestBatch batch, int records, Function<String, Judge> judges)
            throws Exception {
        batch.limits = new DeadLetterLimits(1, 0, batch.limits.maxUnknownSchemas());
        batch.patience = batch.patience.plusSeconds(records / 1000);

        batch.runToItsEnd(2, null);

        judge(
                batch.plan.spec().sourceTopic(),
                () -> judges.apply(batch.plan.spec().batchId()));
        Judge writer = judges.apply("");
        kafka.forEach(batch.plan.spec().resultTopic(), record -> {
            long offset = Origin.parse(header(record, ResultSerializer.SOURCE)).offset();
            String result = writer.normal(record.value());
            assertNext(results, record, offset, result, digest(record, Judge.headers(record), result, null));
        });
        kafka.forEach(batch.plan.spec().deadLetterTopic(), record -> {
            long offset = Long.parseLong(header(record, DeadLetterHeaders.OFFSET));
            String reason = header(record, DeadLetterHeaders.REASON);
            long digest = digest(record, withoutContext(record), reason, record.value());
            assertNext(deadLetters, record, offset, reason, digest);
        });
        assertThat(results).as("missing results").allMatch(Queue::isEmpty);
        assertThat(deadLetters).as("missing dead letters").allMatch(Queue::isEmpty);
        assertThat(batch.ledger().total().read()).isEqualTo(records);
        assertThat(batch.ledger().total().skipped()).isEqualTo(places.getOrDefault("skipped", 0L));
        assertThat(batch.ledger().total().duplicates()).isEqualTo(places.getOrDefault("duplicate", 0L));
        assertThat(batch.verify().verdict()).isEqualTo(Verdict.COMPLETE);
        return places;
    }

    private void judge(String topic, Supplier<Judge> judge) {
        List<Judge> judges = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            judges.add(judge.get());
            results.add(new ArrayDeque<>());
            deadLetters.add(new ArrayDeque<>());
        }
        kafka.forEach(topic, record -> {
            Judge.Verdict verdict = judges.get(record.partition()).judge(record);
            places.merge(verdict.place(), 1L, Long::sum);
            if (verdict.isDead()) {
                long digest = digest(record, withoutContext(record), verdict.place(), record.value());
                deadLetters.get(record.partition()).add(new Trace(record.offset(), digest));
            }
            for (Judge.Made result : verdict.results()) {
                long digest = digest(record, result.headers(), result.value(), null);
                results.get(record.partition()).add(new Trace(record.offset(), digest));
            }
        });
    }

    private static void assertNext(
            List<Queue<Trace>> expected,
            ConsumerRecord<byte[], byte[]> record,
            long sourceOffset,
            String story,
            long digest) {
        Trace trace = new Trace(sourceOffset, digest);
        Trace next = expected.get(record.partition()).poll();
        if (!trace.equals(next)) {
            assertThat(trace)
                    .as("seed %d, partition %d: %s", SEED, record.partition(), story)
                    .isEqualTo(next);
        }
    }

    /** Of all that must be kept of a record, and of what became of it. */
    private static long digest(
            ConsumerRecord<byte[], byte[]> record, List<Header> headers, String story, byte @Nullable [] value) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-1");
            digest.update((record.timestamp() + story).getBytes(UTF_8));
            update(digest, value);
            update(digest, record.key());
            for (Header header : headers) {
                digest.update(header.key().getBytes(UTF_8));
                update(digest, header.value());
            }
            return ByteBuffer.wrap(digest.digest()).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static void update(MessageDigest digest, byte @Nullable [] bytes) {
        digest.update(String.valueOf(bytes == null ? -1 : bytes.length).getBytes(UTF_8));
        digest.update(bytes == null ? new byte[0] : bytes);
    }

    private static List<Header> withoutContext(ConsumerRecord<byte[], byte[]> record) {
        return Arrays.stream(record.headers().toArray())
                .filter(header -> !header.key().startsWith(DeadLetterHeaders.PREFIX))
                .toList();
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return utf8(record.headers().lastHeader(name).value());
    }

    private static String utf8(byte[] bytes) {
        return new String(bytes, UTF_8);
    }
}
