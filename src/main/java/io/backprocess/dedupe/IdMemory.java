package io.backprocess.dedupe;

/**
 * The heap that the eventIds of one subtask may use together. One eighth of it is reserved for the filter, if it is needed.
 */
final class IdMemory {
    private final long limit;
    private long used;

    /** @param limit the heap in bytes */
    IdMemory(long limit) {
        this.limit = limit;
    }

    static IdMemory unlimited() {
        return new IdMemory(Long.MAX_VALUE);
    }

    /** Reserves the bytes and returns true, or returns false when there is not enough left. */
    boolean reserve(long bytes) {
        if (bytes > limit - filterBytes() - used) {
            return false;
        }
        used += bytes;
        return true;
    }

    /** Gives reserved bytes back. */
    void release(long bytes) {
        used -= bytes;
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
