/**
 * The proof, from Kafka alone: reads a batch's source range once more, works out what must have become of every record, and
 * compares that with the records on its topics and with its ledger. It knows all the steps; none of them knows it.
 */
@NullMarked
package io.backprocess.verify;

import org.jspecify.annotations.NullMarked;
