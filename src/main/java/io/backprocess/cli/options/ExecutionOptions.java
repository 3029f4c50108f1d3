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

/** How a batch is run; may differ from start to start. */
public final class ExecutionOptions {
    private static final Duration TRANSACTION_TIMEOUT = Duration.ofMinutes(15);

    @Option(
            names = "--transaction-timeout",
            paramLabel = "DURATION",
            converter = FlinkDuration.class,
            description =
                    "How long Kafka keeps an uncommitted transaction, so how long a batch may be down (default: 15 min).")
    private @Nullable Duration transactionTimeout;

    @Option(
            names = "--checkpoint-interval",
            paramLabel = "DURATION",
            converter = FlinkDuration.class,
            description = "How often results are committed (default: as Flink is configured, else 10 s).")
    private @Nullable Duration checkpointInterval;

    @Option(
            names = "--dedupe-memory",
            paramLabel = "SIZE",
            converter = FlinkMemorySize.class,
            description =
                    "Heap that each subtask may use for eventIds, about 30 MiB a million; what does not fit goes to"
                            + " RocksDB, more slowly (default: 60 %% of the TaskManager's heap, shared by its slots).")
    private @Nullable MemorySize dedupeMemory;

    @Option(
            names = "--max-dlq-ratio",
            paramLabel = "SHARE",
            converter = Share.class,
            description = "Stop when more of the batch's records are dead letters, once there are 10 000 records;"
                    + " 1 for never (default: 0.5).")
    private @Nullable Double maxDlqRatio;

    @Option(
            names = "--max-dlq-consecutive",
            paramLabel = "N",
            converter = Limit.class,
            description = "Stop at N dead letters in a row within one source partition (default: none, that is never)."
                    + " With --dedupe-scope global: in a row as one subtask sees them.")
    private @Nullable Long maxDlqConsecutive;

    @Option(
            names = "--log-events",
            paramLabel = "all|errors|none",
            description = "Which events get a line in the TaskManagers' logs (default: errors, that is dead letters,"
                    + " at most 20 a subtask and checkpoint, and the number of the others).")
    private @Nullable String logEvents;

    @Mixin
    private RevisionJarOption revisionJars = new RevisionJarOption();

    /** What the options say, and nothing by default. */
    public BatchSettings told(@Nullable Integer parallelism, @Nullable Long maxRate) {
        return new BatchSettings(
                parallelism,
                maxRate,
                maxDlqRatio,
                maxDlqConsecutive,
                checkpointInterval == null ? null : TimeUtils.formatWithHighestUnit(checkpointInterval),
                transactionTimeout == null ? null : TimeUtils.formatWithHighestUnit(transactionTimeout),
                dedupeMemory == null ? null : dedupeMemory.toString(),
                logEvents == null ? null : logEvents().toString().toLowerCase(Locale.ROOT));
    }

    /** From now on these, which were told now or at an earlier start. */
    void adopt(BatchSettings settings) {
        maxDlqRatio = settings.maxDlqRatio();
        maxDlqConsecutive = settings.maxDlqConsecutive();
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
                maxDlqConsecutive == null ? BatchSettings.NO_LIMIT : maxDlqConsecutive);
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

    /** {@code 90 s}, {@code 15min}, as in Flink's own configuration. */
    static final class FlinkDuration implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            Duration duration;
            try {
                duration = TimeUtils.parseDuration(text);
            } catch (IllegalArgumentException e) {
                throw new picocli.CommandLine.TypeConversionException(
                        "'" + text + "' is no duration; give one like 90s or 15min");
            }
            if (duration.isZero() || duration.isNegative()) {
                throw new picocli.CommandLine.TypeConversionException("'" + text + "' is not longer than nothing");
            }
            return duration;
        }
    }

    /** {@code 512m}, {@code 2 gb}, as in Flink's own configuration. */
    static final class FlinkMemorySize implements ITypeConverter<MemorySize> {
        @Override
        public MemorySize convert(String text) {
            try {
                return MemorySize.parse(text);
            } catch (IllegalArgumentException e) {
                throw new picocli.CommandLine.TypeConversionException(
                        "'" + text + "' is no size; give one like 512m or 2gb");
            }
        }
    }

    /** More than nothing, at most all. */
    static final class Share implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            try {
                double share = Double.parseDouble(text);
                if (share > 0 && share <= 1) {
                    return share;
                }
            } catch (NumberFormatException e) {
                // Said below.
            }
            throw new picocli.CommandLine.TypeConversionException(
                    "'" + text + "' is no share; give one above 0 and up to 1, like 0.05");
        }
    }

    /** A number of things. */
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
                // Said below.
            }
            throw new picocli.CommandLine.TypeConversionException(
                    "'%s' is no number of at least 1%s".formatted(text, otherwise));
        }
    }

    /** A number of things, or {@code none} for any number. */
    static final class Limit implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return text.equals("none") ? BatchSettings.NO_LIMIT : AtLeastOne.number(text, ", nor 'none'");
        }
    }
}
