/**
 * What a batch would do, before it does it: the steps over a sample of the range, and how their results differ from the events
 * that they were made from, or from what an earlier batch wrote. Writes nothing. It knows the steps and the recount; none of them
 * knows it.
 */
@NullMarked
package io.backprocess.preview;

import org.jspecify.annotations.NullMarked;
