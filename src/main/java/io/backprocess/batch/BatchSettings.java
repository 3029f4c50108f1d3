package io.backprocess.batch;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the starts of a batch were told beside its plan, as it stands in {@code backprocess.batches} under
 * {@code <batch-id>/settings}. It holds for every further start, until one is told otherwise. Null is what none was told, and is
 * as by default; so it is for batches of versions that did not keep this.
 *
 * @param maxRate records a second over the whole job
 * @param checkpointInterval as Flink writes a duration: {@code 2 s}
 * @param transactionTimeout likewise
 * @param dedupeMemory as Flink writes a size: {@code 512 mb}
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record BatchSettings(
        @Nullable Integer parallelism,
        @Nullable Long maxRate,
        @Nullable Double maxDlqRatio,
        @Nullable Long maxDlqConsecutive,
        @Nullable String checkpointInterval,
        @Nullable String transactionTimeout,
        @Nullable String dedupeMemory,
        @Nullable String logEvents) {

    /** Told as a limit, this is none. */
    public static final long NO_LIMIT = 0;

    public static final BatchSettings NONE = new BatchSettings(null, null, null, null, null, null, null, null);

    /** With what a further start was told. */
    public BatchSettings then(BatchSettings told) {
        return new BatchSettings(
                last(parallelism, told.parallelism),
                limit(last(maxRate, told.maxRate)),
                last(maxDlqRatio, told.maxDlqRatio),
                limit(last(maxDlqConsecutive, told.maxDlqConsecutive)),
                last(checkpointInterval, told.checkpointInterval),
                last(transactionTimeout, told.transactionTimeout),
                last(dedupeMemory, told.dedupeMemory),
                last(logEvents, told.logEvents));
    }

    private static <T> @Nullable T last(@Nullable T before, @Nullable T told) {
        return told == null ? before : told;
    }

    private static @Nullable Long limit(@Nullable Long told) {
        return told == null || told == NO_LIMIT ? null : told;
    }

    /** As options of the command line, those that were told: {@code --max-rate 3000}. */
    public List<String> options() {
        List<String> options = new ArrayList<>();
        add(options, "--parallelism", parallelism);
        add(options, "--max-rate", maxRate);
        add(options, "--max-dlq-ratio", maxDlqRatio);
        add(options, "--max-dlq-consecutive", maxDlqConsecutive);
        add(options, "--checkpoint-interval", checkpointInterval);
        add(options, "--transaction-timeout", transactionTimeout);
        add(options, "--dedupe-memory", dedupeMemory);
        add(options, "--log-events", logEvents);
        return options;
    }

    private static void add(List<String> options, String name, @Nullable Object value) {
        if (value != null) {
            String text = value.toString();
            options.add(name + " " + (text.contains(" ") ? "'" + text + "'" : text));
        }
    }
}
