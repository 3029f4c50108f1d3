/**
 * Reads YAML files that people write: every value with its line and column, and all problems of a file at once. The files are
 * limited to what JSON can hold. It does not know what the files are for.
 */
@NullMarked
package io.backprocess.yaml;

import org.jspecify.annotations.NullMarked;
