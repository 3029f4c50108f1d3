/** Hands a proven batch over to those who read: names that consumers follow, and the topics that they point to. */
@NullMarked
package io.backprocess.promote;

import org.jspecify.annotations.NullMarked;
