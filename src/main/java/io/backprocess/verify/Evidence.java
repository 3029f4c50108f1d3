package io.backprocess.verify;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.batch.Sha256;
import io.backprocess.batch.SizeLimits;
import io.backprocess.deadletter.StoredDeadLetter;
import io.backprocess.decode.LegacyContextJoin;
import io.backprocess.dedupe.SeenIds.Identity;
import io.backprocess.event.Reason;
import io.backprocess.event.ValueFormat;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.kafka.PartitionRange;
import io.backprocess.kafka.PartitionReader;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.Offsets;
import io.backprocess.ledger.Redriven;
import io.backprocess.replay.Replay;
import io.backprocess.replay.Source;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The input of a recount: how far the ledger goes, and the offset range of each topic partition to read. */
public final class Evidence {
    private final Recipe recipe;
    private final BatchPlan plan;
    private final KafkaClients kafka;
    private final boolean complete;
    private final Map<Integer, LedgerRange> ranges;
    private final Map<Output, Map<Integer, PartitionRange>> outputs;
    private final BatchLedger ledger;
    private final Claims claims;
    private final RecountedTopics topics;
    private final Map<Integer, LossFinder> lost;
    private final Source source;
    private final @Nullable PlacedResults placed;
    private final @Nullable TakenEvents across;
    private final Tracks tracks;
    final TableLetters tableLetters;
    private final LongConsumer progress;
    private final AtomicLong passed = new AtomicLong();
    final Findings findings;
    final Unknowns unknowns;
    public final AskingReplay asking = new AskingReplay();

    /** The parts of which a replay of the batch is made. */
    record Recipe(
            BatchPlan plan,
            ClassLoader revisions,
            SizeLimits sizes,
            Values values,
            @Nullable LegacyContextJoin legacyJoin) {
        Replay replay() {
            return new Replay(plan, sizes, values.batch, revisions, legacyJoin);
        }
    }

    /**
     * The readers of values that are not plain JSON; both are null where they are.
     *
     * @param batch reads them as the batch did
     * @param redriven reads them as its redrives did
     */
    record Values(@Nullable ValueFormat batch, @Nullable ValueFormat redriven) {}

    /**
     * The statements of the ledger.
     *
     * @param redriven what redrives have done, by partition, as far as it is proven already
     * @param lost finds the records that were lost in each partition; empty if losses are not searched for
     */
    record Claims(
            BatchLedger ledger,
            RedriveLines redrives,
            Map<Integer, RedriveChanges> redriven,
            Map<Integer, LedgerRange> ranges,
            Map<Integer, LossFinder> lost) {}

    /**
     * The source and the batch's topics in Kafka.
     *
     * @param ids the ids of the topics
     * @param placed the results by the partition of their source, filled by {@link #sortResults}; null if results keep the
     *     partition of their source
     */
    record RecountedTopics(
            KafkaClients kafka,
            String ids,
            Source source,
            Map<Output, Map<Integer, PartitionRange>> outputs,
            @Nullable PlacedResults placed) {}

    /**
     * The collections that the recount fills while it runs.
     *
     * @param across gets the events that were taken, to search for copies in other partitions; null if that was not requested
     */
    record Found(
            Findings findings, Unknowns unknowns, @Nullable TakenEvents across) {}

    Evidence(Recipe recipe, Claims claims, RecountedTopics topics, Found found, LongConsumer progress) {
        this.recipe = recipe;
        this.plan = recipe.plan;
        this.complete = claims.ledger.isComplete();
        this.ledger = claims.ledger;
        this.claims = claims;
        this.topics = topics;
        this.ranges = claims.ranges;
        this.lost = claims.lost;
        this.kafka = topics.kafka;
        this.source = topics.source;
        this.outputs = topics.outputs;
        this.placed = topics.placed;
        this.findings = found.findings;
        this.unknowns = found.unknowns;
        this.across = found.across;
        this.tableLetters = TableLetters.of(plan);
        this.tracks = new Tracks(tableLetters, ledger, kafka, placed);
        this.progress = progress;
    }

