/**
 * The Flink job: the path of one event on one screen, and the settings of the steps. Only this package knows every step.
 */
@NullMarked
package io.backprocess.job;

import org.jspecify.annotations.NullMarked;
