package io.backprocess.rewrite;

import io.backprocess.dedupe.SeenIds;
import io.backprocess.event.Event;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The eventIds of dead letters that could not be read when the batch ran and can be read now, and which of these ids are taken.
 * It takes 8 bytes of heap for each.
 */
final class LetterIds {
    private final SeenIds hash;
    private long[] ids = new long[1024];
    private int length;
    private final BitSet taken = new BitSet();

    /** @param seed the seed of the hashes: the plan's */
    LetterIds(long seed) {
        this.hash = new SeenIds(seed);
    }

    /** Adds an id. All ids must be added before the first is taken. */
    void add(Event event) {
        if (length == ids.length) {
            ids = Arrays.copyOf(ids, length * 2);
        }
        ids[length++] = id(event);
    }

    /** Ends the adding. */
    void sort() {
        Arrays.sort(ids, 0, length);
    }

    boolean isEmpty() {
        return length == 0;
    }

    /** Takes the id of an event, and tells whether it was free; null for an id that was not added. */
    @Nullable
    Boolean take(Event event) {
        int at = Arrays.binarySearch(ids, 0, length, id(event));
        if (at < 0) {
            return null;
        }
        // An id that several letters have is in the array several times, and the first of them stands for all.
        while (at > 0 && ids[at - 1] == ids[at]) {
            at--;
        }
        boolean free = !taken.get(at);
        taken.set(at);
        return free;
    }

    private long id(Event event) {
        return hash.identify(event).high();
    }
}
