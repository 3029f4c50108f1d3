/**
 * Runs a user's revisions one after the other, waits for those that answer later, and dead-letters what they cannot
 * take.
 */
@NullMarked
package io.backprocess.revise.operator;

import org.jspecify.annotations.NullMarked;
