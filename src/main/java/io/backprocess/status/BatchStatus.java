package io.backprocess.status;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSettings;
import io.backprocess.batch.Counts;
import io.backprocess.batch.Figures;
import io.backprocess.control.HiddenEnd;
import io.backprocess.flink.FlinkState;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.BatchProgress;
import io.backprocess.ledger.BatchProgress.PartitionProgress;
import io.backprocess.ledger.Eta;
import io.backprocess.plan.Retention;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a batch, from its ledger. It is the JSON of {@code status --output json}, so its field names must not change.
 *
 * @param following whether the batch has no end; {@code end} and {@code percent} then describe this moment
 */
@JsonPropertyOrder({
    "batchId",
    "state",
    "following",
    "percent",
    "remaining",
    "read",
    "skipped",
    "outside",
    "duplicates",
    "deadLetters",
    "taken",
    "results",
    "recordsPerSecond",
    "etaSeconds",
    "deadLettersByReason",
    "skippedByVersion",
    "partitions",
    "retention",
    "etaLowSeconds",
    "etaHighSeconds",
    "flink",
    "settings",
    "concern",
    "ledgerHidden"
})
public record BatchStatus(
        String batchId,
        String state,
        boolean following,
        @JsonIgnore RangeProgress progress,
        @JsonIgnore Counts counts,
        List<PartitionStatus> partitions,
        @JsonIgnore Surroundings surroundings) {

    /**
     * The progress and the speed of the batch.
     *
     * @param percent the committed share of the offsets of the range, 0 to 100
     * @param remaining the number of offsets that are not committed yet; there may be fewer records than offsets
     * @param recordsPerSecond the rate over the last minute, or over the whole batch once it is completed
     * @param eta the time until the end at the rates of the last checkpoints; null if unknown
     */
    public record RangeProgress(
            double percent,
            long remaining,
            double recordsPerSecond,
            @Nullable Eta eta) {}

    /**
     * The facts about the batch that are not in its ledger.
     *
     * @param retention when the oldest unread record expires; null if it was not requested or if nothing is unread
     * @param flink the state of the batch's Flink job; null if Flink does not answer, knows no such job, or was not asked
     * @param settings the settings of the batch's starts; null if they were not requested or are damaged
     * @param ledgerHidden the range of the ledger's end that an open transaction hides, so that the figures may lag and the state
     *     is the last known one; null if nothing is hidden
     */
    public record Surroundings(
            @Nullable Retention retention,
            @Nullable FlinkState flink,
            @Nullable BatchSettings settings,
            LedgerLook.@Nullable Hidden ledgerHidden) {
        private static final Surroundings UNKNOWN = new Surroundings(null, null, null, null);
    }

    /** The progress of one partition of the source. */
    @JsonPropertyOrder({
        "partition",
        "start",
        "end",
        "next",
        "percent",
        "remaining",
        "read",
        "skipped",
        "outside",
        "duplicates",
        "deadLetters",
        "taken",
        "results"
    })
    public record PartitionStatus(
            int partition,
            long start,
            long end,
            long next,
            @JsonIgnore Figures figures) {

        @JsonProperty
        public double percent() {
            return BatchStatus.percent(remaining(), end - start);
        }

        @JsonProperty
        public long remaining() {
            return end - next;
        }

        @JsonProperty
        public long read() {
            return figures.read();
        }

        @JsonProperty
        public long skipped() {
            return figures.skipped();
        }

        @JsonProperty
        public long outside() {
            return figures.outside();
        }

        @JsonProperty
        public long duplicates() {
            return figures.duplicates();
        }

        @JsonProperty
        public long deadLetters() {
            return figures.deadLetters();
        }

        @JsonProperty
        public long taken() {
            return figures.taken();
        }

        @JsonProperty
        public long results() {
            return figures.results();
        }
    }

    // The JSON has its members in the order in which versions added them, so each group gives its own here.

    @JsonProperty
    public double percent() {
        return progress.percent;
    }

    @JsonProperty
    public long remaining() {
        return progress.remaining;
    }

    @JsonProperty
    public long read() {
        return counts.read();
    }

    @JsonProperty
    public long skipped() {
        return counts.skipped();
    }

    @JsonProperty
    public long outside() {
        return counts.outside();
    }

    @JsonProperty
    public long duplicates() {
        return counts.duplicates();
    }

    @JsonProperty
    public long deadLetters() {
        return counts.deadLetters();
    }

    @JsonProperty
    public long taken() {
        return counts.taken();
    }

    @JsonProperty
    public long results() {
        return counts.results();
    }

    @JsonProperty
    public double recordsPerSecond() {
        return progress.recordsPerSecond;
    }

    @JsonProperty
    public @Nullable Long etaSeconds() {
        return progress.eta == null ? null : progress.eta.seconds();
    }

    @JsonProperty
    public Map<String, Long> deadLettersByReason() {
        return counts.deadLettersByReason();
    }

    @JsonProperty
    public Map<String, Long> skippedByVersion() {
        return counts.skippedByVersion();
    }

    @JsonProperty
    public @Nullable Retention retention() {
        return surroundings.retention;
    }

    @JsonProperty
    public @Nullable Long etaLowSeconds() {
        return progress.eta == null ? null : progress.eta.low();
    }

    @JsonProperty
    public @Nullable Long etaHighSeconds() {
        return progress.eta == null ? null : progress.eta.high();
    }

    @JsonProperty
    public @Nullable FlinkState flink() {
        return surroundings.flink;
    }

    @JsonProperty
    public @Nullable BatchSettings settings() {
        return surroundings.settings;
    }

    /**
     * Returns why a completed batch is not good: {@code dead-letters}, {@code no-results} or {@code nothing-read}; null if there
     * is no concern.
     */
    @JsonProperty
    public @Nullable String concern() {
        return is(BatchState.COMPLETED)
                ? worth().concern().map(BatchQuality.Concern::toString).orElse(null)
                : null;
    }

    @JsonProperty
    public LedgerLook.@Nullable Hidden ledgerHidden() {
        return surroundings.ledgerHidden;
    }

    private static final Duration WINDOW = Duration.ofMinutes(1);

    /** Creates the status without the source's ends. If the batch follows its topic, only committed offsets count. */
    public static BatchStatus of(BatchPlan plan, BatchLedger ledger, BatchState state, Instant now) {
        return of(plan, ledger, state, now, Map.of());
    }

    /**
     * Creates the status.
     *
     * @param ends the current end offset of each partition of the source; read only if the batch follows its topic
     */
    public static BatchStatus of(
            BatchPlan plan, BatchLedger ledger, BatchState state, Instant now, Map<Integer, Long> ends) {
        BatchProgress ledgerProgress = BatchProgress.of(ledger, ends);
        long remaining = ledgerProgress.remaining();
        double rate = state == BatchState.COMPLETED ? averageRate(plan, ledger) : currentRate(plan, ledger, now);
        Optional<Eta> eta = remaining == 0 || state == BatchState.RUNNING
                ? ledgerProgress.eta(ledger, plan.creation().at(), now)
                : Optional.empty();
        return new BatchStatus(
                plan.spec().batchId(),
                state.toString(),
                plan.isFollowing(),
                new RangeProgress(
                        percent(remaining, ledgerProgress.size()),
                        remaining,
                        Math.round(rate * 10) / 10.0,
                        eta.orElse(null)),
                ledger.total(),
                ledgerProgress.partitions().stream().map(BatchStatus::partition).toList(),
                Surroundings.UNKNOWN);
    }

    /** Adds the time at which the oldest unread record would expire. Finding that time takes a few more requests to Kafka. */
    public BatchStatus with(Retention forecast) {
        return with(new Surroundings(forecast, flink(), settings(), ledgerHidden()));
    }

    public BatchStatus with(@Nullable FlinkState job) {
        return with(new Surroundings(retention(), job, settings(), ledgerHidden()));
    }

    /** Adds the settings that the batch's starts were given. */
    public BatchStatus with(@Nullable BatchSettings told) {
        return with(new Surroundings(retention(), flink(), told, ledgerHidden()));
    }

    /** Adds the transaction that hides the ledger's end; null if there is none. */
    public BatchStatus with(@Nullable HiddenEnd hidden) {
        return with(new Surroundings(
                retention(), flink(), settings(), hidden == null ? null : LedgerLook.Hidden.of(hidden)));
    }

    private BatchStatus with(Surroundings known) {
        return new BatchStatus(batchId, state, following, progress, counts, partitions, known);
    }

    /** Returns the concern in words; empty if there is none. */
    public Optional<String> concernInWords() {
        return concern() == null ? Optional.empty() : Optional.of(worth().sentence());
    }

    public boolean is(BatchState asked) {
        return state.equals(asked.toString());
    }

    private BatchQuality worth() {
        return new BatchQuality(counts.figures(), BatchQuality.toleratedRatio(settings()));
    }

    private static PartitionStatus partition(PartitionProgress progress) {
        return new PartitionStatus(
                progress.partition(),
                progress.start(),
                progress.end(),
                progress.next(),
                progress.ledger().counts().figures());
    }

    /** Returns the committed share, rounded down so that 100 means done. */
    private static double percent(long remaining, long size) {
        return size == 0 ? 100 : Math.floor((size - remaining) * 1000.0 / size) / 10;
    }

    private static double currentRate(BatchPlan plan, BatchLedger ledger, Instant now) {
        Instant since = now.minus(WINDOW).isAfter(plan.creation().at())
                ? now.minus(WINDOW)
                : plan.creation().at();
        return perSecond(ledger.readSince(since), since, now);
    }

    private static double averageRate(BatchPlan plan, BatchLedger ledger) {
        Instant last = ledger.lastCommit();
        return last == null
                ? 0
                : perSecond(ledger.total().read(), plan.creation().at(), last);
    }

    private static double perSecond(long records, Instant from, Instant to) {
        long millis = Math.max(1, Duration.between(from, to).toMillis());
        return records * 1000.0 / millis;
    }
}
