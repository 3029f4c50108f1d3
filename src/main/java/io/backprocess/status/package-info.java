/**
 * Derives the state of a batch from its ledger, Flink and the last command, and puts its status together: figures, rate,
 * estimated end, and whether a completed batch is good.
 */
@NullMarked
package io.backprocess.status;

import org.jspecify.annotations.NullMarked;
