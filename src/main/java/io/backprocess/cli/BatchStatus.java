package io.backprocess.cli;

import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.Counts;
import io.backprocess.ledger.PartitionLedger;
import io.backprocess.plan.BatchPlan;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far a batch is, from its ledger. The JSON of {@code status --output json}; its field names are kept.
 *
 * @param percent of the offsets of the range, 0 to 100
 * @param remaining offsets that are not committed yet: records at most
 * @param recordsPerSecond over the last minute, or over the whole batch once it is completed
 * @param etaSeconds until the end at this rate, null when unknown
 */
record BatchStatus(
        String batchId,
        String state,
        double percent,
        long remaining,
        long read,
        long skipped,
        long duplicates,
        long deadLetters,
        long taken,
        long results,
        double recordsPerSecond,
        @Nullable Long etaSeconds,
        Map<String, Long> deadLettersByReason,
        Map<String, Long> skippedByVersion,
        List<Partition> partitions) {

    /** The same of one partition. */
    record Partition(
            int partition,
            long start,
            long end,
            long next,
            double percent,
            long remaining,
            long read,
            long skipped,
            long duplicates,
            long deadLetters,
            long taken,
            long results) {}

    private static final Duration WINDOW = Duration.ofMinutes(1);

    static BatchStatus of(BatchPlan plan, BatchLedger ledger, BatchState state, Instant now) {
        Counts total = ledger.total();
        long remaining = ledger.partitions().stream()
                .mapToLong(PartitionLedger::remaining)
                .sum();
        double rate = state == BatchState.COMPLETED ? averageRate(plan, ledger) : currentRate(plan, ledger, now);
        Long eta = remaining == 0 ? (Long) 0L : rate > 0 ? (Long) Math.round(remaining / rate) : null;
        return new BatchStatus(
                plan.spec().batchId(),
                state.toString(),
                percent(remaining, plan.size()),
                remaining,
                total.read(),
                total.skipped(),
                total.duplicates(),
                total.deadLetters(),
                total.taken(),
                total.results(),
                Math.round(rate * 10) / 10.0,
                eta,
                total.deadLettersByReason(),
                total.skippedByVersion(),
                ledger.partitions().stream().map(BatchStatus::partition).toList());
    }

    private static Partition partition(PartitionLedger partition) {
        Counts counts = partition.counts();
        return new Partition(
                partition.range().partition(),
                partition.range().start(),
                partition.range().end(),
                partition.next(),
                percent(partition.remaining(), partition.range().size()),
                partition.remaining(),
                counts.read(),
                counts.skipped(),
                counts.duplicates(),
                counts.deadLetters(),
                counts.taken(),
                counts.results());
    }

    /** Rounded down, so that 100 means done. */
    private static double percent(long remaining, long size) {
        return size == 0 ? 100 : Math.floor((size - remaining) * 1000.0 / size) / 10;
    }

    private static double currentRate(BatchPlan plan, BatchLedger ledger, Instant now) {
        Instant since = now.minus(WINDOW).isAfter(plan.createdAt()) ? now.minus(WINDOW) : plan.createdAt();
        long read = ledger.commits().stream()
                .filter(commit -> commit.at().isAfter(since))
                .mapToLong(commit -> commit.line().read())
                .sum();
        return perSecond(read, since, now);
    }

    private static double averageRate(BatchPlan plan, BatchLedger ledger) {
        Instant last = ledger.lastCommit();
        return last == null ? 0 : perSecond(ledger.total().read(), plan.createdAt(), last);
    }

    private static double perSecond(long records, Instant from, Instant to) {
        long millis = Math.max(1, Duration.between(from, to).toMillis());
        return records * 1000.0 / millis;
    }
}
