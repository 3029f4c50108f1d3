package io.backprocess.verify;

import io.backprocess.dedupe.SeenIds.Identity;
import java.util.Arrays;
import java.util.List;

/** The copies of events whose outcome depends on the other copies of the same eventId. Each takes 24 bytes of heap. */
final class UndecidedCopies {
    /** Receives one copy. {@code offset} is its source offset, but for {@link CopySign#CONFLICT} the offset of the dead letter. */
    interface Decision {
        void accept(Identity identity, long offset, int results);
    }

    /** The signs, by their codes in an entry. */
    private static final List<CopySign> UNDECIDED =
            List.of(CopySign.NO_RESULTS, CopySign.RESULTS_ABSENT, CopySign.DEAD_LETTER_ABSENT, CopySign.CONFLICT);

    private static final int ENTRY = 3;
    private static final int OFFSET_SHIFT = 16;
    private static final int RESULTS_SHIFT = 2;
    private static final int MAX_RESULTS = 0x3FFF;

    private long[] entries = new long[0];
    private int length;

    /** @param results the number of results that the revision makes of the copy; it is stored as at most {@value #MAX_RESULTS} */
    void add(Identity identity, long offset, CopySign sign, int results) {
        if (length == entries.length) {
            entries = Arrays.copyOf(entries, Math.max(64 * ENTRY, entries.length * 2));
        }
        entries[length] = identity.high();
        entries[length + 1] = identity.low();
        entries[length + 2] =
                offset << OFFSET_SHIFT | (long) Math.min(results, MAX_RESULTS) << RESULTS_SHIFT | code(sign);
        length += ENTRY;
    }

    void forEach(CopySign sign, Decision decision) {
        for (int at = 0; at < length; at += ENTRY) {
            long rest = entries[at + 2];
            if ((rest & 3) == code(sign)) {
                int results = (int) (rest >> RESULTS_SHIFT) & MAX_RESULTS;
                decision.accept(new Identity(entries[at], entries[at + 1]), rest >> OFFSET_SHIFT, results);
            }
        }
    }

    private static int code(CopySign sign) {
        return UNDECIDED.indexOf(sign);
    }
}
