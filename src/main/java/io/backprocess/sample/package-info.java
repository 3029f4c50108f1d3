/** Sample histories: a shop's, with every kind of record that a batch must handle, and a person's. */
@NullMarked
package io.backprocess.sample;

import org.jspecify.annotations.NullMarked;
