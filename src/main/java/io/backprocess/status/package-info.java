/**
 * Where a batch stands: its state, its remaining records, its rate and when it will be done.
 */
@NullMarked
package io.backprocess.status;

import org.jspecify.annotations.NullMarked;
