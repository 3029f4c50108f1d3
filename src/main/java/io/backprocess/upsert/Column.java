package io.backprocess.upsert;

import io.backprocess.event.Reason;
import java.io.Serializable;
import java.util.Locale;

/**
 * One column of the table, and the source of its values.
 *
 * @param source a JSON Pointer below the payload; the name of a field when {@code envelope} is true
 * @param guard whether a newer value in the table's column protects its row from being overwritten
 */
record Column(String name, boolean envelope, String source, ColumnType type, boolean key, Guard guard)
        implements Serializable {

    enum Guard {
        NONE,
        /** A row of a higher process version is kept. */
        VERSION,
        /** Of two rows with the same process version, the row of the later event is kept. */
        TIME;

        /** Returns the word in the file. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    boolean isGuard() {
        return guard != Guard.NONE;
    }

    /** @param what the problem of the value; it must not contain the value itself, because the message ends up in logs */
    UnfitException unfit(String what) {
        return new UnfitException(Reason.REJECTED, "column %s: %s %s".formatted(name, source, what));
    }
}
