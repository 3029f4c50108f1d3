/**
 * Writes what a batch could not write, or lost: {@code redrive} puts its dead letters through the steps once more,
 * {@code repair} puts the source offsets through them that its ledger lacks. Both write where the batch's own records
 * stand.
 */
@NullMarked
package io.backprocess.rewrite;

import org.jspecify.annotations.NullMarked;
