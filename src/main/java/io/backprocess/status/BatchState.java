package io.backprocess.status;

import java.util.Locale;

/** The state of a batch in its life cycle. {@link BatchSituation} says which one it is. */
public enum BatchState {
    PLANNED,
    RUNNING,
    PAUSED,
    COMPLETED,
    FAILED,
    ABANDONED,
    RETIRED;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