    /** Returns the partitions of the plan, and further ones if a topic has more. */
    List<Integer> partitions() {
        return List.copyOf(ranges.keySet());
    }

    LedgerRange ledgerRange(int partition) {
        return ranges.getOrDefault(partition, LedgerRange.none(partition));
    }

    /** Tells whether the batch has committed its whole range. */
    boolean isComplete() {
        return complete;
    }

    long seed() {
        return plan.seed();
    }

    /** Creates the check of what redriven dead letters state of their failure. */
    RedrivenStatements statements(OutputPartition deadLetters) {
        return new RedrivenStatements(this, plan, deadLetters);
    }

    boolean hasOrigins(Output output) {
        return output == Output.DEAD_LETTERS || plan.spec().resultHeaders() != ResultHeaders.NONE;
    }

    public Replay replay() {
        return recipe.replay();
    }

    /** Creates a replay with another limit in bytes for the results that the result topic accepts. */
    public Replay replay(int maxResultBytes) {
        SizeLimits sizes = new SizeLimits(maxResultBytes, recipe.sizes.deadLetter());
        return new Replay(plan, sizes, recipe.values.batch, recipe.revisions, recipe.legacyJoin);
    }

    /** Creates a replay with the revisions, options and limit of a redrive. */
    public Replay replay(Redriven redriven) {
        SizeLimits limits =
                redriven.maxResultBytes() == null ? recipe.sizes : SizeLimits.ofResults(redriven.maxResultBytes());
        Replay.Logic logic =
                Replay.Logic.ofRedrive(plan, redriven.revisions(), redriven.options(), redriven.envelope());
        return new Replay(plan, logic.reading(recipe.values.redriven), limits, recipe.revisions, recipe.legacyJoin);
    }

    /** Opens the source records that the batch has committed and that the partition still has. */
    PartitionReader source(int partition) {
        LedgerRange ledgerRange = ledgerRange(partition);
        TopicPartition topic = new TopicPartition(plan.spec().sourceTopic(), partition);
        long from = Math.min(source.beginning(partition, ledgerRange.start()), ledgerRange.next());
        return new PartitionReader(new PartitionRange(topic, from, ledgerRange.next()), kafka);
    }

    /** @param from the offset from which the partition of the source is read */
    SourceGaps gaps(int partition, long from) {
        LedgerRange ledgerRange = ledgerRange(partition);
        return new SourceGaps(
                plan.spec().sourceTopic(),
                ledgerRange,
                from,
                source.beginning(partition, ledgerRange.start()),
                source.isCompacted());
    }

    /** Notes the first event of an eventId in the partition. */
    void first(Identity identity, int partition, long sourceOffset) {
        if (across != null) {
            across.taken(identity, partition, sourceOffset);
        }
    }

    void cannotTell(int partition, long sourceOffset, String why) {
        unknowns.add(plan.spec().sourceTopic(), partition, sourceOffset, why);
    }

    /** Returns the number of records of the partition that the batch has read, by its own ledger. */
    long claimedRead(int partition) {
        return ledger.partition(partition).counts().read();
    }

    OutputPartition outputPartition(Output output, int partition) {
        return outputPartition(output, partition, partition, noGaps(partition));
    }

    /** Returns one partition of the result topic, as far as it holds results from one partition of the source. */
    OutputPartition resultPartition(int partition, int resultPartition) {
        return outputPartition(Output.RESULTS, partition, resultPartition, noGaps(partition));
    }

    private SourceGaps noGaps(int partition) {
        return SourceGaps.none(ledgerRange(partition));
    }

    /** Returns the partitions of the result topic that results from a partition of the source may be in. */
    List<OutputPartition> resultPartitions(int partition, SourceGaps gaps) {
        return placed == null
                ? List.of(outputPartition(Output.RESULTS, partition, partition, gaps))
                : placed.partitions().stream()
                        .map(each -> outputPartition(Output.RESULTS, partition, each, gaps))
                        .toList();
    }

    OutputPartition deadLetterPartition(int partition, SourceGaps gaps) {
        return outputPartition(Output.DEAD_LETTERS, partition, partition, gaps);
    }

