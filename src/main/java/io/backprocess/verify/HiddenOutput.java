package io.backprocess.verify;

import io.backprocess.batch.BatchPlan;
import io.backprocess.ledger.BatchLedger;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The partitions of a batch's topics in which open transactions of others hide records, or which have deleted records that may be
 * the batch's, in a topic that others write to. They are found before the visible ranges are read, so that a transaction that ends
 * in between does not make records look missing.
 */
final class HiddenOutput {
    private final BatchPlan plan;
    private final Set<Integer> results;
    private final Set<Integer> deadLetters;
    private final Unknowns unknownResults = new Unknowns();
    private final Unknowns unknownDeadLetters = new Unknowns();

    HiddenOutput(BatchPlan plan, Survey survey, OpenTransactions open) {
        this.plan = plan;
        this.results = open.hiding(survey.resultSpans().values(), unknownResults);
        if (plan.spec().isInto()) {
            survey.spans(plan.spec().resultTopic()).forEach((partition, span) -> {
                if (span.from() > plan.resultStart(partition)) {
                    results.add(partition);
                    unknownResults.add(
                            plan.spec().resultTopic(),
                            partition,
                            plan.resultStart(partition),
                            span.from(),
                            "the topic has deleted these records since the batch was planned, and results of the batch may be among them");
                }
            });
        }
        this.deadLetters =
                open.hiding(survey.spans(plan.spec().deadLetterTopic()).values(), unknownDeadLetters);
    }

    /** Tells whether results may be hidden. */
    boolean mayHideResults() {
        return !results.isEmpty();
    }

    /**
     * Reports what is hidden, and returns the source partitions that it may come from. In a topic that others write to there is
     * often an open transaction, or old records are deleted. Nothing of the batch is hidden where all results that the ledger
     * counts are visible.
     *
     * @param placed the visible results; null if results keep the partition of their source
     */
    Set<Integer> report(BatchLedger ledger, @Nullable PlacedResults placed, Unknowns unknowns) {
        Set<Integer> sources = new TreeSet<>(deadLetters);
        unknowns.addAll(unknownDeadLetters);
        boolean allThere = plan.spec().isInto()
                && placed != null
                && placed.total() >= ledger.total().results();
        if (results.isEmpty() || allThere) {
            return sources;
        }
        unknowns.addAll(unknownResults);
        if (plan.isPlaced()) {
            ledger.partitions().forEach(each -> sources.add(each.range().partition()));
        } else {
            sources.addAll(results);
        }
        return sources;
    }
}
