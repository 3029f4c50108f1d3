package io.backprocess.preview;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.Counts;
import io.backprocess.batch.OutcomeCounter;
import io.backprocess.dedupe.SeenIds;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Event;
import io.backprocess.event.Origin;
import io.backprocess.event.Outcome;
import io.backprocess.event.Outside;
import io.backprocess.event.Reason;
import io.backprocess.event.Skipped;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.Taken;
import io.backprocess.preview.Preview.SampleCounts;
import io.backprocess.preview.Preview.Throughput;
import io.backprocess.replay.Replay;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The steps of the batch, one record after the other, and what becomes of each: counted, sorted, and thrown away. */
final class DryRun {
    /** Each was tried several times, with a pause between: a dependency that is down would take hours. */
    private static final int MOST_EXHAUSTED = 20;

    private static final int MOST_EXHAUSTED_IN_A_ROW = 3;

    private static final int MAX_VERSIONS = 10_000;

    private final String sourceTopic;
    private final Replay replay;
    private final long seed;
    /** Records after which the revision is measured: it is slow until it is compiled. */
    private final long warmUp;

    private final ResultChanges changes;
    private final DeadKinds deadLetters;
    private final OutcomeCounter counter = new OutcomeCounter(MAX_VERSIONS);
    private SeenIds seen;
    /** Of all partitions, where the batch looks for copies within one. */
    private final SeenIds everywhere;

    private long copiesElsewhere;
    /** That came to the revision. */
    private long events;

    private long exhausted;
    private long exhaustedInARow;
    private @Nullable String lastExhausted;
    private long measured;
    private long nanos;
    private long warmingNanos;

    DryRun(String sourceTopic, Replay replay, long seed, long warmUp, int examples) {
        this.sourceTopic = sourceTopic;
        this.replay = replay;
        this.seed = seed;
        this.warmUp = warmUp;
        this.changes = new ResultChanges(examples);
        this.deadLetters = new DeadKinds(examples);
        this.seen = new SeenIds(seed);
        this.everywhere = new SeenIds(seed);
    }

    /** Copies are looked for within a partition, as the batch does. */
    void beginPartition() {
        seen = new SeenIds(seed);
    }

    Outcome look(SourceRecord record) {
        counter.read(1, 0);
        Outcome outcome = replay.decode(record);
        if (outcome instanceof Event event) {
            outcome = SeenIds.outcome(event, seen.take(seen.identify(event)));
            if (outcome == event && everywhere.take(everywhere.identify(event)) != SeenIds.Copy.FIRST) {
                copiesElsewhere++;
            }
        }
        if (outcome instanceof Event event) {
            outcome = revise(event);
        }
        count(record, outcome);
        return outcome;
    }

    private Outcome revise(Event event) {
        events++;
        long begin = System.nanoTime();
        Outcome outcome = replay.revise(event);
        long took = System.nanoTime() - begin;
        if (counter.read() > warmUp) {
            measured++;
            nanos += took;
        } else {
            warmingNanos += took;
        }
        return outcome;
    }

    private void count(SourceRecord record, Outcome outcome) {
        if (outcome instanceof Taken revised) {
            counter.take(revised.results().size());
            exhaustedInARow = 0;
            changes.add(origin(record), revised);
        } else if (outcome instanceof DeadLetter letter) {
            counter.deadLetter(letter.reason());
            deadLetters.add(origin(record), letter);
            refuseToWait(letter);
        } else if (outcome instanceof Outside) {
            counter.leaveOut();
        } else if (outcome instanceof Skipped other) {
            counter.skip(other.version());
        } else {
            counter.duplicate();
        }
    }

    /**
     * A few events of which none was answered: that is no preview of anything.
     *
     * @throws BatchException when the service that the revision asks has answered nothing
     */
    void finish() {
        if (replay.asks() && exhausted > 0 && exhausted == events) {
            throw BatchException.failed(
                    "the service that the revision asks has answered nothing: each of %d events was asked about several times, the last time with: %s. Try again when it is up"
                            .formatted(exhausted, lastExhausted));
        }
    }

    private void refuseToWait(DeadLetter letter) {
        if (letter.reason() != Reason.RETRIES_EXHAUSTED) {
            return;
        }
        exhausted++;
        exhaustedInARow++;
        lastExhausted = letter.message();
        if (exhausted >= MOST_EXHAUSTED || exhaustedInARow >= MOST_EXHAUSTED_IN_A_ROW) {
            throw BatchException.failed(
                    "%d of the first %d records failed for a reason that should pass and did not, each %d times, the last with: %s"
                            .formatted(exhausted, counter.read(), letter.attempts(), letter.message()));
        }
    }

    String origin(SourceRecord record) {
        return new Origin(sourceTopic, record.partition(), record.offset()).toString();
    }

    SampleCounts counts() {
        Counts counts = counter.counts();
        return new SampleCounts(
                counts.read(),
                counts.taken(),
                counts.skipped(),
                counts.duplicates(),
                counts.deadLetters(),
                changes.changed(),
                changes.unchanged(),
                changes.split(),
                changes.withoutResult(),
                changes.results(),
                counts.outside(),
                copiesElsewhere);
    }

    /** Where all that was taken came early, its time is better than none. */
    Throughput throughput() {
        return measured > 0
                ? Throughput.of(measured, nanos)
                : Throughput.of(counter.counts().taken(), warmingNanos);
    }

    ResultChanges changes() {
        return changes;
    }

    DeadKinds deadLetters() {
        return deadLetters;
    }

    SortedMap<String, Long> skippedByVersion() {
        return new TreeMap<>(counter.counts().skippedByVersion());
    }
}
