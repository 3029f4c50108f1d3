package io.backprocess.dedupe;

import io.backprocess.event.DeadLetter;
import io.backprocess.event.Duplicate;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.Reason;
import java.util.List;

/**
 * The eventIds that were taken, and what becomes of the next copy: the first goes on, one with the same payload is a
 * duplicate, one with another payload is a conflict. 26 to 51 bytes of heap an eventId.
 */
public final class SeenIds {
    /** Which of an event's copies a copy is. */
    public enum Copy {
        FIRST,
        SAME,
        CONFLICTING
    }

    /** What is remembered of an event: a hash of its eventId, and of its payload in the lower half of {@code low}. */
    public record Identity(long high, long low) {}

    private final IdHash hash;
    private final IdTable ids = new IdTable();
    private int undrained;

    SeenIds(IdHash hash) {
        this.hash = hash;
    }

    /** @param seed of the hashes: the plan's */
    public SeenIds(long seed) {
        this(new IdHash(seed));
    }

    public Identity identify(Event event) {
        hash.compute(event);
        return new Identity(hash.high(), hash.low());
    }

    /** For those who keep no blocks: takes the eventId, and forgets that it is news. */
    public Copy take(Identity identity) {
        Copy copy = take(identity.high(), identity.low());
        if (copy == Copy.FIRST && ++undrained == IdTable.MAX_BLOCK_ENTRIES) {
            drain();
            undrained = 0;
        }
        return copy;
    }

    /** The event itself, a duplicate or a dead letter. */
    Outcome dedupe(Event event) {
        hash.compute(event);
        return outcome(event, take(hash.high(), hash.low()));
    }

    /** What the step makes of such a copy. */
    public static Outcome outcome(Event event, Copy copy) {
        return switch (copy) {
            case FIRST -> event;
            case SAME -> new Duplicate(event.partition());
            case CONFLICTING -> conflict(event);
        };
    }

    private static DeadLetter conflict(Event event) {
        return new DeadLetter(
                event.record(),
                DropDuplicates.STAGE,
                Reason.CONFLICTING_DUPLICATE,
                "this eventId was taken before with another payload",
                null,
                null,
                1,
                event.eventId());
    }

    private Copy take(long high, long low) {
        return switch (ids.take(high, low)) {
            case NEW -> Copy.FIRST;
            case DUPLICATE -> Copy.SAME;
            case CONFLICT -> Copy.CONFLICTING;
        };
    }

    List<byte[]> drain() {
        return ids.drain();
    }

    void restore(byte[] block) {
        ids.restore(block);
    }
}
