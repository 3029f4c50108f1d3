package io.backprocess.event;

/** An event whose eventId the batch has already taken: counted, not written. */
public record Duplicate(int partition) implements Outcome {}
