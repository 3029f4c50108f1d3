package io.backprocess.cli;

import io.backprocess.plan.BatchException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.TimeUtils;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
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
            names = "--revision-jar",
            paramLabel = "FILE",
            description = "A jar with revisions of your own; may be given several times.")
    private List<Path> revisionJars = new ArrayList<>();

    Duration transactionTimeout() {
        return transactionTimeout;
    }

    Configuration configure(Configuration flink) {
        if (checkpointInterval != null) {
            flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpointInterval);
        }
        return flink;
    }

    /** Where the revisions are looked for. */
    ClassLoader revisionClasses() {
        ClassLoader own = Thread.currentThread().getContextClassLoader();
        return revisionJars.isEmpty()
                ? own
                : new URLClassLoader(revisionJarUrls().toArray(URL[]::new), own);
    }

    List<URL> revisionJarUrls() {
        List<URL> urls = new ArrayList<>();
        for (Path jar : revisionJars) {
            if (!Files.isRegularFile(jar)) {
                throw BatchException.usage("--revision-jar %s is no file".formatted(jar));
            }
            try {
                urls.add(jar.toAbsolutePath().toUri().toURL());
            } catch (MalformedURLException e) {
                throw BatchException.usage("--revision-jar %s: %s".formatted(jar, e.getMessage()));
            }
        }
        return urls;
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
}
