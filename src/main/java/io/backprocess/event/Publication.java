package io.backprocess.event;

/** What the result sink writes in one transaction: results, and the ledger's lines that count them. */
public sealed interface Publication permits Result, LedgerEntry {}
