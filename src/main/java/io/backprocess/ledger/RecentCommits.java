package io.backprocess.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts the records read recently: by time over the last minute, and by checkpoint over the last {@value #CHECKPOINTS}. */
final class RecentCommits {
    /** The number of checkpoints that are kept, one more than the number of rates between them. */
    static final int CHECKPOINTS = 21;

    static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int MOST_TIMES = 10_000;

    /** The number of records read, by the millisecond of their lines. */
    private final TreeMap<Long, Long> byTime = new TreeMap<>();

    private final TreeMap<Long, CheckpointRead> byCheckpoint = new TreeMap<>();

    void add(BatchLedger.Commit commit) {
        add(commit.at(), commit.line().outcomes().read());
        if (commit.isOfTheJob() && commit.line().checkpoint() >= 0) {
            add(new CheckpointRead(
                    commit.line().checkpoint(),
                    commit.at(),
                    commit.line().outcomes().read()));
        }
    }

    void add(Instant at, long read) {
        byTime.merge(at.toEpochMilli(), read, Long::sum);
        long oldest = byTime.lastKey() - WINDOW.toMillis();
        while (byTime.firstKey() < oldest || byTime.size() > MOST_TIMES) {
            byTime.pollFirstEntry();
        }
    }

    void add(CheckpointRead part) {
        byCheckpoint.merge(part.checkpoint(), part, CheckpointRead::plus);
        if (byCheckpoint.size() > CHECKPOINTS) {
            byCheckpoint.pollFirstEntry();
        }
    }

    /** Returns the number of records in lines written after this time, which must be at most {@link #WINDOW} ago. */
    long readSince(Instant since) {
        return byTime.tailMap(since.toEpochMilli(), false).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    Map<Long, Long> byTime() {
        return byTime;
    }

    /** Returns the newest checkpoints, oldest first. */
    List<CheckpointRead> checkpoints() {
        return new ArrayList<>(byCheckpoint.values());
    }
}
