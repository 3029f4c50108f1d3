package io.backprocess.cli.options;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSettings;
import io.backprocess.batch.DeadLetterLimits;
import io.backprocess.batch.LogEvents;
import java.net.URL;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.util.TimeUtils;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options for how a batch runs. They may differ from start to start. */
public final class ExecutionOptions {
    private static final Duration TRANSACTION_TIMEOUT = Duration.ofMinutes(15);

    @Option(
            names = "--transaction-timeout",
            paramLabel = "DURATION",
            converter = FlinkDuration.class,
            description =
                    "How long Kafka keeps an uncommitted transaction. A batch may be down for this long (default: 15 min).")
    private @Nullable Duration transactionTimeout;

    @Option(
            names = "--checkpoint-interval",
            paramLabel = "DURATION",
            converter = FlinkDuration.class,
            description = "How often results are committed (default: Flink's configured interval, else 10 s).")
    private @Nullable Duration checkpointInterval;

    @Option(
            names = "--dedupe-memory",
            paramLabel = "SIZE",
            converter = FlinkMemorySize.class,
            description =
                    "Heap that each subtask may use for eventIds, about 30 MiB per million. EventIds that do not fit go to"
                            + " RocksDB, which is slower (default: 60 %% of the TaskManager's heap, shared by its slots).")
    private @Nullable MemorySize dedupeMemory;

    @Option(
            names = "--max-dlq-ratio",
            paramLabel = "SHARE",
            converter = Share.class,
            description = "Stop when a larger share of the batch's records are dead letters. This applies from 10 000"
                    + " records on; 1 means never (default: 0.5).")
    private @Nullable Double maxDlqRatio;

    @Option(
            names = "--max-dlq-consecutive",
            paramLabel = "N",
            converter = Limit.class,
            description = "Stop at N dead letters in a row within one source partition (default: none, that is never)."
                    + " With --dedupe-scope global, the row is counted within one subtask.")
    private @Nullable Long maxDlqConsecutive;

    @Option(
            names = "--max-unknown-schemas",
            paramLabel = "N",
            description =
                    "With --registry: stop when more than N schemas of the records are not known to it or cannot be used (default: 10).")
    private @Nullable Long maxUnknownSchemas;

    @Option(
            names = "--log-events",
            paramLabel = "all|errors|none",
            description =
                    "Which events get a line in the TaskManagers' logs (default: errors). errors logs at most 20 dead"
                            + " letters per subtask and checkpoint, and the number of further ones.")
    private @Nullable String logEvents;

    @Mixin
    private RevisionJarOption revisionJars = new RevisionJarOption();

    /** Returns the options that were given. An option that was not given is null, not its default. */
    public BatchSettings told(@Nullable Integer parallelism, @Nullable Long maxRate) {
        return new BatchSettings(
                parallelism,
                maxRate,
                new BatchSettings.DlqLimits(maxDlqRatio, maxDlqConsecutive, maxUnknownSchemas),
                checkpointInterval == null ? null : TimeUtils.formatWithHighestUnit(checkpointInterval),
                transactionTimeout == null ? null : TimeUtils.formatWithHighestUnit(transactionTimeout),
                dedupeMemory == null ? null : dedupeMemory.toString(),
                logEvents == null ? null : logEvents().toString().toLowerCase(Locale.ROOT));
    }

    /** Replaces these options by the batch's settings, which combine this start with earlier ones. */
    void adopt(BatchSettings settings) {
        maxDlqRatio = settings.dlqLimits().ratio();
        maxDlqConsecutive = settings.dlqLimits().consecutive();
        maxUnknownSchemas = settings.dlqLimits().unknownSchemas();
        checkpointInterval = duration(settings.checkpointInterval());
        transactionTimeout = duration(settings.transactionTimeout());
        dedupeMemory = settings.dedupeMemory() == null ? null : MemorySize.parse(settings.dedupeMemory());
        logEvents = settings.logEvents();
    }

    private static @Nullable Duration duration(@Nullable String text) {
        return text == null ? null : TimeUtils.parseDuration(text);
    }

    public Duration transactionTimeout() {
        return transactionTimeout == null ? TRANSACTION_TIMEOUT : transactionTimeout;
    }

    @Nullable
    public MemorySize dedupeMemory() {
        return dedupeMemory;
    }

    public LogEvents logEvents() {
        return logEvents == null ? LogEvents.ERRORS : SpecOptions.word(LogEvents.class, "--log-events", logEvents);
    }

    public DeadLetterLimits deadLetterLimits() {
        return new DeadLetterLimits(
                maxDlqRatio == null ? DeadLetterLimits.DEFAULT.maxRatio() : maxDlqRatio,
                maxDlqConsecutive == null ? BatchSettings.NO_LIMIT : maxDlqConsecutive,
                maxUnknownSchemas == null ? DeadLetterLimits.DEFAULT.maxUnknownSchemas() : maxUnknownSchemas);
    }

    public Configuration configure(Configuration flink) {
        if (checkpointInterval != null) {
            flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpointInterval);
        }
        return flink;
    }

    public ClassLoader revisionClasses() {
        return revisionJars.classes();
    }

    public ClassLoader revisionClasses(BatchPlan plan) {
        return revisionJars.classes(plan);
    }

    public List<URL> revisionJarUrls() {
        return revisionJars.urls();
    }

    public static String user() {
        return System.getProperty("user.name", "unknown");
    }

    /** Reads a duration as in Flink's own configuration: {@code 90 s}, {@code 15min}. */
    static final class FlinkDuration implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            Duration duration;
            try {
                duration = TimeUtils.parseDuration(text);
            } catch (IllegalArgumentException e) {
                throw new picocli.CommandLine.TypeConversionException(
                        "'" + text + "' is not a duration; give one like 90s or 15min");
            }
            if (duration.isZero() || duration.isNegative()) {
                throw new picocli.CommandLine.TypeConversionException("'" + text + "' must be greater than zero");
            }
            return duration;
        }
    }

    /** Reads a memory size as in Flink's own configuration: {@code 512m}, {@code 2 gb}. */
    static final class FlinkMemorySize implements ITypeConverter<MemorySize> {
        @Override
        public MemorySize convert(String text) {
            try {
                return MemorySize.parse(text);
            } catch (IllegalArgumentException e) {
                throw new picocli.CommandLine.TypeConversionException(
                        "'" + text + "' is not a size; give one like 512m or 2gb");
            }
        }
    }

    /** Reads a share that is greater than 0 and at most 1. */
    static final class Share implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            try {
                double share = Double.parseDouble(text);
                if (share > 0 && share <= 1) {
                    return share;
                }
            } catch (NumberFormatException e) {
                // The exception below reports it.
            }
            throw new picocli.CommandLine.TypeConversionException(
                    "'" + text + "' is not a share; give one above 0 and up to 1, like 0.05");
        }
    }

    /** Reads a whole number of at least 1. */
    public static final class AtLeastOne implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return number(text, "");
        }

        static long number(String text, String otherwise) {
            try {
                long number = Long.parseLong(text);
                if (number >= 1) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // The exception below reports it.
            }
            throw new picocli.CommandLine.TypeConversionException(
                    "'%s' is not a number of at least 1%s".formatted(text, otherwise));
        }
    }

    /** Reads a whole number of at least 1, or {@code none} for no limit. */
    static final class Limit implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return text.equals("none") ? BatchSettings.NO_LIMIT : AtLeastOne.number(text, ", nor 'none'");
        }
    }
}
