package io.backprocess.kafka;

import io.backprocess.batch.BatchException;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Reads the committed records of a range, one after the other. It belongs to no consumer group and commits nothing. */
public final class PartitionReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final PartitionRange span;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final View view;
    private @Nullable Consumer<byte[], byte[]> consumer;
    private Iterator<ConsumerRecord<byte[], byte[]>> polled = Collections.emptyIterator();
    private @Nullable ConsumerRecord<byte[], byte[]> head;
    private long from;
    private long reached;
    /** The offset behind the record that was fetched last. */
    private long behind;

    private long taken;

    /** Changes or hides records before a caller sees them. */
    public interface View {
        View ALL = record -> record;

        /** Returns the record, another record in its place, or null to hide it. */
        @Nullable
        ConsumerRecord<byte[], byte[]> see(ConsumerRecord<byte[], byte[]> record);
    }

    public PartitionReader(PartitionRange span, KafkaClients kafka) {
        this(span, kafka, View.ALL);
    }

    public PartitionReader(PartitionRange span, KafkaClients kafka, View view) {
        this(span, () -> consumer(kafka), view);
    }

    /** Returns a consumer that several readers may use one after the other. */
    public static Consumer<byte[], byte[]> consumer(KafkaClients kafka) {
        // An offset that has been deleted is an error here; the reader must not skip it.
        return kafka.withDefault(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "1000")
                .withDefault(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, String.valueOf(4 * 1024 * 1024))
                .withDefault(ConsumerConfig.RECEIVE_BUFFER_CONFIG, String.valueOf(1024 * 1024))
                .openConsumer("read_committed", "none");
    }

    /** @param consumers supplies a consumer; it is called only when there is something to read */
    public PartitionReader(PartitionRange span, Supplier<Consumer<byte[], byte[]>> consumers) {
        this(span, consumers, View.ALL);
    }

    private PartitionReader(PartitionRange span, Supplier<Consumer<byte[], byte[]>> consumers, View view) {
        this.view = view;
        this.span = span;
        this.consumers = consumers;
        this.from = span.from();
        this.reached = from;
        this.behind = from;
    }

    /**
     * Goes on where another reader was, before anything is read here. What is deleted since is passed over.
     *
     * @param position the other reader's {@link #position}
     * @param alreadyTaken the number of records that the other reader had taken
     */
    public void resume(long position, long alreadyTaken) {
        from = Math.max(span.from(), position);
        reached = from;
        behind = from;
        taken = alreadyTaken;
    }

    /** Returns an offset between the last record that was taken and the next one, or that of the next one. */
    public long position() {
        return head == null ? behind : head.offset();
    }

    /** Returns the next record without taking it; null at the end. */
    @Nullable
    public ConsumerRecord<byte[], byte[]> peek() {
        if (head == null) {
            head = fetch();
        }
        return head;
    }

    /** Takes and returns the next record; null at the end. */
    public @Nullable ConsumerRecord<byte[], byte[]> next() {
        ConsumerRecord<byte[], byte[]> next = peek();
        head = null;
        taken += next == null ? 0 : 1;
        return next;
    }

    /** Returns the number of records that were taken. */
    public long taken() {
        return taken;
    }

    private @Nullable ConsumerRecord<byte[], byte[]> fetch() {
        ConsumerRecord<byte[], byte[]> record = fetchAny();
        while (record != null) {
            ConsumerRecord<byte[], byte[]> seen = view.see(record);
            if (seen != null) {
                return seen;
            }
            record = fetchAny();
        }
        return null;
    }

    private @Nullable ConsumerRecord<byte[], byte[]> fetchAny() {
        if (!polled.hasNext()) {
            poll();
        }
        if (!polled.hasNext()) {
            return null;
        }
        ConsumerRecord<byte[], byte[]> record = polled.next();
        if (record.offset() >= span.to()) {
            polled = Collections.emptyIterator();
            return null;
        }
        behind = record.offset() + 1;
        return record;
    }

    /** Polls until there are records. The position shows the end, because the last offsets may be transaction markers. */
    private void poll() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!polled.hasNext() && reached < span.to()) {
            Consumer<byte[], byte[]> open = open();
            polled = open.poll(POLL).records(span.partition()).iterator();
            long position = open.position(span.partition());
            if (position > reached) {
                deadline = System.nanoTime() + PATIENCE.toNanos();
            } else if (System.nanoTime() > deadline) {
                throw BatchException.unreachable(
                        "%s: only %d of %d offsets could be read; Kafka has not answered for %d s"
                                .formatted(
                                        span.partition(),
                                        position - span.from(),
                                        span.to() - span.from(),
                                        PATIENCE.toSeconds()),
                        new TimeoutException("no progress"));
            }
            reached = position;
        }
    }

    private Consumer<byte[], byte[]> open() {
        if (consumer == null) {
            consumer = consumers.get();
            consumer.assign(List.of(span.partition()));
            consumer.seek(span.partition(), from);
        }
        return consumer;
    }

    @Override
    public void close() {
        if (consumer != null) {
            consumer.close();
        }
    }
}
