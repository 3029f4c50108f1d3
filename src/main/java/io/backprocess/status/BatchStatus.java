package io.backprocess.status;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSettings;
import io.backprocess.batch.Counts;
import io.backprocess.control.HiddenEnd;
import io.backprocess.flink.FlinkState;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.Eta;
import io.backprocess.ledger.PartitionLedger;
import io.backprocess.plan.Retention;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a batch, from its ledger. It is the JSON of {@code status --output json}, so its field names must not change.
 *
 * @param following whether the batch has no end; {@code end} and {@code percent} then describe this moment
 * @param percent the committed share of the offsets of the range, 0 to 100
 * @param remaining the number of offsets that are not committed yet; there may be fewer records than offsets
 * @param recordsPerSecond the rate over the last minute, or over the whole batch once it is completed
 * @param etaSeconds the seconds until the end at the median rate of the last checkpoints, see {@link Eta}; null if unknown
 * @param retention when the oldest unread record expires; null if it was not requested or if nothing is unread
 * @param etaLowSeconds the seconds until the end at the rate of the fastest tenth of those checkpoints; null if unknown
 * @param etaHighSeconds the seconds until the end at the rate of the slowest tenth of those checkpoints; null if unknown
 * @param flink the state of the batch's Flink job; null if Flink does not answer, knows no such job, or was not asked
 * @param settings the settings of the batch's starts; null if they were not requested or are damaged
 * @param concern why a completed batch is not good: {@code dead-letters}, {@code no-results} or {@code nothing-read}; null if
 *     there is no concern
 * @param ledgerHidden the range of the ledger's end that an open transaction hides, so that the figures may lag and the state is
 *     the last known one; null if nothing is hidden
 */
public record BatchStatus(
        String batchId,
        String state,
        boolean following,
        double percent,
        long remaining,
        long read,
        long skipped,
        long outside,
        long duplicates,
        long deadLetters,
        long taken,
        long results,
        double recordsPerSecond,
        @Nullable Long etaSeconds,
        Map<String, Long> deadLettersByReason,
        Map<String, Long> skippedByVersion,
        List<Partition> partitions,
        @Nullable Retention retention,
        @Nullable Long etaLowSeconds,
        @Nullable Long etaHighSeconds,
        @Nullable FlinkState flink,
        @Nullable BatchSettings settings,
        @Nullable String concern,
        LedgerLook.@Nullable Hidden ledgerHidden) {

    /** The progress of one partition of the source. */
    public record Partition(
            int partition,
            long start,
            long end,
            long next,
            double percent,
            long remaining,
            long read,
            long skipped,
            long outside,
            long duplicates,
            long deadLetters,
            long taken,
            long results) {}

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
        Counts total = ledger.total();
        List<Partition> partitions = partitions(plan, ledger, ends);
        long remaining = partitions.stream().mapToLong(Partition::remaining).sum();
        long size =
                partitions.stream().mapToLong(each -> each.end() - each.start()).sum();
        double rate = state == BatchState.COMPLETED ? averageRate(plan, ledger) : currentRate(plan, ledger, now);
        Optional<Eta> eta = remaining == 0
                ? Optional.of(new Eta(0, 0, 0))
                : state == BatchState.RUNNING
                        ? Eta.of(ledger, remaining, size, plan.creation().at(), now)
                        : Optional.empty();
        return new BatchStatus(
                        plan.spec().batchId(),
                        state.toString(),
                        plan.isFollowing(),
                        percent(remaining, size),
                        remaining,
                        total.read(),
                        total.skipped(),
                        total.outside(),
                        total.duplicates(),
                        total.deadLetters(),
                        total.taken(),
                        total.results(),
                        Math.round(rate * 10) / 10.0,
                        eta.map(Eta::seconds).orElse(null),
                        total.deadLettersByReason(),
                        total.skippedByVersion(),
                        partitions,
                        null,
                        eta.map(Eta::low).orElse(null),
                        eta.map(Eta::high).orElse(null),
                        null,
                        null,
                        null,
                        null)
                .with((BatchSettings) null);
    }

    /** Adds the time at which the oldest unread record would expire. Finding that time takes a few more requests to Kafka. */
    public BatchStatus with(Retention forecast) {
        return with(forecast, flink, settings, ledgerHidden);
    }

    public BatchStatus with(@Nullable FlinkState job) {
        return with(retention, job, settings, ledgerHidden);
    }

    /** Adds the settings that the batch's starts were given. */
    public BatchStatus with(@Nullable BatchSettings told) {
        return with(retention, flink, told, ledgerHidden);
    }

    /** Adds the transaction that hides the ledger's end; null if there is none. */
    public BatchStatus with(@Nullable HiddenEnd hidden) {
        return with(retention, flink, settings, hidden == null ? null : LedgerLook.Hidden.of(hidden));
    }

    private BatchStatus with(
            @Nullable Retention forecast,
            @Nullable FlinkState job,
            @Nullable BatchSettings told,
            LedgerLook.@Nullable Hidden hidden) {
        return new BatchStatus(
                batchId,
                state,
                following,
                percent,
                remaining,
                read,
                skipped,
                outside,
                duplicates,
                deadLetters,
                taken,
                results,
                recordsPerSecond,
                etaSeconds,
                deadLettersByReason,
                skippedByVersion,
                partitions,
                forecast,
                etaLowSeconds,
                etaHighSeconds,
                job,
                told,
                isCompleted() ? concern(told) : null,
                hidden);
    }

    /** Returns the concern in words; empty if there is none. */
    public Optional<String> concernInWords() {
        return concern == null ? Optional.empty() : Optional.of(worth(settings).sentence());
    }

    private boolean isCompleted() {
        return state.equals(BatchState.COMPLETED.toString());
    }

    private @Nullable String concern(@Nullable BatchSettings told) {
        return worth(told).concern().map(BatchQuality.Concern::toString).orElse(null);
    }

    private BatchQuality worth(@Nullable BatchSettings told) {
        return new BatchQuality(
                read - outside, skipped, duplicates, deadLetters, taken, results, BatchQuality.toleratedRatio(told));
    }

    /** Returns the ledger's partitions. If the batch follows its topic, partitions added to the source since are included. */
    private static List<Partition> partitions(BatchPlan plan, BatchLedger ledger, Map<Integer, Long> ends) {
        SortedSet<Integer> numbers = new TreeSet<>();
        ledger.partitions().forEach(each -> numbers.add(each.range().partition()));
        if (plan.isFollowing()) {
            numbers.addAll(ends.keySet());
        }
        return numbers.stream()
                .map(ledger::partition)
                .map(each -> partition(each, ends.getOrDefault(each.range().partition(), 0L)))
                .toList();
    }

    private static Partition partition(PartitionLedger partition, long endNow) {
        Counts counts = partition.counts();
        long start = partition.range().start();
        long next = partition.next();
        long end = partition.range().isOpen()
                ? Math.max(next, endNow)
                : partition.range().end();
        return new Partition(
                partition.range().partition(),
                start,
                end,
                next,
                percent(end - next, end - start),
                end - next,
                counts.read(),
                counts.skipped(),
                counts.outside(),
                counts.duplicates(),
                counts.deadLetters(),
                counts.taken(),
                counts.results());
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
