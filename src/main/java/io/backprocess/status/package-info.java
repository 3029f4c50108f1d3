/**
 * Computes the state of a batch, its remaining records, its rate and its estimated end.
 */
@NullMarked
package io.backprocess.status;

import org.jspecify.annotations.NullMarked;
