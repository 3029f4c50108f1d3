/**
 * Holds the table of a batch to the results that are on its topic. It reads the topic in passes over ranges of keys, so that its
 * memory has a limit. It knows how to find results, and leaves rows to {@code upsert}.
 */
@NullMarked
package io.backprocess.verify.table;

import org.jspecify.annotations.NullMarked;
