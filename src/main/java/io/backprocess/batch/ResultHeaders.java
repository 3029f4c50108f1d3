package io.backprocess.batch;

/** The headers that a result gets beside those of the original. */
public enum ResultHeaders {
    /** No headers. This costs least, but a missing or doubled result can then be found only by its content. */
    NONE,
    /** {@code backprocess.source}: the topic, partition and offset of the source record. */
    ORIGIN,
    /** The origin, and also the batch id, the revision and the source's eventId. */
    FULL
}
