package io.backprocess.verify;

import io.backprocess.event.Reason;
import io.backprocess.ledger.Offsets;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The reasons of dead letters by their source offset. It takes about as much memory as one set of the offsets. */
public final class OffsetReasons {
    private final Map<Reason, Offsets> byReason = new EnumMap<>(Reason.class);

    OffsetReasons() {}

    /** Notes a reason. Each offset has one. */
    void add(long sourceOffset, Reason reason) {
        byReason.computeIfAbsent(reason, any -> new Offsets()).add(sourceOffset);
    }

    /** Returns the reason of an offset; null if it has none. */
    public @Nullable Reason of(long sourceOffset) {
        for (Map.Entry<Reason, Offsets> each : byReason.entrySet()) {
            if (each.getValue().contains(sourceOffset)) {
                return each.getKey();
            }
        }
        return null;
    }
}
