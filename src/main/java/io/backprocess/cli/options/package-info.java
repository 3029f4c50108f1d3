/**
 * Holds the options that several commands share.
 */
@NullMarked
package io.backprocess.cli.options;

import org.jspecify.annotations.NullMarked;
