package io.backprocess.context;

import io.backprocess.event.Origin;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Keys of stored contexts. Their byte order is the order of contexts: by subject, then by time, then by partition and offset.
 * The layout is {@code length(4) subject time(8) partition(4) offset(8)}. The length separates the keys of a subject from
 * those of a longer subject that begins with it.
 */
final class ContextKeys {
    private static final int PLACE = Integer.BYTES + Long.BYTES;

    private ContextKeys() {}

    static byte[] of(byte[] subject, long millis, int partition, long offset) {
        return ByteBuffer.allocate(Integer.BYTES + subject.length + Long.BYTES + PLACE)
                .putInt(subject.length)
                .put(subject)
                // The flipped sign bit sorts negative times before positive ones.
                .putLong(millis ^ Long.MIN_VALUE)
                .putInt(partition)
                .putLong(offset)
                .array();
    }

    /** Returns a key that sorts after all of the subject's contexts of that time. */
    static byte[] endOf(byte[] subject, long millis) {
        return of(subject, millis, Integer.MAX_VALUE, Long.MAX_VALUE);
    }

    static boolean isOf(byte[] key, byte[] subject) {
        return ByteBuffer.wrap(key).getInt() == subject.length
                && Arrays.equals(key, Integer.BYTES, Integer.BYTES + subject.length, subject, 0, subject.length);
    }

    static Origin source(byte[] key, String topic) {
        ByteBuffer place = ByteBuffer.wrap(key, key.length - PLACE, PLACE);
        return new Origin(topic, place.getInt(), place.getLong());
    }
}
