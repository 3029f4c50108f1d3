package io.backprocess.cli;

import java.net.URL;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.util.TimeUtils;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a batch is run; may differ from start to start. */
final class ExecutionOptions {
    @Option(
            names = "--transaction-timeout",
            paramLabel = "DURATION",
            defaultValue = "15 min",
            converter = FlinkDuration.class,
            description =
                    "How long Kafka keeps an uncommitted transaction, so how long a batch may be down (default: 15 min).")
    private Duration transactionTimeout = Duration.ZERO;

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
                            + " RocksDB, more slowly (default: 60 % of the TaskManager's heap, shared by its slots).")
    private @Nullable MemorySize dedupeMemory;

    @Mixin
    private RevisionJarOption revisionJars = new RevisionJarOption();

    Duration transactionTimeout() {
        return transactionTimeout;
    }

    @Nullable
    MemorySize dedupeMemory() {
        return dedupeMemory;
    }

    Configuration configure(Configuration flink) {
        if (checkpointInterval != null) {
            flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpointInterval);
        }
        return flink;
    }

    ClassLoader revisionClasses() {
        return revisionJars.classes();
    }

    List<URL> revisionJarUrls() {
        return revisionJars.urls();
    }

    static String user() {
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
}
