package io.backprocess.verify;

import io.backprocess.batch.OffsetRange;
import io.backprocess.kafka.PartitionReader;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Finds the records that a batch wrote for a range of its source, in a partition of one of its topics. Source offsets rise there
 * with the topic's offsets, so the search only reads a few places. It guesses the place, since the offsets are spread fairly
 * evenly, and halves the range where a guess was poor.
 */
public final class OriginSearch {
    /** The origin of a record that is out of order, or is not the batch's. */
    public static final long UNORDERED = -1;
    /** The number of offsets below which the search reads all of them. */
    private static final long CLOSE = 500;

    private final Opener opener;
    private final TopicPartition partition;
    private final ToLongFunction<ConsumerRecord<byte[], byte[]>> origin;
    private final long end;
    private final long lastOrigin;
    /** All records before this offset come from before {@link #lowOrigin}. */
    private long low;

    private long lowOrigin;

    /** Opens readers that are used one at a time and are not closed. */
    public interface Opener {
        PartitionReader open(TopicPartition partition, long from, long to);
    }

    /**
     * @param from the first offset of the topic's partition
     * @param end the end of the topic's partition
     * @param origins the range of source offsets from which its records may come
     */
    public OriginSearch(
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

    /** Passes on the records that come from source offsets in {@code [from, to)}. Later calls must request later offsets. */
    public void forEach(long from, long to, Consumer<ConsumerRecord<byte[], byte[]>> action) {
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

    /**
     * Returns the offset of the first record that comes from this source offset or a later one; the end of the topic's partition if
     * there is none. Later calls must request later offsets.
     */
    public long firstFrom(long from) {
        approach(from);
        PartitionReader records = opener.open(partition, low, end);
        for (ConsumerRecord<byte[], byte[]> record = records.next(); record != null; record = records.next()) {
            if (origin.applyAsLong(record) >= from) {
                return record.offset();
            }
        }
        return end;
    }

    private void approach(long from) {
        long high = end;
        long highOrigin = Math.max(lastOrigin, from + 1);
        boolean guess = true;
        while (high - low > CLOSE) {
            long middle = low + (high - low) / 2;
            if (guess && highOrigin > lowOrigin) {
                double share = (double) (from - lowOrigin) / (highOrigin - lowOrigin);
                // The guess is a little too early, so that the wanted record comes in the same fetch.
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
