/** Step 4: takes events from {@code decode}, hands first copies to {@code revise}. The first copy wins. */
@NullMarked
package io.backprocess.dedupe;

import org.jspecify.annotations.NullMarked;
