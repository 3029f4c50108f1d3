/**
 * Kafka's clients as this project uses them: one way to read with bounded memory, to write fenced, to query the Admin API,
 * and to read client properties. Other rooms get their clients from {@link io.backprocess.kafka.KafkaClients}.
 */
@NullMarked
package io.backprocess.kafka;

import org.jspecify.annotations.NullMarked;
