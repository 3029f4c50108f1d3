package io.backprocess.event;

/** An event whose process version is not the plan's. It is counted and not written. */
public record Skipped(int partition, ProcessVersion version) implements Outcome {}
