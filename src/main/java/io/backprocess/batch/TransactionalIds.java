package io.backprocess.batch;

/**
 * The transactional ids under which processes write to Kafka. Those of a batch are {@code backprocess.<batch-id>.<writer>}. A batch
 * id has no dot and a writer is one word, so no id is the beginning of another batch's.
 */
public final class TransactionalIds {
    /** The start that owns the batch. */
    public static final String OWNER = "owner";
    /** The command that starts, pauses or abandons the batch. */
    public static final String LOCK = "lock";

    public static final String PLAN = "plan";
    public static final String REDRIVE = "redrive";
    public static final String REPAIR = "repair";

    /** The command that moves aliases. */
    public static final String ALIASES = "backprocess.aliases";

    private TransactionalIds() {}

    /** Returns the id under which earlier versions move an alias. */
    public static String ofAlias(String alias) {
        return "backprocess.alias." + alias;
    }

    /** Returns the prefix of all ids of a batch. */
    public static String prefix(String batchId) {
        return "backprocess." + batchId + ".";
    }

    /**
     * Returns the id of one writer, which is also the prefix of the ids that Flink makes for a sink.
     *
     * @param writer one word
     */
    public static String of(String batchId, String writer) {
        return prefix(batchId) + writer;
    }
}
