/**
 * How a number, a duration, a table, a line of a terminal or an HTML page is written. The command line and the report
 * use it; it knows nothing of batches.
 */
@NullMarked
package io.backprocess.render;

import org.jspecify.annotations.NullMarked;
