/**
 * Proves a batch as a Flink job, with the same lanes as on one machine. It knows how to run them, but not what they prove.
 */
@NullMarked
package io.backprocess.verify.cluster;

import org.jspecify.annotations.NullMarked;
