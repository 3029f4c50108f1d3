/**
 * Flink's cluster from outside: its REST answers, the submission of a job, its snapshots.
 */
@NullMarked
package io.backprocess.flink;

import org.jspecify.annotations.NullMarked;
