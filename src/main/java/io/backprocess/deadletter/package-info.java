/** Step 8: takes dead letters from {@code ledger} and writes them to their topic, original bytes and headers untouched. */
@NullMarked
package io.backprocess.deadletter;

import org.jspecify.annotations.NullMarked;
