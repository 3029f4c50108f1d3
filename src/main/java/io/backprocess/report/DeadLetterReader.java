package io.backprocess.report;

import io.backprocess.batch.BatchException;
import io.backprocess.deadletter.DeadLetterHeaders;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.EventTime;
import io.backprocess.event.Reason;
import io.backprocess.event.SourceRecord;
import io.backprocess.kafka.InterleavedReader;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.kafka.PartitionRange;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;

/**
 * Reads a dead-letter topic once and keeps only counts. It joins no consumer group and writes nothing. If the topic has more
 * than two million offsets, it reads a sample of that size, spread evenly over the whole topic.
 */
public final class DeadLetterReader {
    private static final long MOST = 2_000_000;
    private static final int PIECES = 64;
    /** The replacement for a reason that this program does not give. */
    private static final String UNKNOWN = "unknown";

    private final String topic;
    private final KafkaClients kafka;
    private final IntFunction<LongPredicate> redriven;
    private final EventTime eventTime;
    private final DeadLetterTimes times = new DeadLetterTimes();

    private DeadLetterReader(
            String topic, EnvelopeMapping mapping, KafkaClients kafka, IntFunction<LongPredicate> redriven) {
        this.topic = topic;
        this.eventTime = new EventTime(mapping);
        this.kafka = kafka;
        this.redriven = redriven;
    }

    /** Returns the words by which dead letters are counted. */
    static Stream<String> reasons() {
        return Stream.concat(Arrays.stream(Reason.values()).map(Reason::toString), Stream.of(UNKNOWN));
    }

    /**
     * Reads the dead letters of a topic, except those that were redriven. A redriven one is not dead any more, or it failed
     * again and has a new dead letter.
     *
     * @param mapping where the records keep the parts of an envelope
     * @param redriven returns for a partition the test of whether the dead letter at an offset was redriven
     * @throws BatchException if Kafka does not answer, or if records are deleted during the reading
     */
    public static DeadLetterTimes read(
            String topic, EnvelopeMapping mapping, KafkaClients kafka, IntFunction<LongPredicate> redriven) {
        DeadLetterReader reader = new DeadLetterReader(topic, mapping, kafka, redriven);
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
        Collection<PartitionRange> whole = whole();
        long size = whole.stream().mapToLong(piece -> piece.to() - piece.from()).sum();
        if (size == 0) {
            return;
        }
        if (size <= MOST) {
            InterleavedReader.read(whole, kafka, this::take);
        } else {
            times.markAsSample();
            sample(whole, size, MOST).forEach(pieces -> InterleavedReader.read(pieces, kafka, this::take));
        }
    }

    private Collection<PartitionRange> whole() {
        try (KafkaAdmin admin = kafka.openAdmin()) {
            return PartitionRange.committed(topic, admin).values();
        }
    }

    /**
     * Returns a sample that takes the same share of each partition, in pieces spread evenly over it: the first piece of each
     * partition, then the second of each, and so on.
     *
     * @param size the number of offsets in {@code whole}
     * @param most the maximum number of offsets in the sample
     */
    static List<List<PartitionRange>> sample(Collection<PartitionRange> whole, long size, long most) {
        List<List<PartitionRange>> sample = new ArrayList<>();
        for (int i = 0; i < PIECES; i++) {
            List<PartitionRange> pieces = new ArrayList<>();
            for (PartitionRange partition : whole) {
                double length = (double) (partition.to() - partition.from()) / PIECES;
                long from = partition.from() + (long) (i * length);
                long to = from + (long) (length * most / size);
                if (to > from) {
                    pieces.add(new PartitionRange(partition.partition(), from, to));
                }
            }
            sample.add(pieces);
        }
        return sample;
    }

    private void take(ConsumerRecord<byte[], byte[]> letter) {
        if (!redriven.apply(letter.partition()).test(letter.offset())) {
            times.add(eventTime.of(SourceRecord.of(letter)), reason(letter));
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
