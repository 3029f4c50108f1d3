/**
 * Step 5: takes events from {@code dedupe} and hands results and dead letters to {@code ledger}. This step runs the new logic,
 * which users write as a {@link io.backprocess.revise.Revision}.
 */
@NullMarked
package io.backprocess.revise;

import org.jspecify.annotations.NullMarked;
