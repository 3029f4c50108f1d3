package io.backprocess.verify;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.SizeLimits;
import io.backprocess.batch.TopicNames;
import io.backprocess.context.ContextLoader;
import io.backprocess.decode.LegacyContextJoin;
import io.backprocess.kafka.ExactlyOnce;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.kafka.PartitionRange;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.plan.Topics;
import io.backprocess.registry.Schemas;
import io.backprocess.replay.Source;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
    private final BatchPlan plan;
    private final KafkaClients kafka;
    private final ClassLoader revisions;
    private boolean acrossPartitions;
    private @Nullable Counting elsewhere;
    private @Nullable KeptProofs kept;
    private @Nullable ProofKeeper keeper;

    /**
     * @param revisions the class loader that finds the plan's revisions
     */
    public Verifier(BatchPlan plan, KafkaClients kafka, ClassLoader revisions) {
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

    /** Proves the partitions elsewhere, and only what concerns all of them in this process. */
    public Verifier on(Counting counting) {
        elsewhere = counting;
        return this;
    }

    /** Goes on from the last proof, and keeps this one if it finds nothing wrong and nothing unknown. */
    public Verifier goingOnFrom(KeptProofs proofs) {
        kept = proofs;
        return keeping(proofs);
    }

    /**
     * Keeps the proof if it finds nothing wrong and nothing unknown.
     *
     * @throws IllegalArgumentException in dedupe scope {@code global}, in which copies may be in any partition
     */
    public Verifier keeping(ProofKeeper proof) {
        if (plan.spec().dedupeScope() == DedupeScope.GLOBAL) {
            throw new IllegalArgumentException("a proof in dedupe scope global always begins anew");
        }
        keeper = proof;
        return this;
    }

    /** @throws IllegalArgumentException if the plan's revisions are not found, or do not fit the plan */
    public static void checkRevisions(BatchPlan plan, ClassLoader revisions) {
        new RevisionCheck(plan, revisions).checkPlan();
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
        try (KafkaAdmin admin = kafka.openAdmin();
                AcrossPartitions across = acrossPartitions ? new AcrossPartitions(spec.sourceTopic()) : null;
                LegacyContextJoin legacyJoin = contexts();
                PlacedResults placed = plan.isPlaced() ? new PlacedResults() : null) {
            if (!admin.topicExists(TopicNames.LEDGER)) {
                throw BatchException.failed("topic %s does not exist: batch '%s' has not been run on this Kafka"
                        .formatted(TopicNames.LEDGER, spec.batchId()));
            }
            Topics topics = new Topics(admin);
            topics.ledgerProblems(plan).forEach(problem -> {
                throw BatchException.failed(problem);
            });
            LedgerEvidence lines = new LedgerEvidence(plan, kafka);
            BatchLedger ledger = lines.read(unknowns, findings);
            new RevisionCheck(plan, revisions).checkRedrives(ledger);
            Survey survey = new Survey(plan, ledger, admin);
            Source source = survey.source(unknowns);
            HiddenOutput hiddenOutput = new HiddenOutput(plan, survey, new OpenTransactions(spec.batchId(), admin));
            Map<Output, Map<Integer, PartitionRange>> outputs = new EnumMap<>(Output.class);
            outputs.put(Output.RESULTS, survey.resultSpans());
            outputs.put(Output.DEAD_LETTERS, survey.spans(spec.deadLetterTopic()));
            if (placed != null) {
                placed.expect(
                        plan.resultPartitions(),
                        Objects.requireNonNull(outputs.get(Output.RESULTS)).keySet());
            }
            // A dead letter is expected whole. Content also compares it with one that is stored by reference.
            SizeLimits sizes = SizeLimits.ofResults(limit(admin, topics));
            Evidence.Found found = new Evidence.Found(findings, unknowns, across);
            Evidence evidence = new Evidence(
                    new Evidence.Recipe(
                            plan,
                            revisions,
                            sizes,
                            new Evidence.Values(Schemas.of(plan, kafka), Schemas.ofRedriven(plan, kafka)),
                            legacyJoin),
                    new Evidence.Claims(
                            ledger,
                            lines.redrives(),
                            Map.of(),
                            LedgerRanges.of(plan, ledger, lossAside, partitions(outputs)),
                            lossAside ? LossFinder.ofAll(ledger) : Map.of()),
                    new Evidence.RecountedTopics(kafka, survey.topicIds(), source, outputs, placed),
                    found,
                    progress);
            if (elsewhere == null) {
                evidence.sortResults();
            } else if (hiddenOutput.mayHideResults() || !source.unreadable().isEmpty()) {
                // Results are counted here only where they are not proven, and what is wrong with them is found
                // elsewhere.
                evidence.apart().sortResults();
            }
            Set<Integer> hidden = hiddenOutput.report(ledger, placed, unknowns);
            Set<Integer> unreadable = new TreeSet<>(source.unreadable());
            unreadable.addAll(hidden);
            ParallelProof proof = new ParallelProof(evidence, spec.dedupeScope(), unreadable, kept);
            ParallelProof.Elsewhere there = elsewhere == null ? null : proof.count(elsewhere, found, progress);
            List<PartitionResult> counted = there == null ? proof.count() : there.results();
            List<PartitionResult> planned = plan.isFollowing()
                    ? counted
                    : counted.subList(0, plan.ranges().size());
            proveLedger(planned, hidden, ledger, lines, lossAside, findings);
            Verification.CrossPartitionCopies copies =
                    there != null ? there.across() : across == null ? null : across.count();
            Verification verification = new Conclusion(plan, ledger, found, copies)
                    .of(counted, planned, survey.ends(), Notes.of(plan, ledger, admin));
            if (verification.remarks().findingsTotal() > 0) {
                lines.refuseLaterLines();
            }
            if (keeper != null) {
                keep(keeper, verification, counted);
            }
            return Loss.of(verification, planned, ledger);
        }
    }

    /** Keeps the proof, unless a later one might leave out what this one has found. */
    private static void keep(ProofKeeper keeper, Verification verification, List<PartitionResult> counted) {
        boolean isClean = verification.verdict() == Verdict.COMPLETE || verification.verdict() == Verdict.INCOMPLETE;
        if (isClean && counted.stream().allMatch(each -> each.awaited() == Long.MAX_VALUE)) {
            keeper.commit();
        } else {
            keeper.leave();
        }
    }

    private void proveLedger(
            List<PartitionResult> planned,
            Set<Integer> hidden,
            BatchLedger ledger,
            LedgerEvidence lines,
            boolean lossAside,
            Findings findings) {
        LedgerProof proof = new LedgerProof(plan.spec(), ledger, lossAside, findings);
        proof.check(planned.stream()
                .filter(each -> !hidden.contains(each.partition()))
                .toList());
        if (planned.stream().anyMatch(partition -> partition.onTopics().resultsAhead() > 0)) {
            BatchLedger later = lines.readSettled();
            if (later != null) {
                proof.checkAhead(planned, later);
            }
        }
    }

    /** Returns the partitions of the topics whose partition numbers are those of the source. */
    private Set<Integer> partitions(Map<Output, Map<Integer, PartitionRange>> outputs) {
        Set<Integer> partitions = new TreeSet<>();
        outputs.forEach((output, spans) -> {
            if (output == Output.DEAD_LETTERS || !plan.isPlaced()) {
                partitions.addAll(spans.keySet());
            }
        });
        return partitions;
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
}
