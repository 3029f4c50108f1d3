package io.backprocess.batch;

/** The topics that all batches share. */
public final class TopicNames {
    /** Plans, compacted, by batch id. */
    public static final String BATCHES = "backprocess.batches";
    /** What was done, line by line. A batch has all its lines in one partition, so that only few batches share one. */
    public static final String LEDGER = "backprocess.ledger";
    /** Which topic to read by which name, compacted, by alias. */
    public static final String ALIASES = "backprocess.aliases";

    public static final int LEDGER_PARTITIONS = 64;
    public static final int MAX_PARTITIONS = 32_768;

    private TopicNames() {}
}
