package io.backprocess.preview;

import io.backprocess.batch.OffsetRange;
import io.backprocess.kafka.PartitionReader;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a batch wrote of a stretch of its source, in a partition of one of its topics. Source offsets rise there with the
 * offsets, so that nothing but a few places has to be read: it guesses where they should be, as they lie fairly even, and halves
 * where a guess was poor.
 */
final class OriginSearch {
    /** A record that is not in the order of the others, or is not the batch's. */
    static final long UNORDERED = -1;
    /** Fewer offsets than this are read as they come. */
    private static final long CLOSE = 500;

    private final Opener opener;
    private final TopicPartition partition;
    private final ToLongFunction<ConsumerRecord<byte[], byte[]>> origin;
    private final long end;
    private final long lastOrigin;
    /** Everything in front of it comes from before {@link #lowOrigin}. */
    private long low;

    private long lowOrigin;

    /** Gives readers that are used one at a time and not closed. */
    interface Opener {
        PartitionReader open(TopicPartition partition, long from, long to);
    }

    /**
     * @param from of the topic's partition
     * @param end of the topic's partition
     * @param origins where records of it may come from
     */
    OriginSearch(
            Opener opener,
            TopicPartition partition,
            long from,
            long end,
            OffsetRange origins,
            ToLongFunction<ConsumerRecord<byte[], byte[]>> origin) {
        this.opener = opener;
        this.partition = partition;
        this.origin = origin;
        this.low = from;
        this.end = end;
        this.lowOrigin = origins.start();
        this.lastOrigin = origins.end();
    }

    /** Those that come from source offsets in {@code [from, to)}. Later calls must ask for later ones. */
    void forEach(long from, long to, Consumer<ConsumerRecord<byte[], byte[]>> action) {
        approach(from);
        PartitionReader records = opener.open(partition, low, end);
        for (ConsumerRecord<byte[], byte[]> record = records.next(); record != null; record = records.next()) {
            long source = origin.applyAsLong(record);
            if (source >= to) {
                low = record.offset();
                lowOrigin = Math.max(lowOrigin, to);
                return;
            }
            if (source >= from) {
                action.accept(record);
            }
        }
        low = end;
    }

    private void approach(long from) {
        long high = end;
        long highOrigin = Math.max(lastOrigin, from + 1);
        boolean guess = true;
        while (high - low > CLOSE) {
            long middle = low + (high - low) / 2;
            if (guess && highOrigin > lowOrigin) {
                double share = (double) (from - lowOrigin) / (highOrigin - lowOrigin);
                // A little too early, so that what is looked for comes in the same fetch.
                middle = Math.max(low, Math.min(high - 1, low + (long) (share * (high - low)) - CLOSE / 2));
            }
            guess = !guess;
            ConsumerRecord<byte[], byte[]> found = ordered(middle, high);
            if (found == null) {
                high = middle;
            } else if (origin.applyAsLong(found) < from) {
                low = found.offset() + 1;
                lowOrigin = origin.applyAsLong(found) + 1;
            } else {
                high = middle;
                highOrigin = origin.applyAsLong(found);
            }
        }
    }

    private @Nullable ConsumerRecord<byte[], byte[]> ordered(long from, long to) {
        PartitionReader records = opener.open(partition, from, to);
        ConsumerRecord<byte[], byte[]> record = records.next();
        while (record != null && origin.applyAsLong(record) == UNORDERED) {
            record = records.next();
        }
        return record;
    }
}
