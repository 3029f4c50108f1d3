package io.backprocess.verify;

import io.backprocess.dedupe.SeenIds.Identity;
import java.util.Arrays;

/** The copies of events whose outcome depends on the other copies of the same eventId. Each takes 24 bytes of heap. */
final class UndecidedCopies {
    /** The known facts about a copy. */
    enum Sign {
        /** No record of it is there, and none need be, because the revision makes no result of it. */
        NO_RESULTS(0),
        /** No record of it is there: it is a duplicate, or its results are missing. */
        RESULTS_ABSENT(1),
        /** No record of it is there: it is a duplicate, or its dead letter is missing. */
        DEAD_LETTER_ABSENT(2),
        /** A dead letter states that another copy was taken. */
        CONFLICT(3);

        private final int code;

        Sign(int code) {
            this.code = code;
        }
    }

    /** Receives one copy. {@code offset} is its source offset, but for {@link Sign#CONFLICT} the offset of the dead letter. */
    interface Decision {
        void accept(Identity identity, long offset, int results);
    }

    private static final int ENTRY = 3;
    private static final int OFFSET_SHIFT = 16;
    private static final int RESULTS_SHIFT = 2;
    private static final int MAX_RESULTS = 0x3FFF;

    private long[] entries = new long[0];
    private int length;

    /** @param results the number of results that the revision makes of the copy; it is stored as at most {@value #MAX_RESULTS} */
    void add(Identity identity, long offset, Sign sign, int results) {
        if (length == entries.length) {
            entries = Arrays.copyOf(entries, Math.max(64 * ENTRY, entries.length * 2));
        }
        entries[length] = identity.high();
        entries[length + 1] = identity.low();
        entries[length + 2] =
                offset << OFFSET_SHIFT | (long) Math.min(results, MAX_RESULTS) << RESULTS_SHIFT | sign.code;
        length += ENTRY;
    }

    void forEach(Sign sign, Decision decision) {
        for (int at = 0; at < length; at += ENTRY) {
            long rest = entries[at + 2];
            if ((rest & 3) == sign.code) {
                int results = (int) (rest >> RESULTS_SHIFT) & MAX_RESULTS;
                decision.accept(new Identity(entries[at], entries[at + 1]), rest >> OFFSET_SHIFT, results);
            }
        }
    }
}
