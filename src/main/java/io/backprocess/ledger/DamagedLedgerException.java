package io.backprocess.ledger;

import org.apache.kafka.common.TopicPartition;

/** Another process has written into a batch's ledger, so it is no longer known what the batch has committed. */
public final class DamagedLedgerException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    DamagedLedgerException(TopicPartition ledger, long offset, Exception cause) {
        super(
                "the record at %s offset %s is not a ledger line of a batch: another process has written there"
                        .formatted(ledger, offset),
                cause);
    }
}
