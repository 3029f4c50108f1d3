package io.backprocess.job;

import io.backprocess.batch.DeadLetterLimits;
import io.backprocess.batch.LogEvents;
import io.backprocess.batch.SizeLimits;
import java.time.Duration;
import java.util.Properties;
import org.apache.flink.configuration.MemorySize;
import org.jspecify.annotations.Nullable;

/**
 * What may differ between two starts of the same batch.
 *
 * @param kafka client properties with the bootstrap servers
 * @param sizes of what the topics take
 * @param transactionTimeout of the producers
 * @param maxRecordsPerSecond over the whole job, null for no limit
 * @param dedupeMemory heap for the eventIds of each subtask, null for its share of the TaskManager's
 * @param deadLetterLimits which stop the batch
 * @param logEvents which get a line of their own
 * @param asks whether the plan's revision asks outside
 * @param tablePassword of the database that results go to too; empty for none
 */
public record JobSettings(
        Properties kafka,
        SizeLimits sizes,
        Duration transactionTimeout,
        @Nullable Long maxRecordsPerSecond,
        @Nullable MemorySize dedupeMemory,
        DeadLetterLimits deadLetterLimits,
        LogEvents logEvents,
        boolean asks,
        String tablePassword) {}
