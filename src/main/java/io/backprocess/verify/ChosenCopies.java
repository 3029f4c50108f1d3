package io.backprocess.verify;

import io.backprocess.dedupe.SeenIds;

/**
 * Settles the copies of one partition in this process. What shows that a copy was taken is settled at once, in any order. The other
 * copies wait until all of these are known.
 */
final class ChosenCopies {
    private final SeenIds seen;
    private final int partition;
    private final UndecidedCopies undecided = new UndecidedCopies();

    /** @param seen the eventIds of the batch, shared by all partitions */
    ChosenCopies(SeenIds seen, int partition) {
        this.seen = seen;
        this.partition = partition;
    }

    void claim(CopyClaim claim, Settlement settlement) {
        if (claim.sign().isTaken()) {
            SeenIds.Copy copy;
            synchronized (seen) {
                copy = seen.take(claim.identity());
            }
            settlement.settle(claim, copy);
        } else {
            long offset = claim.sign() == CopySign.CONFLICT ? claim.place() : claim.offset();
            undecided.add(claim.identity(), offset, claim.sign(), claim.results());
        }
    }

    /**
     * Settles the waiting copies with one sign. One thread must call this, for all partitions with one sign before any partition
     * with the next, in the order of {@link CopySign}.
     */
    void decide(CopySign sign, Settlement settlement) {
        undecided.forEach(
                sign,
                (identity, offset, made) -> settlement.settle(
                        new CopyClaim(sign, identity, partition, offset, offset, 0, made, null), seen.take(identity)));
    }
}
