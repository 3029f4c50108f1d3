/**
 * The steps without Flink, for whoever works out what must become of a record: verify, rewrite and preview.
 */
@NullMarked
package io.backprocess.replay;

import org.jspecify.annotations.NullMarked;
