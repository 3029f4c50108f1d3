package io.backprocess.client;

import org.jspecify.annotations.Nullable;

/**
 * The way out of the topic that a group reads in one partition.
 *
 * @param target the topic that it leads to
 * @param offset the first offset that is not to be read any more; Long.MAX_VALUE if that is not known
 * @param origin the first offset of the source whose results are not to be read any more; Long.MAX_VALUE if the offset says it
 * @param atEnd whether it leads out at the end of the topic too, where all is read that any member can have read, and the last event
 *     as a whole
 * @param from the first offset of the source that the group reads in the target; {@link Lane#NONE} if it reads all of it
 * @param enter the offset in the target at which that is, or before it; {@link Lane#NONE} if that is not known
 */
record Exit(String target, long offset, long origin, boolean atEnd, long from, long enter) {
    private static final long NO_LIMIT = Long.MAX_VALUE;

    /** Returns the way out by a hand-over: at its place, or behind what was read if that is further. */
    static Exit by(Pointer.HandOver place, Lane lane, String target) {
        boolean isLeft = place.leaveTopic().equals(lane.place().topic());
        if (lane.readAtLeast() > place.origin()) {
            return behindWhatIsRead(lane, target, Math.max(lane.next(), place.origin()), place.enter());
        }
        if (isLeft && lane.position() <= place.leave()) {
            return new Exit(target, place.leave(), NO_LIMIT, false, place.origin(), place.enter());
        }
        if (!isLeft && lane.next() < place.origin()) {
            return lane.isInSource()
                    ? new Exit(target, place.origin(), NO_LIMIT, false, place.origin(), place.enter())
                    : new Exit(target, NO_LIMIT, place.origin(), false, place.origin(), place.enter());
        }
        return behindWhatIsRead(lane, target, Math.max(lane.next(), place.origin()), place.enter());
    }

    /** Returns the way back to a topic that the group has read before, behind the last event of which a member can have read anything. */
    static Exit back(Lane lane, String target) {
        return behindWhatIsRead(lane, target, lane.next(), Lane.NONE);
    }

    /** Returns the way to a topic to which there is no place to change over: at once, and all of it is read. */
    static Exit anew(Lane lane, String target) {
        return new Exit(target, lane.position(), NO_LIMIT, false, Lane.NONE, Lane.NONE);
    }

    private static Exit behindWhatIsRead(Lane lane, String target, long from, long enter) {
        return lane.isInSource()
                ? new Exit(target, lane.readAtLeast(), NO_LIMIT, true, from, enter)
                : new Exit(target, NO_LIMIT, lane.readAtLeast(), true, from, enter);
    }

    /** Returns the place of the group behind the way out. */
    Place place(Place before) {
        return from == Lane.NONE ? before.begunAnew(target) : before.moved(target, from);
    }

    /**
     * Returns the offset to begin at in the target.
     *
     * @param isSource whether its offsets are those of the source
     * @param committed the offset that the group has left it at earlier; null if it has not read it
     * @param first the first offset that is there
     */
    long begin(boolean isSource, @Nullable Long committed, long first) {
        if (isSource && from != Lane.NONE) {
            return Math.max(first, from);
        }
        long known = enter == Lane.NONE ? NO_LIMIT : enter;
        long begin = Math.min(known, committed == null ? NO_LIMIT : committed);
        return begin == NO_LIMIT ? first : Math.max(first, begin);
    }
}
