/** Holds the commands, one class for each. This package knows all the steps. None of them knows this package. */
@NullMarked
package io.backprocess.cli;

import org.jspecify.annotations.NullMarked;
