/**
 * Step 3: takes records from {@code read}, hands events to {@code dedupe}. Bytes become events or dead letters, and the gate
 * lets those of the wanted version through.
 */
@NullMarked
package io.backprocess.decode;

import org.jspecify.annotations.NullMarked;
