package io.backprocess.upsert;

import java.util.Arrays;
import org.apache.kafka.common.utils.Utils;

/** The key of a row, with a hash that is the same in every process. */
final class RowKey {
    private static final long UNSIGNED = 0xffff_ffffL;

    private final byte[] packed;
    private final int hash;

    RowKey(byte[] packed) {
        this.packed = packed;
        this.hash = Utils.murmur2(packed);
    }

    /** Returns the place of the key among {@link KeyRange#HASHES}. */
    long place() {
        return hash & UNSIGNED;
    }

    int bytes() {
        return packed.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RowKey key && hash == key.hash && Arrays.equals(packed, key.packed);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
