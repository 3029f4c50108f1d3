package io.backprocess.dedupe;

import io.backprocess.dedupe.IdTable.IdCheck;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Duplicate;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The eventIds that were taken. The first copy of an id goes on, a copy with the same payload is a duplicate, and a copy with
 * another payload is a conflict.
 */
public final class SeenIds {
    /** The relation of a copy to the copies of the same event before it. */
    public enum Copy {
        FIRST,
        SAME,
        CONFLICTING
    }

    /** The hashes that are remembered of an event: of its eventId, and of its payload in the lower half of {@code low}. */
    public record Identity(long high, long low) {}

    private final IdHash hash;
    private final IdTable ids;
    /** The ids that were not drained yet; null when they are kept in memory alone. */
    private final @Nullable IdBlocks news;

    private final int shard;
    private final @Nullable SpilledIds spilled;

    /**
     * @param shard the shard that the ids belong to
     * @param spilled takes the ids that do not fit into memory
     */
    SeenIds(IdHash hash, IdMemory memory, int shard, SpilledIds spilled) {
        this(hash, memory, new IdBlocks(), shard, spilled);
    }

    private SeenIds(IdHash hash, IdMemory memory, @Nullable IdBlocks news, int shard, @Nullable SpilledIds spilled) {
        this.hash = hash;
        this.ids = new IdTable(memory);
        this.news = news;
        this.shard = shard;
        this.spilled = spilled;
    }

    /**
     * Keeps the ids in memory alone, without a limit.
     *
     * @param seed the seed of the hashes: the plan's
     */
    public SeenIds(long seed) {
        this(new IdHash(seed), IdMemory.unlimited(), null, 0, null);
    }

    /**
     * Keeps the ids in memory, without a limit, and new ones also for {@link #drain}.
     *
     * @param seed the seed of the hashes: the plan's
     */
    public static SeenIds drained(long seed) {
        return new SeenIds(new IdHash(seed), IdMemory.unlimited(), new IdBlocks(), 0, null);
    }

    public Identity identify(Event event) {
        hash.compute(event);
        return new Identity(hash.high(), hash.low());
    }

    /** Takes the eventId and tells how its event relates to those before it. */
    public Copy take(Identity identity) {
        return take(identity.high(), identity.low());
    }

    private Copy take(long high, long low) {
        IdCheck check = ids.take(high, low);
        if (check == IdCheck.NEW && news != null) {
            news.add(high, low);
        } else if (check == IdCheck.FULL && spilled != null) {
            check = spilled.take(shard, high, low);
        }
        return copy(check);
    }

    /** Brings the slot that {@link #dedupe} will read into the processor's caches. */
    long touch(long high) {
        return ids.touch(high);
    }

    /**
     * Takes the event's id and returns the event itself, a duplicate or a dead letter.
     *
     * @param high the high half of the event's {@link IdHash}
     * @param low the low half of the event's {@link IdHash}
     */
    Outcome dedupe(Event event, long high, long low) {
        return outcome(event, take(high, low));
    }

    /** Returns the outcome of the step for a copy. */
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
                event.hasAttributes()
                        ? "this eventId was taken before with another payload or another attribute"
                        : "this eventId was taken before with another payload");
    }

    private static Copy copy(IdCheck check) {
        return switch (check) {
            case NEW -> Copy.FIRST;
            case DUPLICATE -> Copy.SAME;
            case CONFLICT -> Copy.CONFLICTING;
            case FULL -> throw new IllegalStateException("no memory for another eventId");
        };
    }

    /** Returns the number of ids in memory. */
    long size() {
        return ids.size();
    }

    /** Removes the ids from memory. This object must not be used any more. */
    void close() {
        ids.clear();
    }

    /** Returns the ids that are new in memory since the last call, as blocks for the state. */
    public List<byte[]> drain() {
        return news == null ? List.of() : news.drain();
    }

    /** Takes back what {@link #drain} gave; there may be less memory than at that time. */
    public void restore(byte[] block) throws Exception {
        IdBlocks.read(block, (high, low) -> {
            if (ids.take(high, low) == IdCheck.FULL && spilled != null) {
                spilled.take(shard, high, low);
            }
        });
    }

    /** Takes back what was spilled; there may be more memory than at that time. Call this after all blocks were restored. */
    void restoreSpilled() throws Exception {
        if (spilled != null) {
            spilled.load(shard, ids);
        }
    }
}
