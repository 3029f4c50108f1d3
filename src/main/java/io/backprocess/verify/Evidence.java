package io.backprocess.verify;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.batch.SizeLimits;
import io.backprocess.deadletter.StoredDeadLetter;
import io.backprocess.decode.LegacyContextJoin;
import io.backprocess.dedupe.SeenIds.Identity;
import io.backprocess.event.Reason;
import io.backprocess.kafka.PartitionRange;
import io.backprocess.kafka.PartitionReader;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.Offsets;
import io.backprocess.ledger.Redriven;
import io.backprocess.replay.BareLetter;
import io.backprocess.replay.Replay;
import io.backprocess.replay.Source;
import io.backprocess.upsert.UpsertResults;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** What there is to look at: how far the ledger goes, and from where to where each topic is to be read. */
public final class Evidence {
    private final BatchPlan plan;
    private final Properties kafka;
    private final ClassLoader revisions;
    private final SizeLimits sizes;
    private final @Nullable LegacyContextJoin rescue;
    private final boolean complete;
    private final Map<Integer, LedgerRange> extents;
    private final Map<Output, Map<Integer, PartitionRange>> outputs;
    private final BatchLedger ledger;
    private final RedriveLines redrives;
    private final Map<Integer, LossFinder> lost;
    private final Source source;
    private final @Nullable AcrossPartitions across;
    private final LongConsumer progress;
    private final AtomicLong passed = new AtomicLong();
    final Findings findings;
    final Unknowns unknowns;
    public final AskingReplay asking = new AskingReplay();

    Evidence(
            BatchPlan plan,
            Properties kafka,
            ClassLoader revisions,
            SizeLimits sizes,
            @Nullable LegacyContextJoin rescue,
            BatchLedger ledger,
            RedriveLines redrives,
            Map<Integer, LedgerRange> extents,
            Map<Output, Map<Integer, PartitionRange>> outputs,
            Map<Integer, LossFinder> lost,
            Source source,
            @Nullable AcrossPartitions across,
            Findings findings,
            Unknowns unknowns,
            LongConsumer progress) {
        this.plan = plan;
        this.kafka = kafka;
        this.revisions = revisions;
        this.sizes = sizes;
        this.rescue = rescue;
        this.complete = ledger.isComplete();
        this.ledger = ledger;
        this.redrives = redrives;
        this.extents = extents;
        this.outputs = outputs;
        this.lost = lost;
        this.source = source;
        this.across = across;
        this.findings = findings;
        this.unknowns = unknowns;
        this.progress = progress;
    }

    /** Those of the plan, and more where a topic has more. */
    List<Integer> partitions() {
        return List.copyOf(extents.keySet());
    }

    LedgerRange extent(int partition) {
        return extents.getOrDefault(partition, LedgerRange.none(partition));
    }

    /** Whether the batch has committed its whole range. */
    boolean isComplete() {
        return complete;
    }

    long seed() {
        return plan.seed();
    }

    boolean hasOrigins(Output output) {
        return output == Output.DEAD_LETTERS || plan.spec().resultHeaders() != ResultHeaders.NONE;
    }

    public Replay replay() {
        return new Replay(plan, sizes, revisions, rescue);
    }

    /** As if the result topic took so much. */
    public Replay replay(int maxResultBytes) {
        return new Replay(plan, new SizeLimits(maxResultBytes, sizes.deadLetter()), revisions, rescue);
    }

    /** With what a redrive had. */
    public Replay replay(Redriven redriven) {
        SizeLimits limits = redriven.maxResultBytes() == null ? sizes : SizeLimits.ofResults(redriven.maxResultBytes());
        return new Replay(plan, redriven.revisions(), redriven.options(), limits, revisions, rescue);
    }

    /** What is left of what the batch has committed of the partition. */
    PartitionReader source(int partition) {
        LedgerRange extent = extent(partition);
        TopicPartition topic = new TopicPartition(plan.spec().sourceTopic(), partition);
        long from = Math.min(source.beginning(partition, extent.start()), extent.next());
        return new PartitionReader(new PartitionRange(topic, from, extent.next()), kafka);
    }

    SourceGaps doubts(int partition) {
        LedgerRange extent = extent(partition);
        return new SourceGaps(
                plan.spec().sourceTopic(), extent, source.beginning(partition, extent.start()), source.isCompacted());
    }

    /** The first event of its eventId in the partition. */
    void first(Identity identity, int partition, long sourceOffset) {
        if (across != null) {
            across.taken(identity, partition, sourceOffset);
        }
    }

    void cannotTell(int partition, long sourceOffset, String why) {
        unknowns.add(plan.spec().sourceTopic(), partition, sourceOffset, why);
    }

    /** How many records of the partition the batch says that it has read. */
    long claimedRead(int partition) {
        return ledger.partition(partition).counts().read();
    }

    OutputPartition track(Output output, int partition) {
        return track(output, partition, SourceGaps.none(extent(partition)));
    }

    OutputPartition track(Output output, int partition, SourceGaps doubts) {
        String topic = output == Output.RESULTS
                ? plan.spec().resultTopic()
                : plan.spec().deadLetterTopic();
        PartitionRange nothing = new PartitionRange(new TopicPartition(topic, partition), 0, 0);
        PartitionRange stretch = outputs.getOrDefault(output, Map.of()).getOrDefault(partition, nothing);
        return new OutputPartition(
                output, stretch, plan.spec().sourceTopic(), extent(partition), findings, unknowns, doubts);
    }

