/**
 * Runs a user's revisions one after the other, waits for the answers of those that ask a service, and makes a dead letter of each
 * event that they cannot take.
 */
@NullMarked
package io.backprocess.revise.operator;

import org.jspecify.annotations.NullMarked;
