package io.backprocess.preview;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.Counts;
import io.backprocess.batch.OutcomeCounter;
import io.backprocess.decode.Decoder;
import io.backprocess.dedupe.SeenIds;
import io.backprocess.envelope.Envelope;
import io.backprocess.envelope.SampleLook;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Event;
import io.backprocess.event.Origin;
import io.backprocess.event.Outcome;
import io.backprocess.event.Outside;
import io.backprocess.event.Reason;
import io.backprocess.event.Skipped;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.Taken;
import io.backprocess.preview.Preview.EnvelopeLook;
import io.backprocess.preview.Preview.SampleCounts;
import io.backprocess.preview.Preview.Throughput;
import io.backprocess.replay.Replay;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts records through the steps of the batch, one after the other. It counts and sorts their outcomes and discards the results.
 */
final class DryRun {
    /**
     * The limit of events whose attempts are exhausted. Each was tried several times with pauses, so a dependency that is down
     * would otherwise take hours.
     */
    private static final int MOST_EXHAUSTED = 20;

    private static final int MOST_EXHAUSTED_IN_A_ROW = 3;

    private static final int MAX_VERSIONS = 10_000;

    private final String sourceTopic;
    private final Replay replay;
    private final long seed;
    /** The number of records after which the revision is measured. It is slow until it is compiled. */
    private final long warmUp;

    private final ResultChanges changes;
    private final DeadKinds deadLetters;
    private final Envelope envelope;
    private final SampleLook sampleLook;
    private final OutcomeCounter counter = new OutcomeCounter(MAX_VERSIONS);
    private SeenIds seen;
    /** The eventIds of all partitions together; {@code seen} has those of one partition, as in the batch. */
    private final SeenIds everywhere;

    private long copiesElsewhere;
    /** The number of events that reached the revision. */
    private long events;

    private long exhausted;
    private long exhaustedInARow;
    private @Nullable String lastExhausted;
    private long measured;
    private long nanos;
    private long warmingNanos;

    /**
     * @param envelope where records keep the parts of an envelope, and how they are read
     * @param warmUp the number of records after which the revision is measured
     */
    DryRun(BatchPlan plan, Envelope envelope, Replay replay, long warmUp, int examples) {
        long seed = plan.seed();
        this.envelope = envelope;
        this.sampleLook = new SampleLook(envelope);
        this.sourceTopic = plan.spec().sourceTopic();
        this.replay = replay;
        this.seed = seed;
        this.warmUp = warmUp;
        this.changes = new ResultChanges(envelope.mapping(), examples);
        this.deadLetters = new DeadKinds(envelope.mapping().values(), examples);
        this.seen = new SeenIds(seed);
        this.everywhere = new SeenIds(seed);
    }

    /** Begins a partition. Copies are found within one partition, as in the batch. */
    void beginPartition() {
        seen = new SeenIds(seed);
    }

    Outcome look(SourceRecord record) {
        counter.read(1, 0);
        Outcome outcome = replay.decode(record);
        // A letter with an eventId was an event, which the condition 'select' could not decide.
        if (outcome instanceof DeadLetter letter && letter.stage().equals(Decoder.STAGE) && letter.eventId() == null) {
            sampleLook.addDead(record, letter.message());
        } else {
            sampleLook.add(null);
        }
        if (outcome instanceof Event event) {
            SeenIds.Identity identity = seen.identify(event);
            outcome = SeenIds.outcome(event, seen.take(identity));
            if (outcome == event && everywhere.take(identity) != SeenIds.Copy.FIRST) {
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
            counter.skip(other.kind());
        } else {
            counter.duplicate();
        }
    }

    /**
     * Checks that the sample says something about the batch. A sample in which no event was answered does not.
     *
     * @throws BatchException when the service that the revision asks has not answered any request
     */
    void finish() {
        if (replay.asks() && exhausted > 0 && exhausted == events) {
            throw BatchException.failed(
                    ("the service that the revision asks has not answered any request: each of %d events was tried"
                                    + " several times, the last failure: %s. Try again when the service is up")
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
                    ("%d of the first %d records failed for a temporary reason that did not pass, each %d times, the"
                                    + " last with: %s. Try again when the reason has passed")
                            .formatted(exhausted, counter.read(), letter.attempts(), letter.message()));
        }
    }

    EnvelopeLook envelope() {
        return EnvelopeLook.of(envelope.mapping(), sampleLook.isWorthALook() ? sampleLook.unreadable() : null);
    }

    String origin(SourceRecord record) {
        return new Origin(sourceTopic, record.partition(), record.offset()).toString();
    }

    SampleCounts counts() {
        Counts counts = counter.counts();
        return new SampleCounts(
                new Preview.Fates(
                        counts.read(), counts.taken(), counts.skipped(), counts.duplicates(), counts.deadLetters()),
                new Preview.RevisionEffects(
                        changes.changed(),
                        changes.unchanged(),
                        changes.split(),
                        changes.withoutResult(),
                        changes.results()),
                counts.outside(),
                copiesElsewhere);
    }

    /**
     * Returns the measured speed. Where no event came after the warm-up, it uses the time during the warm-up, which is better
     * than none.
     */
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