    private OutputPartition outputPartition(Output output, int partition, int outputPartition, SourceGaps gaps) {
        String topic = output == Output.RESULTS
                ? plan.spec().resultTopic()
                : plan.spec().deadLetterTopic();
        PartitionRange nothing = new PartitionRange(new TopicPartition(topic, outputPartition), 0, 0);
        PartitionRange span = outputs.getOrDefault(output, Map.of()).getOrDefault(outputPartition, nothing);
        return new OutputPartition(
                output, span, plan.spec().sourceTopic(), ledgerRange(partition), findings, unknowns, gaps);
    }

    /** Opens the records that the batch's job has written. {@link RedriveProof} reads those that redrives have written. */
    Track track(OutputPartition outputPartition) {
        return tracks.open(outputPartition, false);
    }

    /** Sorts the results by the partition of their source, before any partition is proven, if their keys choose partitions. */
    void sortResults() {
        sortResults(source -> this);
    }

    /**
     * Sorts the results of some partitions of the source.
     *
     * @param evidences supplies the evidence of a partition; null for a partition whose results are not sorted
     */
    public void sortResults(IntFunction<@Nullable Evidence> evidences) {
        Map<Integer, PartitionRange> spans = outputs.getOrDefault(Output.RESULTS, Map.of());
        if (placed != null && !spans.isEmpty()) {
            new ResultSorter(evidences, plan.spec(), ledger, kafka).sort(spans.values(), placed);
        }
    }

    /** Finds what the partition lacks, as far as the ledger and the existing dead letters show it. */
    LossFinder lost(int partition) {
        LossFinder asked = lost.getOrDefault(partition, LossFinder.notLookedFor(partition));
        if (asked.isLookedFor()) {
            deadLettersOfTheJob(
                    partition,
                    (origin, record, letter) -> asked.deadLetterIsThere(
                            origin, letter == null ? null : letter.failure().reason()));
        }
        return asked;
    }

    /**
     * Reads what the partition's dead letters state and a recount cannot reproduce. They are read only if such letters may exist.
     */
    RecordedDeadLetters recorded(int partition, SourceGaps gaps) {
        Redriven redriven = ledger.redriven(partition);
        Set<String> reasons =
                ledger.partition(partition).counts().deadLettersByReason().keySet();
        boolean worthALook = plan.spec().upsert() != null
                || gaps.mayLack()
                || !redriven.deadLetters().isEmpty()
                || reasons.contains(Reason.RETRIES_EXHAUSTED.toString())
                || reasons.contains(Reason.TOO_LARGE.toString());
        if (!worthALook) {
            return RecordedDeadLetters.NOTHING;
        }
        RecordedDeadLetters recorded = new RecordedDeadLetters();
        deadLettersOfTheJob(partition, (origin, record, letter) -> {
            boolean isRedriven = redriven.deadLetters().contains(record.offset());
            if (letter != null) {
                recorded.add(origin, letter, tableLetters.isOne(record), isRedriven);
            }
            if (tableLetters.mayBe() && !isRedriven) {
                recorded.addOfATable(origin);
            }
        });
        return recorded;
    }

    private interface DeadLetterTaker {
        /** @param letter the dead letter's content; null if it cannot be read */
        void take(long origin, ConsumerRecord<byte[], byte[]> record, @Nullable StoredDeadLetter letter);
    }

    /** Reads the dead letters of a partition that come from its source and that no redrive has written. */
    private void deadLettersOfTheJob(int partition, DeadLetterTaker taker) {
        OutputPartition outputPartition = outputPartition(Output.DEAD_LETTERS, partition);
        Offsets ofRedrives = ledger.redriven(partition).failed();
        try (PartitionReader letters = new PartitionReader(outputPartition.span, kafka)) {
            for (ConsumerRecord<byte[], byte[]> record = letters.next(); record != null; record = letters.next()) {
                long origin = outputPartition.origin(record);
                if (origin != OutputPartition.FOREIGN && !ofRedrives.contains(record.offset())) {
                    taker.take(origin, record, StoredDeadLetter.read(record).orElse(null));
                }
            }
        }
    }

