package io.backprocess.event;

/** A record outside the batch's exact time range. It is counted and not written. */
public record Outside(int partition) implements Outcome {}
