/** The operator's side: one class a command. It knows all the steps; none of them knows it. */
@NullMarked
package io.backprocess.cli;

import org.jspecify.annotations.NullMarked;
