/**
 * A Kafka consumer that follows an alias: for applications, which need no more than this package and Kafka's own client.
 */
@NullMarked
package io.backprocess.client;

import org.jspecify.annotations.NullMarked;
