/** A dirty history to try things out on: every kind of record that a batch has to cope with. */
@NullMarked
package io.backprocess.sample;

import org.jspecify.annotations.NullMarked;
