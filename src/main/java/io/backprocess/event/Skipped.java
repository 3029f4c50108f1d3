package io.backprocess.event;

/** An event of another process version than the plan's: counted, not written. */
public record Skipped(int partition, ProcessVersion version) implements Outcome {}
