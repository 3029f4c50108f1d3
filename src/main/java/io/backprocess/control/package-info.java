/**
 * Keeps one live copy of a batch: its lease, its marks and its settings in {@code backprocess.batches}.
 */
@NullMarked
package io.backprocess.control;

import org.jspecify.annotations.NullMarked;
