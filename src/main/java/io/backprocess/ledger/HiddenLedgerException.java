package io.backprocess.ledger;

import org.apache.kafka.common.TopicPartition;

/**
 * The ledger's end stands behind a transaction that is still open, of whatever batch: partitions of the ledger are shared. What is
 * there nobody can tell before that transaction has ended.
 */
public final class HiddenLedgerException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    private final transient TopicPartition ledger;
    private final long from;
    private final long to;

    HiddenLedgerException(TopicPartition ledger, long from, long to) {
        super("%s: an open transaction hides what stands from offset %s to %s; try again in a moment"
                .formatted(ledger, from, to));
        this.ledger = ledger;
        this.from = from;
        this.to = to;
    }

    public TopicPartition ledger() {
        return ledger;
    }

    /** Up to where the ledger was read. */
    public long from() {
        return from;
    }

    /** Where it ends. */
    public long to() {
        return to;
    }
}
