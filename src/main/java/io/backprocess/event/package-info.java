/**
 * The vocabulary that every step shares: records, events, their outcomes, and the JSON they are made of. It does no I/O and
 * contains no operators.
 */
@NullMarked
package io.backprocess.event;

import org.jspecify.annotations.NullMarked;
