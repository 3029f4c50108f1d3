package io.backprocess.report;

import io.backprocess.deadletter.DeadLetterHeaders;
import io.backprocess.event.Reason;
import io.backprocess.plan.BatchException;
import io.backprocess.plan.KafkaAdmin;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads a dead-letter topic once, keeps nothing but counts, belongs to no consumer group and writes nothing. Of more than two
 * million dead letters it reads so many, taken evenly from the whole topic.
 */
public final class DeadLetterReader {
    private static final long MOST = 2_000_000;
    private static final int PIECES = 64;
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** What stands for a reason that no version of this program gives. */
    static final String UNKNOWN = "unknown";

    /** Offsets of one partition, the end exclusive. */
    record Piece(TopicPartition partition, long from, long to) {}

    private final String topic;
    private final Properties kafka;
    private final EventTime eventTime = new EventTime();
    private final DeadLetterTimes times = new DeadLetterTimes();

    private DeadLetterReader(String topic, Properties kafka) {
        this.topic = topic;
        this.kafka = kafka;
    }

    /** @throws BatchException when Kafka does not answer */
    public static DeadLetterTimes read(String topic, Properties kafka) {
        DeadLetterReader reader = new DeadLetterReader(topic, kafka);
        try {
            reader.read();
        } catch (OffsetOutOfRangeException e) {
            throw BatchException.failed(
                    "records of %s were deleted while they were read; try again".formatted(topic), e);
        } catch (KafkaException e) {
            throw BatchException.failed("%s could not be read: %s".formatted(topic, e.getMessage()), e);
        }
        return reader.times;
    }

    private void read() {
        List<Piece> whole = whole();
        long size = whole.stream().mapToLong(piece -> piece.to() - piece.from()).sum();
        if (size == 0) {
            return;
        }
        List<Piece> pieces = size <= MOST ? whole : sample(whole, size, MOST);
        if (size > MOST) {
            times.markAsSample();
        }
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            pieces.forEach(piece -> read(piece, consumer));
        }
    }

    /** All that is committed, partition by partition; nothing where there is no such topic. */
    private List<Piece> whole() {
        List<Piece> whole = new ArrayList<>();
        try (KafkaAdmin admin = new KafkaAdmin(kafka)) {
            int partitions = admin.partitions(topic);
            Map<Integer, ListOffsetsResultInfo> ends = admin.offsets(topic, partitions, OffsetSpec.latest());
            admin.offsets(topic, partitions, OffsetSpec.earliest()).forEach((partition, start) -> {
                ListOffsetsResultInfo end = ends.get(partition);
                if (end != null && end.offset() > start.offset()) {
                    whole.add(new Piece(new TopicPartition(topic, partition), start.offset(), end.offset()));
                }
            });
        }
        return whole;
    }

    /** Of each partition the same share, in pieces that lie evenly over it. */
    static List<Piece> sample(List<Piece> whole, long size, long most) {
        List<Piece> pieces = new ArrayList<>();
        for (Piece partition : whole) {
            double length = (double) (partition.to() - partition.from()) / PIECES;
            for (int i = 0; i < PIECES; i++) {
                long from = partition.from() + (long) (i * length);
                long to = from + (long) (length * most / size);
                if (to > from) {
                    pieces.add(new Piece(partition.partition(), from, to));
                }
            }
        }
        return pieces;
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "5000");
        properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "20");
        properties.putAll(kafka);
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        return properties;
    }

    /** The end is told by the position: the last offsets may be transaction markers. */
    private void read(Piece piece, KafkaConsumer<byte[], byte[]> consumer) {
        consumer.assign(List.of(piece.partition()));
        consumer.seek(piece.partition(), piece.from());
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long reached = piece.from();
        while (reached < piece.to()) {
            for (ConsumerRecord<byte[], byte[]> letter : consumer.poll(POLL)) {
                if (letter.offset() < piece.to()) {
                    times.add(eventTime.of(letter), reason(letter));
                }
            }
            long position = consumer.position(piece.partition());
            if (position > reached) {
                deadline = System.nanoTime() + PATIENCE.toNanos();
            } else if (System.nanoTime() > deadline) {
                throw BatchException.unreachable(
                        "%s: offset %d of %d could not be read; Kafka has not answered for %d s"
                                .formatted(piece.partition(), position, piece.to(), PATIENCE.toSeconds()),
                        new TimeoutException("no progress"));
            }
            reached = position;
        }
    }

    private static String reason(ConsumerRecord<byte[], byte[]> letter) {
        Header header = letter.headers().lastHeader(DeadLetterHeaders.REASON);
        if (header == null || header.value() == null) {
            return UNKNOWN;
        }
        try {
            return Reason.of(new String(header.value(), StandardCharsets.UTF_8)).toString();
        } catch (IllegalArgumentException e) {
            return UNKNOWN;
        }
    }
}
