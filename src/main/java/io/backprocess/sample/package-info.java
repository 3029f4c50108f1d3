/** Histories to try things out on: a shop's with every kind of record that a batch has to cope with, and a person's. */
@NullMarked
package io.backprocess.sample;

import org.jspecify.annotations.NullMarked;
