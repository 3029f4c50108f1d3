package io.backprocess.rewrite;

import java.time.Duration;
import java.util.function.IntConsumer;

/**
 * How often a redrive or a repair commits, so that what it has done survives its end.
 *
 * @param records after so many
 * @param time or after so long, in a redrive
 * @param before is told ahead of each commit how many there were
 * @param after is told behind each commit how many there are
 */
record Commits(int records, Duration time, IntConsumer before, IntConsumer after) {
    static final Commits USUAL = new Commits(10_000, Duration.ofSeconds(5), count -> {}, count -> {});
}
