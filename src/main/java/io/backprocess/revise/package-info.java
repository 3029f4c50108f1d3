/**
 * Step 5: takes events from {@code dedupe}, hands results and dead letters to {@code ledger}. The new logic: what users
 * write is a {@link io.backprocess.revise.Revision}.
 */
@NullMarked
package io.backprocess.revise;

import org.jspecify.annotations.NullMarked;
