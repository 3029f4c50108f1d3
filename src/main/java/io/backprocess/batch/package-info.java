/**
 * Defines a batch: its specification, its plan, its settings, the names of its topics, its key groups, figures and
 * errors.
 */
@NullMarked
package io.backprocess.batch;

import org.jspecify.annotations.NullMarked;
