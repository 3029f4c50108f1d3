package io.backprocess.batch;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.backprocess.json.GroupedRecordReader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options that the starts of a batch were given beside its plan, stored in {@code backprocess.batches} under
 * {@code <batch-id>/settings}. An option applies to every later start until a start is given another value. Null means that no
 * start was given the option, so the default applies. Batches of versions that did not store settings have null everywhere.
 *
 * @param maxRate the limit in records per second over the whole job
 * @param checkpointInterval a duration as Flink writes it: {@code 2 s}
 * @param transactionTimeout a duration as Flink writes it
 * @param dedupeMemory a size as Flink writes it: {@code 512 mb}
 */
@JsonDeserialize(using = GroupedRecordReader.class)
@JsonInclude(JsonInclude.Include.ALWAYS)
public record BatchSettings(
        @Nullable Integer parallelism,
        @Nullable Long maxRate,
        @JsonUnwrapped DlqLimits dlqLimits,
        @Nullable String checkpointInterval,
        @Nullable String transactionTimeout,
        @Nullable String dedupeMemory,
        @Nullable String logEvents) {

    /** The limits for dead letters at which the batch stops, as {@link DeadLetterLimits} has them; null where none was given. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record DlqLimits(
            @JsonProperty("maxDlqRatio") @Nullable Double ratio,
            @JsonProperty("maxDlqConsecutive") @Nullable Long consecutive,

            @JsonProperty("maxUnknownSchemas") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Long unknownSchemas) {
        public static final DlqLimits NONE = new DlqLimits(null, null, null);
    }

    /** The value of a limit that removes the limit. */
    public static final long NO_LIMIT = 0;

    public static final BatchSettings NONE = new BatchSettings(null, null, DlqLimits.NONE, null, null, null, null);

    /** Returns these settings with the options of a later start applied. An option that the later start was not given stays. */
    public BatchSettings then(BatchSettings told) {
        return new BatchSettings(
                last(parallelism, told.parallelism),
                limit(last(maxRate, told.maxRate)),
                new DlqLimits(
                        last(dlqLimits.ratio, told.dlqLimits.ratio),
                        limit(last(dlqLimits.consecutive, told.dlqLimits.consecutive)),
                        last(dlqLimits.unknownSchemas, told.dlqLimits.unknownSchemas)),
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

    /** Returns the settings that were given, each as an option of the command line: {@code --max-rate 3000}. */
    public List<String> options() {
        List<String> options = new ArrayList<>();
        add(options, "--parallelism", parallelism);
        add(options, "--max-rate", maxRate);
        add(options, "--max-dlq-ratio", dlqLimits.ratio);
        add(options, "--max-dlq-consecutive", dlqLimits.consecutive);
        add(options, "--max-unknown-schemas", dlqLimits.unknownSchemas);
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
