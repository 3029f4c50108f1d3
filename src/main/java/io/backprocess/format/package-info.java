/**
 * Values that are not plain JSON: how a schema's codec reads them as JSON and writes changed JSON back. It does not know where
 * schemas come from, and no event.
 */
@NullMarked
package io.backprocess.format;

import org.jspecify.annotations.NullMarked;
