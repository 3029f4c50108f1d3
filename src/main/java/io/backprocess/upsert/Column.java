package io.backprocess.upsert;

import io.backprocess.event.Reason;
import java.io.Serializable;
import java.util.Locale;

/**
 * One column of the table, and where its values come from.
 *
 * @param source a JSON Pointer below the payload; or the name of a field, where {@code envelope} is set
 * @param guard whether an older value in this column keeps a row from being overwritten
 */
record Column(String name, boolean envelope, String source, ColumnType type, boolean key, Guard guard)
        implements Serializable {

    enum Guard {
        NONE,
        /** A row of a higher process version stays. */
        VERSION,
        /** Of the same process version, a row of a later event stays. */
        TIME;

        /** The word in the file. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    boolean isGuard() {
        return guard != Guard.NONE;
    }

    /** @param what is wrong with the value; not the value itself, since the words end up in logs */
    UnfitException unfit(String what) {
        return new UnfitException(Reason.REJECTED, "column %s: %s %s".formatted(name, source, what));
    }
}
