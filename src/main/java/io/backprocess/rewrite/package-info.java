/**
 * Writes the records that a batch could not write, or lost. {@code redrive} puts its dead letters through the steps once more.
 * {@code repair} does the same with the source offsets that its ledger lacks. Both write to the batch's own topics.
 */
@NullMarked
package io.backprocess.rewrite;

import org.jspecify.annotations.NullMarked;
