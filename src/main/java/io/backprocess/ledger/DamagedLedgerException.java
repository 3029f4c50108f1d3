package io.backprocess.ledger;

import org.apache.kafka.common.TopicPartition;

/** Somebody else has written into a batch's ledger, so that nobody knows any more what the batch has committed. */
public final class DamagedLedgerException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    DamagedLedgerException(TopicPartition ledger, long offset, Exception cause) {
        super(
                "the ledger's line at %s offset %s is no line of a batch: another process has written there"
                        .formatted(ledger, offset),
                cause);
    }
}
