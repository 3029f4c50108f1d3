/**
 * Beside the steps: what was known about each subject at any time, from a changelog topic. {@code decode} uses it, and so do
 * the commands that recount or try out what {@code decode} does.
 */
@NullMarked
package io.backprocess.context;

import org.jspecify.annotations.NullMarked;
