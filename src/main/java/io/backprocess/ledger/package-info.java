/**
 * Step 9: takes the outcome of every record, passes results to {@code publish} and dead letters to {@code deadletter}, and
 * writes the number of records by outcome to the ledger, which is the proof.
 */
@NullMarked
package io.backprocess.ledger;

import org.jspecify.annotations.NullMarked;
