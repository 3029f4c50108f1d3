/**
 * The program of {@code scripts/stack}: a Kafka broker and a Flink cluster as processes of this machine. It knows only the JDK,
 * because it is compiled and started in a fresh clone, before Maven has fetched the jars of Kafka and Flink.
 */
@NullMarked
package io.backprocess.tools.stack;

import org.jspecify.annotations.NullMarked;
