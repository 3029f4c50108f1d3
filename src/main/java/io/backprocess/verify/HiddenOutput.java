package io.backprocess.verify;

import io.backprocess.batch.BatchPlan;
import io.backprocess.ledger.BatchLedger;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The partitions of a batch's topics in which open transactions of others hide records. They are found before the visible ranges
 * are read, so that a transaction that ends in between does not make records look missing.
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
        this.deadLetters =
                open.hiding(survey.spans(plan.spec().deadLetterTopic()).values(), unknownDeadLetters);
    }

    /**
     * Reports what is hidden, and returns the source partitions that it may come from. In a topic that others write to there is
     * often an open transaction. It hides nothing of the batch where all results that the ledger counts are visible.
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
