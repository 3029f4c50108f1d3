/**
 * Step 9: takes the outcomes of every record, hands results to {@code publish} and dead letters to {@code deadletter}, and
 * writes down what was done with how many records: the proof.
 */
@NullMarked
package io.backprocess.ledger;

import org.jspecify.annotations.NullMarked;
