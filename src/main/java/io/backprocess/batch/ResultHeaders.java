package io.backprocess.batch;

/** Which headers a result gets beside those of the original. */
public enum ResultHeaders {
    /** None: the cheapest, but a missing or doubled result can then be found only by its content. */
    NONE,
    /** {@code backprocess.source}: where the source record stands. */
    ORIGIN,
    /** Also batch id, revision and the source's eventId. */
    FULL
}
