package io.backprocess.rewrite;

import java.time.Duration;
import java.util.function.IntConsumer;

/**
 * The rule for how often a redrive or a repair commits, so that its finished work survives if the process is killed.
 *
 * @param records the number of records after which it commits
 * @param time the time after which a redrive commits, even with fewer records
 * @param before receives the number of commits so far, ahead of each commit
 * @param after receives the number of commits so far, after each commit
 */
record CommitPolicy(int records, Duration time, IntConsumer before, IntConsumer after) {
    static final CommitPolicy USUAL = new CommitPolicy(10_000, Duration.ofSeconds(5), count -> {}, count -> {});
}
