package io.backprocess.dedupe;

/** How much heap the eventIds of one subtask may take together. One part in eight is kept for the filter, should it be needed. */
final class IdMemory {
    private final long limit;
    private long used;

    /** @param limit bytes */
    IdMemory(long limit) {
        this.limit = limit;
    }

    static IdMemory unlimited() {
        return new IdMemory(Long.MAX_VALUE);
    }

    /** Whether there is so much left; if so, it is taken. */
    boolean reserve(long bytes) {
        if (bytes > limit - filterBytes() - used) {
            return false;
        }
        used += bytes;
        return true;
    }

    long filterBytes() {
        return limit / 8;
    }

    long used() {
        return used;
    }

    long limit() {
        return limit;
    }
}
