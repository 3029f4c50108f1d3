/** What a user meets: the main class, the job and its pipeline. The steps are in the packages below, in the order in which an event meets them. */
@NullMarked
package io.backprocess;

import org.jspecify.annotations.NullMarked;
