/**
 * The vocabulary that every step shares: records, events, what becomes of them, and the JSON they are made of. No I/O and
 * no operators.
 */
@NullMarked
package io.backprocess.event;

import org.jspecify.annotations.NullMarked;
