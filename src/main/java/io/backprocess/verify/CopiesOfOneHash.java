package io.backprocess.verify;

import io.backprocess.dedupe.SeenIds.Copy;
import io.backprocess.dedupe.SeenIds.Identity;
import java.util.HashMap;
import java.util.Map;

/** The copies of the few eventIds with one hash, as {@code SeenIds} tells them apart. */
final class CopiesOfOneHash {
    private static final long PAYLOAD_BITS = 0xFFFF_FFFFL;

    /** The hash of the payload that was taken, by the rest of the eventId's hash. */
    private final Map<Long, Long> taken = new HashMap<>();

    Copy take(Identity identity) {
        Long payload = taken.putIfAbsent(identity.low() & ~PAYLOAD_BITS, identity.low() & PAYLOAD_BITS);
        if (payload == null) {
            return Copy.FIRST;
        }
        return payload == (identity.low() & PAYLOAD_BITS) ? Copy.SAME : Copy.CONFLICTING;
    }
}
