package io.backprocess.dedupe;

import io.backprocess.dedupe.IdTable.Verdict;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Duplicate;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The eventIds that were taken, and what becomes of the next copy: the first goes on, one with the same payload is a
 * duplicate, one with another payload is a conflict.
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
    private final IdTable ids;
    private final IdBlocks news = new IdBlocks();
    private final int shard;
    private final @Nullable SpilledIds spilled;

    /**
     * @param shard whose ids they are
     * @param spilled where they go when the memory is full
     */
    SeenIds(IdHash hash, IdMemory memory, int shard, @Nullable SpilledIds spilled) {
        this.hash = hash;
        this.ids = new IdTable(memory);
        this.shard = shard;
        this.spilled = spilled;
    }

    /**
     * In memory alone, as much as they need.
     *
     * @param seed of the hashes: the plan's
     */
    public SeenIds(long seed) {
        this(new IdHash(seed), IdMemory.unlimited(), 0, null);
    }

    public Identity identify(Event event) {
        hash.compute(event);
        return new Identity(hash.high(), hash.low());
    }

    /** For those who keep no state: takes the eventId. */
    public Copy take(Identity identity) {
        return copy(ids.take(identity.high(), identity.low()));
    }

    /** Brings what {@link #dedupe} will look at into the processor's caches. */
    long touch(long high) {
        return ids.touch(high);
    }

    /**
     * The event itself, a duplicate or a dead letter.
     *
     * @param high of its {@link IdHash}, and {@code low}
     */
    Outcome dedupe(Event event, long high, long low) throws Exception {
        Verdict verdict = ids.take(high, low);
        if (verdict == Verdict.NEW) {
            news.add(high, low);
        } else if (verdict == Verdict.FULL && spilled != null) {
            verdict = spilled.take(shard, high, low);
        }
        return outcome(event, copy(verdict));
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
        return DeadLetter.of(
                event,
                DropDuplicates.STAGE,
                Reason.CONFLICTING_DUPLICATE,
                "this eventId was taken before with another payload");
    }

    private static Copy copy(Verdict verdict) {
        return switch (verdict) {
            case NEW -> Copy.FIRST;
            case DUPLICATE -> Copy.SAME;
            case CONFLICT -> Copy.CONFLICTING;
            case FULL -> throw new IllegalStateException("no memory for another eventId");
        };
    }

    /** Of those in memory. */
    long size() {
        return ids.size();
    }

    /** What is new in memory since the last time, as blocks for the state. */
    List<byte[]> drain() {
        return news.drain();
    }

    /** Takes back what {@link #drain} gave, with perhaps less memory than then. */
    void restore(byte[] block) throws Exception {
        IdBlocks.read(block, (high, low) -> {
            if (ids.take(high, low) == Verdict.FULL && spilled != null) {
                spilled.take(shard, high, low);
            }
        });
    }

    /** Takes back what was spilled, with perhaps more memory than then. To be called after all blocks. */
    void restoreSpilled() throws Exception {
        if (spilled != null) {
            spilled.load(shard, ids);
        }
    }
}
