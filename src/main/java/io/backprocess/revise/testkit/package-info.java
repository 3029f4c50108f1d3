/** A kit for users' own tests: it tests a revision on single events, without Kafka, Flink or a test framework. */
@NullMarked
package io.backprocess.revise.testkit;

import org.jspecify.annotations.NullMarked;
