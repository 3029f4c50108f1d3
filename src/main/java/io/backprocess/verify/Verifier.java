package io.backprocess.verify;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.Figures;
import io.backprocess.batch.SizeLimits;
import io.backprocess.batch.TopicNames;
import io.backprocess.context.ContextLoader;
import io.backprocess.control.HiddenEnd;
import io.backprocess.decode.LegacyContextJoin;
import io.backprocess.event.ProcessVersion;
import io.backprocess.kafka.ExactlyOnce;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.PartitionRange;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.HiddenLedgerException;
import io.backprocess.ledger.LedgerFollower;
import io.backprocess.ledger.LedgerReader;
import io.backprocess.ledger.PartitionLedger;
import io.backprocess.ledger.Redriven;
import io.backprocess.plan.RangeWarnings;
import io.backprocess.plan.Topics;
import io.backprocess.replay.Source;
import io.backprocess.revise.operator.RevisionChain;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Recounts a batch from Kafka alone. It computes record by record what the source range must give, and compares that with the
 * records on the batch's topics and with its ledger.
 *
 * <p>If the batch has not committed its whole range, the committed part is recounted. The verifier reads at the speed of one
 * consumer per core, belongs to no consumer group and writes nothing. In partition scope its memory is that of the dedupe state
 * of the partitions that are being read. In global scope it is about 50 bytes per result and per eventId.
 */
public final class Verifier {
    /** The time to wait for another batch's open transaction in the same ledger partition. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final BatchPlan plan;
    private final Properties kafka;
    private final ClassLoader revisions;
    private boolean acrossPartitions;

    /**
     * @param kafka client properties with the bootstrap servers
     * @param revisions the class loader that finds the plan's revisions
     */
    public Verifier(BatchPlan plan, Properties kafka, ClassLoader revisions) {
        this.plan = plan;
        this.kafka = kafka;
        this.revisions = revisions;
    }

    /**
     * Also counts copies of an eventId in different partitions. {@link AcrossPartitions} says how much memory and disk that
     * takes.
     */
    public Verifier acrossPartitions() {
        acrossPartitions = plan.spec().dedupeScope() == DedupeScope.PARTITION;
        return this;
    }

    /** @throws IllegalArgumentException if the plan's revisions are not found, or do not fit the plan */
    public static void checkRevisions(BatchPlan plan, ClassLoader revisions) {
        BatchSpec spec = plan.spec();
        RevisionChain.load(
                spec.logic().revisions(),
                spec.logic().revisionOptions(),
                ProcessVersion.of(spec.logic().fromVersion()),
                spec.batchId(),
                revisions);
    }

    public Verification verify() {
        return verify(done -> {});
    }

    /**
     * Recounts the batch.
     *
     * @param progress receives the number of source offsets that are done, every few thousand records and from several threads;
     *     the number of all offsets is {@link BatchPlan#size}
     * @throws BatchException if Kafka does not answer, or if the batch's topics or plan are in a state that no batch leaves
     */
    public Verification verify(LongConsumer progress) {
        return recount(progress, false).rest();
    }

    /**
     * Finds the records that were lost with transactions, and recounts everything else. The batch must never run again, because
     * uncommitted offsets are treated as lost.
     *
     * @throws IllegalArgumentException in global scope, where the ledger does not say which events a line counts
     */
    public Loss lookForLoss(LongConsumer progress) {
        if (plan.spec().dedupeScope() == DedupeScope.GLOBAL) {
            throw new IllegalArgumentException("losses cannot be searched for in dedupe scope global");
        }
        return recount(progress, true);
    }

