/**
 * The second chance: reads a batch's dead letters, puts them through the steps again, and writes what comes of them where the
 * batch's own records stand. It knows all the steps; none of them knows it.
 */
@NullMarked
package io.backprocess.redrive;

import org.jspecify.annotations.NullMarked;
