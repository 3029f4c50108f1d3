/** Revisions that Backprocess ships, for use and as a starting point for your own. */
@NullMarked
package io.backprocess.revise.shipped;

import org.jspecify.annotations.NullMarked;