    private PartitionReader read(OutputPartition track, Offsets repaired) {
        Redriven redriven = ledger.redriven(track.partition());
        if (redriven.deadLetters().isEmpty()
                && repaired.isEmpty()
                && plan.spec().upsert() == null) {
            return new PartitionReader(track.stretch, kafka);
        }
        PartitionReader.View view = view(track.output, redriven);
        return new PartitionReader(
                track.stretch, kafka, record -> repaired.contains(record.offset()) ? null : view.see(record));
    }

    /** What the batch's job has written; of what redrives have written the {@link RedriveProof} knows. */
    PartitionReader read(OutputPartition track) {
        return read(track, repairs(track.partition()).places(track.output));
    }

    /** What repairs have written. */
    private PartitionReader readRepaired(OutputPartition track, Offsets repaired) {
        PartitionReader.View view = view(track.output, ledger.redriven(track.partition()));
        long from = repaired.isEmpty() ? track.stretch.from() : Math.max(track.stretch.from(), repaired.first());
        long to = repaired.isEmpty() ? from : Math.max(from, Math.min(track.stretch.to(), repaired.last() + 1));
        return new PartitionReader(
                new PartitionRange(track.stretch.partition(), from, to),
                kafka,
                record -> repaired.contains(record.offset()) ? view.see(record) : null);
    }

    private PartitionReader.View view(Output output, Redriven redriven) {
        return output == Output.RESULTS
                ? record -> redriven.results().contains(record.offset()) ? null : record
                : record -> redriven.failed().contains(record.offset())
                        ? null
                        : redriven.deadLetters().contains(record.offset()) || isRefused(record)
                                ? BareLetter.of(record)
                                : record;
    }

    private Repairs repairs(int partition) {
        return Repairs.of(ledger, partition);
    }

    /** What the partition lacks, as far as the ledger and the dead letters that are there say it. */
    LossFinder lost(int partition) {
        LossFinder asked = lost.getOrDefault(partition, LossFinder.notLookedFor(partition));
        if (asked.isLookedFor()) {
            OutputPartition track = track(Output.DEAD_LETTERS, partition);
            Offsets redriven = ledger.redriven(partition).failed();
            try (PartitionReader letters = new PartitionReader(track.stretch, kafka)) {
                for (ConsumerRecord<byte[], byte[]> letter = letters.next(); letter != null; letter = letters.next()) {
                    long origin = track.origin(letter);
                    if (origin != OutputPartition.FOREIGN && !redriven.contains(letter.offset())) {
                        asked.deadLetterIsThere(
                                origin,
                                StoredDeadLetter.read(letter)
                                        .map(StoredDeadLetter::reason)
                                        .orElse(null));
                    }
                }
            }
        }
        return asked;
    }

    /** What its dead letters say that cannot be recounted; read only where there may be such. */
    RecordedDeadLetters said(int partition, SourceGaps doubts) {
        Redriven redriven = ledger.redriven(partition);
        Set<String> reasons =
                ledger.partition(partition).counts().deadLettersByReason().keySet();
        boolean worthALook = plan.spec().upsert() != null
                || doubts.mayLack()
                || !redriven.deadLetters().isEmpty()
                || reasons.contains(Reason.RETRIES_EXHAUSTED.toString())
                || reasons.contains(Reason.TOO_LARGE.toString());
        if (!worthALook) {
            return RecordedDeadLetters.NOTHING;
        }
        OutputPartition track = track(Output.DEAD_LETTERS, partition);
        try (PartitionReader letters = new PartitionReader(track.stretch, kafka)) {
            return RecordedDeadLetters.read(
                    letters, track, redriven, plan.spec().upsert() != null);
        }
    }

    boolean isRefused(ConsumerRecord<byte[], byte[]> letter) {
        return plan.spec().upsert() != null && Output.isOfStage(letter.headers(), UpsertResults.STAGE);
    }

    /** What is there now, whoever has written it: all results, and the dead letters that have not been redriven. */
    PartitionReader readNow(OutputPartition track) {
        Redriven redriven = ledger.redriven(track.partition());
        return new PartitionReader(
                track.stretch,
                kafka,
                record -> track.output == Output.DEAD_LETTERS
                                && redriven.deadLetters().contains(record.offset())
                        ? null
                        : record);
    }

    /** The redrives' part of the ledger for one partition, line by line. */
    List<BatchLedger.Commit> redrives(int partition) {
        return redrives.of(partition);
    }

    /** Those of dead letters by reference. */
    Originals originals() {
        return new Originals(kafka);
    }

    Consumer<byte[], byte[]> consumer() {
        return PartitionReader.consumer(kafka);
    }

    Matcher lane(OutputPartition track) {
        Repairs repairs = repairs(track.partition());
        Offsets places = repairs.places(track.output);
        Matcher rest = lane(track, read(track, places));
        if (repairs.isEmpty()) {
            return rest;
        }
        OutputPartition apart = track.again();
        return new SplitMatcher(
                rest,
                lane(apart, readRepaired(apart, places)),
                sourceOffset -> repairs.haveWritten(track.output, sourceOffset));
    }

    private Matcher lane(OutputPartition track, PartitionReader reader) {
        return hasOrigins(track.output) ? new OriginMatcher(track, reader) : new ContentMatcher(track, reader);
    }

    /** So many more source offsets are done. */
    void passed(long offsets) {
        progress.accept(passed.addAndGet(offsets));
    }
}
