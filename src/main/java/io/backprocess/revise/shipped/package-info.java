/** Revisions that come with Backprocess: to use, and to start your own from. */
@NullMarked
package io.backprocess.revise.shipped;

import org.jspecify.annotations.NullMarked;