    private Loss recount(LongConsumer progress, boolean lossAside) {
        BatchSpec spec = plan.spec();
        Findings findings = new Findings();
        Unknowns unknowns = new Unknowns();
        try (KafkaAdmin admin = new KafkaAdmin(kafka);
                AcrossPartitions across = acrossPartitions ? new AcrossPartitions(spec.sourceTopic()) : null;
                LegacyContextJoin legacyJoin = contexts()) {
            if (!admin.topicExists(TopicNames.LEDGER)) {
                throw BatchException.failed("topic %s does not exist: batch '%s' has not been run on this Kafka"
                        .formatted(TopicNames.LEDGER, spec.batchId()));
            }
            Topics topics = new Topics(admin);
            topics.ledgerProblems(plan).forEach(problem -> {
                throw BatchException.failed(problem);
            });
            RedriveLines redrives = new RedriveLines();
            BatchLedger ledger = ledger(redrives, unknowns, findings);
            checkRedrives(ledger);
            Survey survey = new Survey(plan, ledger, admin, lossAside);
            Source source = survey.source(unknowns);
            // Open transactions are read before the visible ranges, so a transaction that ends in between does not make
            // records look missing.
            OpenTransactions open = new OpenTransactions(spec.batchId(), admin);
            Set<Integer> hidden = new TreeSet<>();
            for (String topic : List.of(spec.resultTopic(), spec.deadLetterTopic())) {
                hidden.addAll(open.hiding(survey.spans(topic).values(), unknowns));
            }
            Map<Output, Map<Integer, PartitionRange>> outputs = new EnumMap<>(Output.class);
            outputs.put(Output.RESULTS, survey.spans(spec.resultTopic()));
            outputs.put(Output.DEAD_LETTERS, survey.spans(spec.deadLetterTopic()));
            Set<Integer> unreadable = new TreeSet<>(source.unreadable());
            unreadable.addAll(hidden);
            // A dead letter is expected whole. Content also compares it with one that is stored by reference.
            SizeLimits sizes = SizeLimits.ofResults(limit(admin, topics));
            Evidence.Found found = new Evidence.Found(findings, unknowns, across);
            Evidence evidence = new Evidence(
                    new Evidence.Recipe(plan, revisions, sizes, legacyJoin),
                    new Evidence.Claims(ledger, redrives, survey.extents(outputs), lossAside ? lost(ledger) : Map.of()),
                    new Evidence.Topics(kafka, source, outputs),
                    found,
                    progress);
            List<PartitionResult> partitions = new ParallelProof(evidence, spec.dedupeScope(), unreadable).count();
            Verification verification =
                    conclude(ledger, lossAside, partitions, hidden, survey.ends(), found, notes(ledger, admin));
            if (verification.remarks().findingsTotal() > 0 && reader().read().laterLines() > ledger.laterLines()) {
                throw BatchException.failed(
                        "a redrive or a repair of batch '%s' wrote during the recount; run verify again when it is done"
                                .formatted(spec.batchId()));
            }
            return new Loss(verification, found(planned(partitions), ledger));
        }
    }

    private int limit(KafkaAdmin admin, Topics topics) {
        if (plan.basis() != null) {
            return plan.basis().maxResultBytes();
        }
        return admin.topicExists(plan.spec().resultTopic())
                ? Math.min(ExactlyOnce.largestRecord(kafka), topics.maxResultBytes(plan))
                : Integer.MAX_VALUE;
    }

    /** Loads the contexts of the plan. Without them nothing can be recounted, and nothing is known to be wrong. */
    private @Nullable LegacyContextJoin contexts() {
        try {
            return LegacyContextJoin.of(plan.spec(), ContextLoader.open(plan, kafka));
        } catch (BatchException e) {
            throw e.kind() == BatchException.Kind.REFUSED
                    ? BatchException.cannotTell("cannot tell whether batch '%s' is right: %s"
                            .formatted(plan.spec().batchId(), e.getMessage()))
                    : e;
        }
    }

    private static Map<Integer, LossFinder> lost(BatchLedger ledger) {
        Map<Integer, LossFinder> lost = new TreeMap<>();
        for (PartitionLedger partition : ledger.partitions()) {
            int number = partition.range().partition();
            lost.put(number, LossFinder.of(number, partition.missing()));
        }
        return lost;
    }

    /** Returns the losses. If the source of a partition is deleted, only the ledger can show what the partition lacks. */
    private static List<Loss.Partition> found(List<PartitionResult> partitions, BatchLedger ledger) {
        List<Loss.Partition> found = new ArrayList<>();
        for (PartitionResult counted : partitions) {
            Loss.Partition loss = counted.loss();
            if (loss == null) {
                PartitionLedger partition = ledger.partition(counted.partition());
                loss = LossFinder.of(counted.partition(), partition.missing())
                        .found(partition.range().start());
            }
            if (!loss.isEmpty()) {
                found.add(loss);
            }
        }
        return found;
    }

    /** Checks the revisions of the redrives, because each redrive may have had its own. */
    private void checkRedrives(BatchLedger ledger) {
        ledger.redriveLogics().forEach(this::check);
    }

    private void check(Redriven.Logic redriven) {
        BatchSpec spec = plan.spec();
        try {
            RevisionChain.load(
                    redriven.revisions(),
                    redriven.options(),
                    ProcessVersion.of(spec.logic().fromVersion()),
                    spec.batchId(),
                    revisions);
        } catch (IllegalArgumentException e) {
            throw BatchException.usage(
                    "batch '%s' was redriven with revision %s: %s; if the revision is in a jar of your own, name the jar with --revision-jar"
                            .formatted(spec.batchId(), String.join(",", redriven.revisions()), e.getMessage()));
        }
    }

