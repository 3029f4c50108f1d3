package io.backprocess.client;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** One partition of a group, over all topics in which it has this number. The group reads one of them at a time. */
final class Lane {
    /** A record whose origin is not known. */
    static final long NONE = -1;

    /** The number of offsets of the source that may be read before the group says so again. */
    static final long AHEAD = 10_000;

    private static final String ORIGIN = "backprocess.source";

    private final int partition;
    private final String source;
    private final Map<String, OffsetAndMetadata> committed;
    private Place place;
    private long position = NONE;
    /** The offset and the origin from which on records are not taken. */
    private long offsetLimit = Long.MAX_VALUE;

    private long originLimit = Long.MAX_VALUE;
    /** The origin of the next record, if it was not taken; otherwise {@link #NONE}. */
    private long held = NONE;
    /** The origin up to which a member that was killed may have read this topic, and the end of the topic since then. */
    private long readByOthers;

    private long endForOthers;
    /** The origin up to which this member may read, since the group's offsets say so. */
    private long granted;

    private long settled = NONE;
    private long settledNext = NONE;

    /**
     * @param committed the offsets that the group has committed in partitions of this number, by topic
     * @param place what the newest of them says, or where the group begins
     */
    Lane(int partition, String source, Map<String, OffsetAndMetadata> committed, Place place) {
        this.partition = partition;
        this.source = source;
        this.committed = committed;
        this.place = place;
    }

    TopicPartition reading() {
        return new TopicPartition(place.topic(), partition);
    }

    int partition() {
        return partition;
    }

    Place place() {
        return place;
    }

    boolean isInSource() {
        return place.topic().equals(source);
    }

    /** Returns the first offset of the source whose event was not read. */
    long next() {
        return isInSource() ? position : place.next();
    }

    long position() {
        return position;
    }

    @Nullable
    OffsetAndMetadata committedIn(String topic) {
        return committed.get(topic);
    }

    /**
     * Sets where the topic is to be left.
     *
     * @param offset the first offset that is not to be read; Long.MAX_VALUE for none
     * @param origin the first offset of the source whose results are not to be read; Long.MAX_VALUE for none
     */
    void limit(long offset, long origin) {
        offsetLimit = offset;
        originLimit = origin;
    }

    /** Tells whether everything before the limits is read, as far as is known without asking for the end of the topic. */
    boolean isAtLimit() {
        return position >= offsetLimit || (held != NONE && held >= originLimit);
    }

    /** Tells whether a record is not to be taken, or not yet. */
    boolean isBeyond(long offset, long origin) {
        return offset >= offsetLimit || (origin != NONE && origin >= Math.min(originLimit, granted));
    }

    /** Tells whether the group's offsets have to say soon that this member reads further. */
    boolean needsGrant() {
        return granted - Math.max(next(), held) < AHEAD / 2;
    }

    /** Returns the origin up to which all is to be read in this topic before it is left. */
    long readAtLeast() {
        return position >= endForOthers ? next() : Math.max(next(), readByOthers);
    }

    /** Notes that the next record was not taken. */
    void hold(long origin) {
        held = Math.max(0, origin);
    }

    boolean isHeld() {
        return held != NONE;
    }

    /**
     * Begins at a position, which counts as processed.
     *
     * @param end the end of the topic, beyond which no member that was killed can have read; the position if there was none
     */
    void begin(Place at, long from, long end) {
        place = at;
        position = from;
        held = NONE;
        readByOthers = at.reach();
        endForOthers = end;
        granted = NONE;
        limit(Long.MAX_VALUE, Long.MAX_VALUE);
        settle();
    }

    void readTo(long reached) {
        position = reached;
    }

    /** Notes that everything up to the position is processed. */
    void settle() {
        settled = position;
        settledNext = next();
    }

    /**
     * Returns what is to be committed, for which everything before is processed.
     *
     * @param readsOn whether this member goes on; otherwise the group's offsets say that it has read nothing beyond
     */
    OffsetAndMetadata processed(boolean readsOn) {
        long furthest = readsOn ? Math.max(next(), held) + AHEAD : next();
        return new OffsetAndMetadata(
                settled,
                place.at(settledNext, Math.max(furthest, readAtLeast())).metadata());
    }

    /** Tells whether nothing was processed since an offset was committed. */
    boolean isCommitted() {
        OffsetAndMetadata last = committed.get(place.topic());
        return last != null && last.offset() == settled && !needsGrant();
    }

    void noteCommitted(String topic, OffsetAndMetadata offset) {
        committed.put(topic, offset);
        if (topic.equals(place.topic())) {
            Place.parse(offset.metadata()).ifPresent(said -> granted = said.reach());
        }
    }

    /** Tells whether a record belongs to what the group reads in this topic, and remembers how far it has come. */
    boolean take(long origin) {
        held = NONE;
        if (origin == NONE) {
            return true;
        }
        boolean isRead = place.isRead(place.topic(), origin);
        if (origin >= place.next()) {
            place = place.at(origin + 1, origin + 1);
        }
        return isRead;
    }

    /** Returns the offset of the source that a record comes from. */
    long origin(ConsumerRecord<?, ?> record) {
        return isInSource() ? record.offset() : originOf(record);
    }

    /** Returns the offset of the source that a result comes from; {@link #NONE} if it does not say. */
    static long originOf(ConsumerRecord<?, ?> result) {
        Header header = result.headers().lastHeader(ORIGIN);
        if (header == null || header.value() == null) {
            return NONE;
        }
        String text = new String(header.value(), StandardCharsets.UTF_8);
        try {
            return Long.parseLong(text.substring(text.lastIndexOf('/') + 1));
        } catch (NumberFormatException e) {
            return NONE;
        }
    }
}
