/** Hands a proven batch over to its readers: aliases that consumers follow, and the topics that the aliases point to. */
@NullMarked
package io.backprocess.promote;

import org.jspecify.annotations.NullMarked;
