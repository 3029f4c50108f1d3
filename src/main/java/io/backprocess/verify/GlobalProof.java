package io.backprocess.verify;

import io.backprocess.dedupe.SeenIds;
import io.backprocess.dedupe.SeenIds.Copy;
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
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayDeque;
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
 * <p>The proof first reads the records on the topics into indexes, and then the source. It claims each copy of an event with what
 * the records show. Who gets the claims finds out which copies were taken, and settles them in the {@link Settlement}.
 *
 * <p>It is done in steps. After each step another object can go on with what {@link #write} has written, and with the same indexes.
 */
final class GlobalProof implements AutoCloseable {
    private static final int RECORDS_A_REPORT = 5_000;

    private final Evidence evidence;
    private final int partition;
    private final Replay replay;
    /** It only hashes events. */
    private final SeenIds hashes;

    private final Settlement settlement;
    private final GlobalResults results;
    private final ArrivalIndex deadLetters;
    private final Claims claims;
    private final RecordedDeadLetters recorded;
    private final RevisionReplay revising;
    private final PartitionReader source;
    /** The partitions of topics whose records are not indexed yet. */
    private final ArrayDeque<OutputPartition> unread = new ArrayDeque<>();

    /** The records of the first of them; null before its first record. */
    private @Nullable Track track;

    private long reported;

    /** Gets the claims of a proof. */
    interface Claims {
        void claim(CopyClaim claim, Settlement settlement);
    }

    /** Opens the index of a partition of a topic. */
    interface Indexes {
        ArrivalIndex open(Output output, int partition);
    }

    private GlobalProof(Evidence evidence, int partition, Indexes indexes, Claims claims) {
        this.evidence = evidence;
        this.partition = partition;
        this.replay = evidence.replay();
        this.hashes = new SeenIds(evidence.seed());
        this.settlement = new Settlement(evidence, partition);
        this.results = new GlobalResults(settlement.results, each -> indexes.open(Output.RESULTS, each));
        this.deadLetters = indexes.open(Output.DEAD_LETTERS, partition);
        this.claims = claims;
        this.recorded = evidence.recorded(partition, settlement.gaps);
        this.revising = new RevisionReplay(evidence, replay, recorded, this::isThere);
        this.source = evidence.source(partition);
        this.reported = evidence.ledgerRange(partition).start();
        unread.addAll(settlement.results);
        unread.add(settlement.deadLetters);
    }

    /**
     * Begins the proof, and proves what redrives have done.
     *
     * @param indexes opens empty indexes
     * @param claims gets the claims
     */
    static GlobalProof begin(Evidence evidence, int partition, Indexes indexes, Claims claims) {
        GlobalProof proof = new GlobalProof(evidence, partition, indexes, claims);
        proof.settlement.redriven(evidence.redriven(partition));
        return proof;
    }

    /**
     * Goes on where another proof of the same evidence was.
     *
     * @param indexes opens the indexes of the other proof
     * @param in what {@link #write} has written
     */
    static GlobalProof resume(Evidence evidence, int partition, Indexes indexes, Claims claims, DataInput in)
            throws IOException {
        StateBytes.expectFormat(in);
        GlobalProof proof = new GlobalProof(evidence, partition, indexes, claims);
        proof.settlement.resume(in);
        proof.reported = in.readLong();
        proof.source.resume(in.readLong(), in.readLong());
        for (int left = in.readInt(); proof.unread.size() > left; ) {
            proof.unread.remove();
        }
        if (in.readBoolean()) {
            proof.track = evidence.track(proof.unread.element());
            proof.track.resume(in.readLong(), in.readLong());
        }
        return proof;
    }

    /** Writes the proof as it is after the steps so far. */
    void write(DataOutput out) throws IOException {
        out.writeInt(StateBytes.FORMAT);
        settlement.write(out);
        out.writeLong(reported);
        out.writeLong(source.position());
        out.writeLong(source.taken());
        out.writeInt(unread.size());
        out.writeBoolean(track != null);
        if (track != null) {
            out.writeLong(track.position());
            out.writeLong(track.taken());
        }
    }

    Settlement settlement() {
        return settlement;
    }

    /** Returns the number of source records that are claimed. */
    long taken() {
        return source.taken();
    }

    /** Returns the number of source offsets that are done. */
    long passed() {
        return source.position() - evidence.ledgerRange(partition).start();
    }

    /** Reads up to that number of records, and returns false when all are claimed. */
    boolean advance(int records) {
        if (!unread.isEmpty()) {
            index(records);
            return true;
        }
        for (int taken = 0; taken < records; taken++) {
            ConsumerRecord<byte[], byte[]> record = source.next();
            if (record == null) {
                evidence.passed(evidence.ledgerRange(partition).next() - reported);
                results.forEachLeft(this::leftOver);
                deadLetters.forEachLeft((key, offset) -> leftOver(settlement.deadLetters, key, offset));
                return false;
            }
            claim(SourceRecord.of(record));
            if (source.taken() % RECORDS_A_REPORT == 0) {
                evidence.passed(record.offset() - reported);
                reported = record.offset();
            }
        }
        return true;
    }

    private void index(int records) {
        OutputPartition outputPartition = unread.element();
        ArrivalIndex index = outputPartition.output == Output.RESULTS ? results.index(outputPartition) : deadLetters;
        track = track == null ? evidence.track(outputPartition) : track;
        for (int taken = 0; taken < records; taken++) {
            Track.Arrival arrival = track.next();
            if (arrival == null) {
                settlement.there(outputPartition.output, track.taken());
                track.close();
                track = null;
                unread.remove();
                return;
            }
            add(arrival, outputPartition, index);
        }
    }

    private void add(Track.Arrival arrival, OutputPartition outputPartition, ArrivalIndex index) {
        if (!evidence.hasOrigins(outputPartition.output)) {
            index.add(arrival.digest(), arrival.digest(), arrival.offset());
        } else if (outputPartition.mayRunAhead(arrival.origin())) {
            outputPartition.countAhead();
        } else if (arrival.origin() == OutputPartition.FOREIGN) {
            outputPartition.unexpected(arrival.offset());
        } else {
            index.add(arrival.origin(), arrival.digest(), arrival.offset());
        }
    }

    private void claim(SourceRecord record) {
        Recount recount = settlement.recount;
        settlement.gaps.pass(record.offset());
        recount.counter.read(1, record.key() == null ? 1 : 0);
        Outcome outcome = replay.decode(record);
        boolean redriven = settlement.redriven().isOf(record.offset(), outcome);
        if (outcome instanceof Event event && redriven) {
            lookForDeadLetter(event, replay.bareLetter(record), record.offset(), recorded.reasonOf(record.offset()));
        } else if (outcome instanceof Event event) {
            look(event, record.offset());
        } else if (outcome instanceof DeadLetter letter) {
            recount.deadLetter(redriven ? recorded.reasonOf(record.offset()) : letter.reason());
            ProducerRecord<byte[], byte[]> expected = redriven ? replay.bareLetter(record) : replay.deadLetter(letter);
            if (meet(expected, record.offset()) == ArrivalIndex.NONE) {
                settlement.deadLetters.missing(record.offset());
            }
        } else if (outcome instanceof Skipped skipped) {
            recount.counter.skip(skipped.kind());
        } else if (outcome instanceof Outside) {
            recount.counter.leaveOut();
        }
    }

    private void claim(CopySign sign, Event event, long offset, long place, int resultPartition, int made) {
        claims.claim(
                new CopyClaim(sign, hashes.identify(event), partition, offset, place, resultPartition, made, null),
                settlement);
    }

    /** Finds out the outcome of an event from its records on the topics. */
    private void look(Event event, long offset) {
        if (deadLetters.has(offset)) {
            DeadLetter conflict = (DeadLetter) SeenIds.outcome(event, Copy.CONFLICTING);
            long place = deadLetters.take(offset, Content.digest(Output.DEAD_LETTERS, replay.deadLetter(conflict)));
            if (place != ArrivalIndex.NONE) {
                claim(CopySign.CONFLICT, event, offset, place, 0, 0);
                return;
            }
        }
        if (settlement.gaps.mayLack()) {
            // The copy that was taken may have been deleted, in any partition.
            settlement.gaps.uncertain(offset);
        }
        Outcome outcome = revising.revise(event, offset);
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
        while (results.takeAny(offset) != null || deadLetters.takeAny(offset) != ArrivalIndex.NONE) {
            there = true;
        }
        if (there) {
            claim(CopySign.RECORDS_THERE, event, offset, 0, 0, 0);
        }
        settlement.recount.cannotTell();
        settlement.gaps.unasked(offset);
        evidence.cannotTell(partition, offset, evidence.asking.why());
    }

    private void lookForDeadLetter(
            Event event, ProducerRecord<byte[], byte[]> letter, long offset, @Nullable Reason reason) {
        long place = meet(letter, offset);
        if (place == ArrivalIndex.NONE) {
            claim(CopySign.DEAD_LETTER_ABSENT, event, offset, 0, 0, 0);
        } else {
            claims.claim(
                    new CopyClaim(
                            CopySign.DEAD_LETTER_THERE, hashes.identify(event), partition, offset, place, 0, 0, reason),
                    settlement);
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
            settlement.missingResult(offset);
        }
        int resultPartition = first.track().span.partition().partition();
        claim(CopySign.RESULTS_THERE, event, offset, first.offset(), resultPartition, expected.size());
    }

    /** Handles an event of which no result is there. */
    private void lookNoFurther(Event event, int expected, long offset) {
        long altered = deadLetters.takeAny(offset);
        if (altered != ArrivalIndex.NONE) {
            settlement.deadLetters.altered(altered, offset);
            claim(CopySign.CONFLICT, event, offset, altered, 0, 0);
        } else {
            claim(expected == 0 ? CopySign.NO_RESULTS : CopySign.RESULTS_ABSENT, event, offset, 0, 0, expected);
        }
    }

    /** Takes the dead letter, possibly altered. Returns its offset, or {@link ArrivalIndex#NONE} if there is none. */
    private long meet(ProducerRecord<byte[], byte[]> letter, long offset) {
        long place = deadLetters.take(offset, Content.digest(Output.DEAD_LETTERS, letter));
        if (place == ArrivalIndex.NONE) {
            place = deadLetters.takeAny(offset);
            if (place != ArrivalIndex.NONE) {
                settlement.deadLetters.altered(place, offset);
            }
        }
        return place;
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

    @Override
    public void close() {
        try (source) {
            if (track != null) {
                track.close();
            }
        }
    }
}
