/**
 * Formats numbers, durations, tables and terminal lines, and fills the templates of HTML pages. The command line and the report
 * use this package. It does not know batches.
 */
@NullMarked
package io.backprocess.render;

import org.jspecify.annotations.NullMarked;
