package io.backprocess.verify;

import io.backprocess.dedupe.SeenIds;
import io.backprocess.dedupe.SeenIds.Copy;
import io.backprocess.dedupe.SeenIds.Identity;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.Outside;
import io.backprocess.event.Reason;
import io.backprocess.event.Skipped;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.Taken;
import io.backprocess.kafka.PartitionReader;
import io.backprocess.replay.Replay;
import io.backprocess.verify.UndecidedCopies.Sign;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Proves one partition of a batch of dedupe scope {@code global}. The order of its records is free, and so is the copy of an
 * eventId that was taken. The records on the topics show which copy it was, and they must show one consistent choice.
 *
 * <p>As long as the batch is not complete, an absent record proves nothing, because the copy that was taken may not be committed
 * yet. A record that must not be there is found at any time.
 *
 * <p>There are three passes, and each covers all partitions before the next begins. {@link #load} reads the records on the
 * topics, {@link #stream} reads the source, and {@link #decide} settles what only all copies together can show.
 *
 * <p>Memory: {@link Arrivals} of all results and dead letters, and the eventIds of the batch.
 */
final class GlobalProof {
    private static final int RECORDS_A_REPORT = 5_000;

    private final Evidence evidence;
    private final int partition;
    private final Replay replay;
    private final SeenIds seen;
    private final Recount recount = new Recount();
    private final UndecidedCopies undecided = new UndecidedCopies();
    private final OutputPartition deadLetterTrack;
    private final GlobalResults results;
    private final Arrivals deadLetters = new Arrivals();
    private final SourceGaps gaps;
    private RedriveChanges redriveChanges = RedriveChanges.NOTHING;
    private RecordedDeadLetters recorded = RecordedDeadLetters.NOTHING;
    private @Nullable RevisionReplay revising;
    private long resultsThere;
    private long deadLettersThere;

    /** @param seen the eventIds of the batch, shared by all partitions */
    GlobalProof(Evidence evidence, int partition, SeenIds seen) {
        this.evidence = evidence;
        this.partition = partition;
        this.replay = evidence.replay();
        this.seen = seen;
        this.gaps = evidence.gaps(partition);
        this.results = new GlobalResults(evidence.resultPartitions(partition, gaps));
        this.deadLetterTrack = evidence.deadLetterPartition(partition, gaps);
    }

    void load() {
        recorded = evidence.recorded(partition, gaps);
        redriveChanges = evidence.redriven(partition);
        resultsThere = results.load(this::load);
        deadLettersThere = load(deadLetterTrack, deadLetters);
        revising = new RevisionReplay(evidence, replay, recorded, this::isThere);
    }

    private long load(OutputPartition outputPartition, Arrivals arrivals) {
        try (Track track = evidence.track(outputPartition)) {
            for (Track.Arrival arrival = track.next(); arrival != null; arrival = track.next()) {
                if (!evidence.hasOrigins(outputPartition.output)) {
                    arrivals.add(arrival.digest(), arrival.digest(), arrival.offset());
                } else if (outputPartition.mayRunAhead(arrival.origin())) {
                    outputPartition.countAhead();
                } else if (arrival.origin() == OutputPartition.FOREIGN) {
                    outputPartition.unexpected(arrival.offset());
                } else {
                    arrivals.add(arrival.origin(), arrival.digest(), arrival.offset());
                }
            }
            return track.taken();
        }
    }

    void stream() {
        try (PartitionReader source = evidence.source(partition)) {
            long reported = evidence.ledgerRange(partition).start();
            for (ConsumerRecord<byte[], byte[]> read = source.next(); read != null; read = source.next()) {
                SourceRecord record = SourceRecord.of(read);
                gaps.pass(record.offset());
                recount.counter.read(1, record.key() == null ? 1 : 0);
                Outcome outcome = replay.decode(record);
                boolean redriven = redriveChanges.isOf(record.offset(), outcome);
                if (outcome instanceof Event event && redriven) {
                    lookForDeadLetter(
                            event, replay.bareLetter(record), record.offset(), recorded.reasonOf(record.offset()));
                } else if (outcome instanceof Event event) {
                    look(event, record.offset());
                } else if (outcome instanceof DeadLetter letter) {
                    recount.deadLetter(redriven ? recorded.reasonOf(record.offset()) : letter.reason());
                    ProducerRecord<byte[], byte[]> expected =
                            redriven ? replay.bareLetter(record) : replay.deadLetter(letter);
                    if (meet(expected, record.offset()) == Arrivals.NONE) {
                        deadLetterTrack.missing(record.offset());
                    }
                } else if (outcome instanceof Skipped skipped) {
                    recount.counter.skip(skipped.kind());
                } else if (outcome instanceof Outside) {
                    recount.counter.leaveOut();
                }
                if (source.taken() % RECORDS_A_REPORT == 0) {
                    evidence.passed(record.offset() - reported);
                    reported = record.offset();
                }
            }
            evidence.passed(evidence.ledgerRange(partition).next() - reported);
        }
    }

    /** Finds out the outcome of an event from its records on the topics. */
    private void look(Event event, long offset) {
        if (deadLetters.has(offset)) {
            DeadLetter conflict = (DeadLetter) SeenIds.outcome(event, Copy.CONFLICTING);
            long place = deadLetters.take(offset, Content.digest(Output.DEAD_LETTERS, replay.deadLetter(conflict)));
            if (place != Arrivals.NONE) {
                undecided.add(identify(event), place, Sign.CONFLICT, 0);
                return;
            }
        }
        if (gaps.mayLack()) {
            // The copy that was taken may have been deleted, in any partition.
            gaps.uncertain(offset);
        }
        Outcome outcome = revising == null ? null : revising.revise(event, offset);
        if (outcome == null) {
            cannotTell(event, offset);
        } else if (outcome instanceof DeadLetter letter) {
            lookForDeadLetter(event, replay.deadLetter(letter), offset, letter.reason());
        } else {
            look(event, (Taken) outcome, offset);
        }
    }

    private void look(Event event, Taken taken, long offset) {
        Reason refused = evidence.tableLetters.reason(offset, taken, recorded, replay, this::isThere);
        if (refused == null) {
            lookForResults(event, replay.results(taken), offset);
        } else {
            lookForDeadLetter(event, evidence.tableLetters.required(taken, refused, replay), offset, refused);
        }
    }

    private boolean isThere(long sourceOffset, ProducerRecord<byte[], byte[]> result) {
        return results.has(evidence.hasOrigins(Output.RESULTS) ? sourceOffset : Content.digest(Output.RESULTS, result));
    }

    /** Notes an event whose outcome is not known. All of its records on the topics may be right. */
    private void cannotTell(Event event, long offset) {
        boolean there = false;
        while (results.takeAny(offset) != null || deadLetters.takeAny(offset) != Arrivals.NONE) {
            there = true;
        }
        if (there) {
            Copy unused = take(event);
        }
        recount.cannotTell();
        gaps.unasked(offset);
        evidence.cannotTell(partition, offset, evidence.asking.why());
    }

    private void lookForDeadLetter(
            Event event, ProducerRecord<byte[], byte[]> letter, long offset, @Nullable Reason reason) {
        long place = meet(letter, offset);
        if (place == Arrivals.NONE) {
            undecided.add(identify(event), offset, Sign.DEAD_LETTER_ABSENT, 0);
        } else if (take(event) == Copy.FIRST) {
            recount.deadLetter(reason);
        } else {
            recount.counter.duplicate();
            deadLetterTrack.unexpected(place, "the eventId of source offset %d was taken twice".formatted(offset));
        }
    }

    private void lookForResults(Event event, List<ProducerRecord<byte[], byte[]>> expected, long offset) {
        GlobalResults.Found first = null;
        int met = 0;
        for (ProducerRecord<byte[], byte[]> record : expected) {
            long digest = Content.digest(Output.RESULTS, record);
            GlobalResults.Found found =
                    results.take(evidence.hasOrigins(Output.RESULTS) ? offset : digest, digest, record.partition());
            if (found != null) {
                first = met == 0 ? found : first;
                met++;
            }
        }
        for (int absent = met; absent < expected.size() && evidence.hasOrigins(Output.RESULTS); absent++) {
            GlobalResults.Found altered = results.takeAny(offset);
            if (altered == null) {
                break;
            }
            altered.track().altered(altered.offset(), offset);
            first = first == null ? altered : first;
            met++;
        }
        if (first == null) {
            lookNoFurther(event, expected.size(), offset);
            return;
        }
        for (int absent = met; absent < expected.size(); absent++) {
            results.missing(offset);
        }
        if (take(event) == Copy.FIRST) {
            recount.counter.take(expected.size());
        } else {
            recount.counter.duplicate();
            first.track()
                    .unexpected(first.offset(), "the eventId of source offset %d was taken twice".formatted(offset));
        }
    }

    /** Handles an event of which no result is there. */
    private void lookNoFurther(Event event, int expected, long offset) {
        long altered = deadLetters.takeAny(offset);
        if (altered != Arrivals.NONE) {
            deadLetterTrack.altered(altered, offset);
            undecided.add(identify(event), altered, Sign.CONFLICT, 0);
        } else {
            undecided.add(identify(event), offset, expected == 0 ? Sign.NO_RESULTS : Sign.RESULTS_ABSENT, expected);
        }
    }

    /** Takes the dead letter, possibly altered. Returns its offset, or {@link Arrivals#NONE} if there is none. */
    private long meet(ProducerRecord<byte[], byte[]> letter, long offset) {
        long place = deadLetters.take(offset, Content.digest(Output.DEAD_LETTERS, letter));
        if (place == Arrivals.NONE) {
            place = deadLetters.takeAny(offset);
            if (place != Arrivals.NONE) {
                deadLetterTrack.altered(place, offset);
            }
        }
        return place;
    }

    private Identity identify(Event event) {
        synchronized (seen) {
            return seen.identify(event);
        }
    }

    private Copy take(Event event) {
        synchronized (seen) {
            return seen.take(seen.identify(event));
        }
    }

    /**
     * Decides the undecided copies with one sign. One thread must call this, for all partitions with one sign before any
     * partition with the next, in the order of {@link Sign}.
     */
    void decide(Sign sign) {
        undecided.forEach(sign, (identity, offset, expected) -> decide(sign, seen.take(identity), offset, expected));
    }

    private void decide(Sign sign, Copy copy, long offset, int expected) {
        if (sign == Sign.CONFLICT) {
            recount.deadLetter(Reason.CONFLICTING_DUPLICATE);
            if (copy != Copy.CONFLICTING && evidence.isComplete() && !gaps.areAny()) {
                deadLetterTrack.unexpected(
                        offset,
                        copy == Copy.FIRST
                                ? "no copy of its eventId was taken"
                                : "the copy that was taken has the same payload");
            }
        } else if (copy == Copy.SAME) {
            recount.counter.duplicate();
        } else if (copy == Copy.CONFLICTING || sign == Sign.DEAD_LETTER_ABSENT) {
            recount.deadLetter(copy == Copy.CONFLICTING ? Reason.CONFLICTING_DUPLICATE : null);
            deadLetterTrack.missing(offset);
        } else {
            recount.counter.take(expected);
            for (int missing = 0; missing < expected; missing++) {
                results.missing(offset);
            }
        }
    }

    /**
     * Tells whether the partition has lost records that the batch has read. The result is valid only after all records are read.
     */
    boolean lacksSource() {
        return gaps.mayLack() && (!evidence.isComplete() || evidence.claimedRead(partition) > recount.counter.read());
    }

    /** @param lacking true if the source of any partition lacks records that the batch has read */
    PartitionResult finish(boolean lacking) {
        results.forEachLeft(this::leftOver);
        deadLetters.forEachLeft((key, offset) -> leftOver(deadLetterTrack, key, offset));
        gaps.decide(lacking, evidence.findings, evidence.unknowns);
        return new PartitionResult(
                partition,
                lacking ? null : recount.figures().plus(redriveChanges.figures()),
                recount.unknown() + redriveChanges.unknown(),
                lacking ? Breakdown.UNKNOWN : recount.breakdown(redriveChanges.byReason()),
                new PartitionResult.OnTopics(
                        resultsThere - results.ahead() + redriveChanges.results(),
                        deadLettersThere - deadLetterTrack.ahead() + redriveChanges.deadLetters(),
                        true,
                        0),
                null);
    }

    /**
     * Reports a record that no source record explains. If the batch is not complete and the record states no origin, it may also
     * be one that the ledger does not count yet.
     */
    private void leftOver(OutputPartition outputPartition, long key, long offset) {
        boolean hasOrigins = evidence.hasOrigins(outputPartition.output);
        if (outputPartition.isIncomplete() && !hasOrigins) {
            outputPartition.countAhead();
        } else if (hasOrigins) {
            outputPartition.surplus(offset, key);
        } else {
            outputPartition.surplus(offset);
        }
    }
}
