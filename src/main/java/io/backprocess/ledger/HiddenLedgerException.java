package io.backprocess.ledger;

import org.apache.kafka.common.TopicPartition;

/**
 * An open transaction hides the end of the ledger. It can belong to another batch, because batches share the partitions of the
 * ledger. The hidden lines are not known before that transaction has ended.
 */
public final class HiddenLedgerException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    private final transient TopicPartition ledger;
    private final long from;
    private final long to;

    HiddenLedgerException(TopicPartition ledger, long from, long to) {
        super("%s: an open transaction hides the lines from offset %s to %s; try again in a moment"
                .formatted(ledger, from, to));
        this.ledger = ledger;
        this.from = from;
        this.to = to;
    }

    public TopicPartition ledger() {
        return ledger;
    }

    /** Returns the first hidden offset, up to which the ledger was read. */
    public long from() {
        return from;
    }

    /** Returns the exclusive end offset of the ledger. */
    public long to() {
        return to;
    }
}