    private Verification conclude(
            BatchLedger ledger,
            boolean lossAside,
            List<PartitionResult> counted,
            Set<Integer> hidden,
            Map<Integer, Long> ends,
            Evidence.Found found,
            List<String> notes) {
        List<PartitionResult> planned = planned(counted);
        LedgerProof proof = new LedgerProof(plan.spec(), ledger, lossAside, found.findings());
        proof.check(planned.stream()
                .filter(each -> !hidden.contains(each.partition()))
                .toList());
        if (planned.stream().anyMatch(partition -> partition.onTopics().resultsAhead() > 0)) {
            BatchLedger later = settledLedger();
            if (later != null) {
                proof.checkAhead(planned, later);
            }
        }
        List<Verification.Partition> partitions =
                planned.stream().map(each -> partition(each, ledger, ends)).toList();
        return new Verification(
                plan.spec().batchId(),
                Verdict.of(found.findings(), found.unknowns(), ledger.isComplete()),
                ends.entrySet().stream()
                        .mapToLong(end ->
                                end.getValue() - ledger.partition(end.getKey()).next())
                        .sum(),
                new Verification.Outcomes(
                        total(planned),
                        ledger.total().figures(),
                        counted.stream()
                                .mapToLong(each -> each.onTopics().results())
                                .sum(),
                        counted.stream()
                                .mapToLong(each -> each.onTopics().deadLetters())
                                .sum()),
                ledger.partitions().stream()
                        .mapToLong(each -> ledger.redriven(each.range().partition())
                                .deadLetters()
                                .size())
                        .sum(),
                partitions,
                new Verification.Remarks(
                        found.findings().total(),
                        found.findings().kept(),
                        found.unknowns().all(),
                        notes,
                        plan.spec().dedupeScope(),
                        found.across() == null ? null : found.across().count()));
    }

    private List<String> notes(BatchLedger ledger, KafkaAdmin admin) {
        List<String> notes = new ArrayList<>(RangeWarnings.ofStored(plan, admin));
        String notSearched = RangeWarnings.notSearched(plan, admin);
        if (notSearched != null) {
            notes.add(notSearched);
        }
        long keyless = ledger.total().keyless();
        if (keyless > 0 && plan.spec().dedupeScope() == DedupeScope.PARTITION) {
            notes.add(
                    "%,d of the records that were read have no key, so copies of them may be in any partition; --dedupe-scope partition finds copies within one partition, and verify --across-partitions counts the others"
                            .formatted(keyless));
        }
        return notes;
    }

    private List<PartitionResult> planned(List<PartitionResult> counted) {
        return plan.isFollowing() ? counted : counted.subList(0, plan.ranges().size());
    }

    private static Verification.Partition partition(
            PartitionResult counted, BatchLedger ledger, Map<Integer, Long> ends) {
        var claimed = ledger.partition(counted.partition());
        return new Verification.Partition(
                counted.partition(),
                claimed.range().start(),
                ends.getOrDefault(counted.partition(), claimed.next()),
                claimed.next(),
                new Verification.Outcomes(
                        counted.recounted(),
                        claimed.counts().figures(),
                        counted.onTopics().results(),
                        counted.onTopics().deadLetters()));
    }

    /** Returns the sum over the partitions that could be recounted. */
    static Figures total(List<PartitionResult> partitions) {
        return partitions.stream()
                .map(PartitionResult::recounted)
                .filter(Objects::nonNull)
                .reduce(Figures.NONE, Figures::plus);
    }

    /**
     * Reads the ledger. If the batch is not complete, this waits for open transactions of other batches, and reports as unknown
     * what they still hide.
     */
    private BatchLedger ledger(RedriveLines redrives, Unknowns unknowns, Findings findings) {
        try (LedgerFollower follower = reader().follow(redrives)) {
            BatchLedger ledger = follower.poll();
            if (!ledger.isComplete()) {
                settle(follower, unknowns);
            }
            for (long offset : follower.wrongSummaries()) {
                findings.add(
                        new Finding(
                                Finding.Kind.LEDGER_MISMATCH,
                                TopicNames.LEDGER,
                                plan.ledger().partition(),
                                offset,
                                "this summary is not the sum of the batch's ledger lines before it; status and other commands that read it may report other figures than the lines"));
            }
            return ledger;
        }
    }

    private void settle(LedgerFollower follower, Unknowns unknowns) {
        try {
            follower.pollSettled(PATIENCE);
        } catch (HiddenLedgerException e) {
            if (!follower.poll().isComplete()) {
                unknowns.add(
                        e.ledger().topic(),
                        e.ledger().partition(),
                        e.from(),
                        e.to(),
                        HiddenEnd.find(e, kafka).inWords());
            }
        }
    }

    private @Nullable BatchLedger settledLedger() {
        try {
            return reader().readSettled(PATIENCE);
        } catch (HiddenLedgerException e) {
            return null;
        }
    }

    private LedgerReader reader() {
        return LedgerReader.of(plan, kafka);
    }
}
