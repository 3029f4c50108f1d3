/** Step 7: takes results from {@code ledger} and writes them to the new topic, exactly once. */
@NullMarked
package io.backprocess.publish;

import org.jspecify.annotations.NullMarked;
