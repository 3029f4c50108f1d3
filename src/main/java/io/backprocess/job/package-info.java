/**
 * The Flink job: the path of one event on one screen, and what the steps are given. It alone knows every step.
 */
@NullMarked
package io.backprocess.job;

import org.jspecify.annotations.NullMarked;
