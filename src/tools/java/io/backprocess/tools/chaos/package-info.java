/**
 * The program of {@code scripts/chaos}. It breaks a stack at random while batches run on it, and judges each batch. It knows
 * {@code stack}, Kafka's client and Jackson. It shares no code with Backprocess, which it uses only by its command line.
 */
@NullMarked
package io.backprocess.tools.chaos;

import org.jspecify.annotations.NullMarked;
