package io.backprocess.event;

/** An event whose eventId the batch has already taken. It is counted and not written. */
public record Duplicate(int partition) implements Outcome {}
