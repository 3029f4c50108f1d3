/**
 * Step 8: takes dead letters from {@code ledger} and writes them to their topic, with the original's bytes and headers unchanged.
 */
@NullMarked
package io.backprocess.deadletter;

import org.jspecify.annotations.NullMarked;
