/**
 * Proves a batch from Kafka alone: reads its source range again, computes the outcome that every record must have, and compares
 * that with the records on its topics and with its ledger. It depends on all steps, and no step depends on it.
 */
@NullMarked
package io.backprocess.verify;

import org.jspecify.annotations.NullMarked;
