/**
 * Beside the steps: what was known of each subject at any time, from a changelog topic, for {@code decode} and for those who recount
 * or try out what it does.
 */
@NullMarked
package io.backprocess.context;

import org.jspecify.annotations.NullMarked;
