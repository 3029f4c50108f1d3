package io.backprocess.job;

import io.backprocess.batch.DeadLetterLimits;
import io.backprocess.batch.LogEvents;
import io.backprocess.batch.SizeLimits;
import io.backprocess.kafka.KafkaClients;
import java.time.Duration;
import org.apache.flink.configuration.MemorySize;
import org.jspecify.annotations.Nullable;

/**
 * The settings that may differ between two starts of the same batch.
 *
 * @param kafka how the job connects to Kafka and what it may write there
 * @param maxRecordsPerSecond the limit over the whole job; null for no limit
 * @param dedupeMemory the heap for the eventIds of each subtask; null for its share of the TaskManager's
 * @param deadLetterLimits the limits on dead letters that stop the batch
 * @param logEvents the events that get their own log line
 * @param asks whether the plan's revision queries an outside service
 * @param tablePassword the password of the database that results also go to; empty for none
 */
public record JobSettings(
        Kafka kafka,
        @Nullable Long maxRecordsPerSecond,
        @Nullable MemorySize dedupeMemory,
        DeadLetterLimits deadLetterLimits,
        LogEvents logEvents,
        boolean asks,
        String tablePassword) {

    /**
     * The settings of the job's clients.
     *
     * @param clients what opens them
     * @param sizes the largest records that the topics take
     * @param transactionTimeout the timeout of the producers' transactions
     */
    public record Kafka(KafkaClients clients, SizeLimits sizes, Duration transactionTimeout) {}
}
