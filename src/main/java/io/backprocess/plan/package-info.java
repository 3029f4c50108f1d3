/** Step 1: takes the user's specification and hands frozen offsets to {@code read}. What is reprocessed never changes. */
@NullMarked
package io.backprocess.plan;

import org.jspecify.annotations.NullMarked;
