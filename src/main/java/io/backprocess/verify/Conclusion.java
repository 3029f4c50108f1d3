package io.backprocess.verify;

import io.backprocess.batch.BatchPlan;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.PartitionLedger;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Puts the result of a recount together: the verdict, and the figures of the topics beside those of the ledger. */
final class Conclusion {
    private final BatchPlan plan;
    private final BatchLedger ledger;
    private final Evidence.Found found;
    private final Verification.@Nullable CrossPartitionCopies across;

    /** @param across the copies in different partitions; null if they were not requested */
    Conclusion(
            BatchPlan plan,
            BatchLedger ledger,
            Evidence.Found found,
            Verification.@Nullable CrossPartitionCopies across) {
        this.plan = plan;
        this.ledger = ledger;
        this.found = found;
        this.across = across;
    }

    /**
     * @param counted the results for all partitions that the batch's topics have
     * @param planned those of them that belong to the batch
     * @param ends the end offset of each partition of the batch
     */
    Verification of(
            List<PartitionResult> counted, List<PartitionResult> planned, Map<Integer, Long> ends, List<String> notes) {
        boolean isWhole = plan.isFollowing()
                ? counted.stream().allMatch(each -> each.awaited() == Long.MAX_VALUE)
                : ledger.isComplete();
        Verdict verdict = Verdict.of(found.findings(), found.unknowns(), isWhole);
        return new Verification(
                plan.spec().batchId(),
                verdict,
                ends.entrySet().stream()
                        .mapToLong(end ->
                                end.getValue() - ledger.partition(end.getKey()).next())
                        .sum(),
                plan.isFollowing() ? follows(verdict, counted) : null,
                new Verification.ComparedOutcomes(
                        PartitionResult.total(planned),
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
                planned.stream().map(each -> partition(each, ends)).toList(),
                new Verification.Remarks(
                        found.findings().total(),
                        found.findings().kept(),
                        found.unknowns().all(),
                        notes,
                        plan.spec().dedupeScope(),
                        across));
    }

    private Verification.Follows follows(Verdict verdict, List<PartitionResult> counted) {
        if (verdict == Verdict.WRONG || verdict == Verdict.CANNOT_TELL) {
            return new Verification.Follows(true, null);
        }
        Map<Integer, Long> provenUpTo = new TreeMap<>();
        counted.forEach(each -> provenUpTo.put(
                each.partition(),
                Math.min(each.awaited(), ledger.partition(each.partition()).next())));
        return new Verification.Follows(true, provenUpTo);
    }

    private Verification.VerifiedPartition partition(PartitionResult counted, Map<Integer, Long> ends) {
        PartitionLedger claimed = ledger.partition(counted.partition());
        return new Verification.VerifiedPartition(
                counted.partition(),
                claimed.range().start(),
                ends.getOrDefault(counted.partition(), claimed.next()),
                claimed.next(),
                new Verification.ComparedOutcomes(
                        counted.recounted(),
                        claimed.counts().figures(),
                        counted.onTopics().results(),
                        counted.onTopics().deadLetters()));
    }
}
