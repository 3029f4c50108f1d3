package io.backprocess.verify;

import io.backprocess.dedupe.SeenIds.Identity;

/** Takes the first event of each eventId in each partition, to find those that were taken in several partitions. */
interface TakenEvents {
    void taken(Identity identity, int partition, long offset);
}
