package io.backprocess.event;

/** A record that the batch's exact time range does not take: counted, not written. */
public record Outside(int partition) implements Outcome {}
