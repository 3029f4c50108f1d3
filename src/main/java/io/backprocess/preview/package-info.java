/**
 * Shows what a batch would do before it runs. It puts a sample of the range through the steps. It shows how the results differ
 * from their events, or from the results of an earlier batch. It writes nothing. It knows the steps and the recount, and neither
 * knows it.
 */
@NullMarked
package io.backprocess.preview;

import org.jspecify.annotations.NullMarked;
