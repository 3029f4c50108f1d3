/**
 * Flink's cluster from outside: the answers of its REST API, the submission of a job, and its snapshots.
 */
@NullMarked
package io.backprocess.flink;

import org.jspecify.annotations.NullMarked;
