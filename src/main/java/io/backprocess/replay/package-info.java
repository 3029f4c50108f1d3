/** The steps without Flink, for the packages that compute the required outcome of a record: verify, rewrite and preview. */
@NullMarked
package io.backprocess.replay;

import org.jspecify.annotations.NullMarked;
