package io.backprocess.verify;

import io.backprocess.dedupe.SeenIds.Identity;
import java.util.Arrays;

/** Copies of events of which only their eventId's other copies can tell what they are: 24 bytes of heap each. */
final class UndecidedCopies {
    /** What is known of a copy. */
    enum Sign {
        /** Nothing is there of it, nor need be: the revision makes no result of it. */
        NO_RESULTS(0),
        /** Nothing is there of it: a duplicate, or its results are missing. */
        RESULTS_ABSENT(1),
        /** Nothing is there of it: a duplicate, or its dead letter is missing. */
        DEAD_LETTER_ABSENT(2),
        /** A dead letter says that another copy was taken. */
        CONFLICT(3);

        private final int code;

        Sign(int code) {
            this.code = code;
        }
    }

    /** Gets one copy; {@code offset} is the source's, for {@link Sign#CONFLICT} that of the dead letter. */
    interface Decision {
        void accept(Identity identity, long offset, int results);
    }

    private static final int ENTRY = 3;
    private static final int OFFSET_SHIFT = 16;
    private static final int RESULTS_SHIFT = 2;
    private static final int MAX_RESULTS = 0x3FFF;

    private long[] entries = new long[0];
    private int length;

    /** @param results that the revision makes of it; very many are counted as {@value #MAX_RESULTS} */
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
