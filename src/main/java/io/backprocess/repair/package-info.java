/**
 * The cure of a lost transaction: puts the source offsets that the ledger lacks through the steps once more, and writes what
 * comes of them where the batch's own records stand. It knows all the steps; none of them knows it.
 */
@NullMarked
package io.backprocess.repair;

import org.jspecify.annotations.NullMarked;
