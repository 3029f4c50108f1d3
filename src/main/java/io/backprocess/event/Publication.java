package io.backprocess.event;

/**
 * A value that the result sink writes: a result, or a ledger line that counts results. Both are written in the same transaction.
 */
public sealed interface Publication permits Result, LedgerEntry {}