    /**
     * Counts all records of a source partition that are there now, from any writer: all results, and the dead letters that have
     * not been redriven.
     */
    long countNow(Output output, int partition) {
        if (placed != null && output == Output.RESULTS) {
            return placed.count(partition);
        }
        Redriven redriven = ledger.redriven(partition);
        try (PartitionReader reader = new PartitionReader(
                outputPartition(output, partition).span,
                kafka,
                record ->
                        output == Output.DEAD_LETTERS && redriven.deadLetters().contains(record.offset())
                                ? null
                                : record)) {
            while (reader.next() != null) {
                // The reader counts the records.
            }
            return reader.taken();
        }
    }

    /** Returns the ledger lines that redrives have written for one partition, in order. */
    List<BatchLedger.Commit> redrives(int partition) {
        return claims.redrives.of(partition);
    }

    /** Returns what redrives have done in a partition, and proves it unless that is done already. */
    RedriveChanges redriven(int partition) {
        RedriveChanges known = claims.redriven.get(partition);
        return known == null ? new RedriveProof(this, partition).prove() : known;
    }

    /** Returns the same evidence for one partition, with findings of its own. */
    public Evidence apart() {
        return new Evidence(recipe, claims, topics, new Found(new Findings(), new Unknowns(), across), progress);
    }

    /**
     * Returns a hash of what the proof of a partition rests on, beside the records and the number of ledger lines: the plan, the
     * topics' ids, and what redrives and repairs have done. A proof can go on from an earlier one if it is the same.
     */
    public String basis(int partition) {
        return Sha256.of(String.join(
                "\n", "format " + StateBytes.FORMAT, plan.hash(), topics.ids, ledger.laterChanges(partition)));
    }

    /**
     * Returns this evidence in a form that travels, after it has proven what redrives have done.
     *
     * @param left the partitions that are not proven
     */
    Premises premises(Set<Integer> left) {
        Map<Integer, byte[]> redriven = new TreeMap<>();
        for (int partition : partitions()) {
            if (!redrives(partition).isEmpty() && !left.contains(partition)) {
                redriven.put(partition, StateBytes.of(redriven(partition)::write));
            }
        }
        return new Premises(
                plan,
                new String(ledger.write(plan.spec().batchId()), StandardCharsets.UTF_8),
                redriven,
                new TreeMap<>(ranges),
                new Premises.Topics(topics.ids, source, new EnumMap<>(outputs), recipe.sizes),
                new TreeSet<>(left),
                across != null);
    }

    /** Creates a reader for the originals of dead letters that are stored by reference. */
    Originals originals() {
        return new Originals(kafka);
    }

    Consumer<byte[], byte[]> consumer() {
        return PartitionReader.consumer(kafka);
    }

    /** Opens the matcher of a partition's results, or of as many as the result topic has partitions. */
    Matcher results(int partition, SourceGaps gaps) {
        List<OutputPartition> partitions = resultPartitions(partition, gaps);
        return placed == null ? matcher(partitions.get(0)) : new PlacedMatcher(partitions, this::matcher);
    }

    Matcher deadLetters(int partition, SourceGaps gaps) {
        return matcher(deadLetterPartition(partition, gaps));
    }

    private Matcher matcher(OutputPartition outputPartition) {
        Repairs repairs = Repairs.of(ledger, outputPartition.partition());
        Matcher rest = matcher(outputPartition, false);
        return repairs.isEmpty()
                ? rest
                : new SplitMatcher(
                        rest,
                        matcher(outputPartition.again(), true),
                        sourceOffset -> repairs.haveWritten(outputPartition.output, sourceOffset));
    }

    private Matcher matcher(OutputPartition outputPartition, boolean ofRepairs) {
        Track track = tracks.open(outputPartition, ofRepairs);
        return hasOrigins(outputPartition.output)
                ? new OriginMatcher(outputPartition, track)
                : new ContentMatcher(outputPartition, track);
    }

    /** Reports that this number of further source offsets is done. */
    void passed(long offsets) {
        progress.accept(passed.addAndGet(offsets));
    }
}
