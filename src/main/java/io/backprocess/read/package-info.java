/** Step 2: takes the frozen offsets from {@code plan}, hands raw records to {@code decode}. It reads history unchanged. */
@NullMarked
package io.backprocess.read;

import org.jspecify.annotations.NullMarked;
