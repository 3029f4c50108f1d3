/**
 * Formats numbers, durations, tables, terminal lines and HTML pages. The command line and the report use this package. It
 * does not know batches.
 */
@NullMarked
package io.backprocess.render;

import org.jspecify.annotations.NullMarked;
