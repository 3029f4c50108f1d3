package io.backprocess.batch;

/** The topics that all batches share. */
public final class TopicNames {
    /** The compacted topic with the plans, keyed by batch id. */
    public static final String BATCHES = "backprocess.batches";
    /** The topic with the ledger lines. A batch has all its lines in one partition, so only a few batches share a partition. */
    public static final String LEDGER = "backprocess.ledger";
    /** The compacted topic that says which topic an alias stands for, keyed by alias. */
    public static final String ALIASES = "backprocess.aliases";

    public static final int LEDGER_PARTITIONS = 64;
    public static final int MAX_PARTITIONS = 32_768;

    private TopicNames() {}
}
