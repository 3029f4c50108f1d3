package io.backprocess.verify;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.Figures;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.PartitionLedger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts the result of a recount together: the verdict, and the figures of the topics beside those of the ledger. */
final class Conclusion {
    private final BatchPlan plan;
    private final BatchLedger ledger;
    private final Findings findings;
    private final Unknowns unknowns;

    Conclusion(BatchPlan plan, BatchLedger ledger, Findings findings, Unknowns unknowns) {
        this.plan = plan;
        this.ledger = ledger;
        this.findings = findings;
        this.unknowns = unknowns;
    }

    /**
     * @param counted the results for all partitions that the batch's topics have
     * @param planned those of them that belong to the batch
     * @param ends the end offset of each partition of the batch
     */
    Verification of(
            List<PartitionResult> counted,
            List<PartitionResult> planned,
            Map<Integer, Long> ends,
            List<String> notes,
            @Nullable AcrossPartitions across) {
        return new Verification(
                plan.spec().batchId(),
                Verdict.of(findings, unknowns, ledger.isComplete()),
                ends.entrySet().stream()
                        .mapToLong(end ->
                                end.getValue() - ledger.partition(end.getKey()).next())
                        .sum(),
                PartitionResult.total(planned),
                Figures.of(ledger.total()),
                counted.stream().mapToLong(PartitionResult::results).sum(),
                counted.stream().mapToLong(PartitionResult::deadLetters).sum(),
                ledger.partitions().stream()
                        .mapToLong(each -> ledger.redriven(each.range().partition())
                                .deadLetters()
                                .size())
                        .sum(),
                planned.stream().map(each -> partition(each, ends)).toList(),
                findings.total(),
                findings.kept(),
                unknowns.all(),
                notes,
                plan.spec().dedupeScope(),
                across == null ? null : across.count());
    }

    private Verification.Partition partition(PartitionResult counted, Map<Integer, Long> ends) {
        PartitionLedger claimed = ledger.partition(counted.partition());
        return new Verification.Partition(
                counted.partition(),
                claimed.range().start(),
                ends.getOrDefault(counted.partition(), claimed.next()),
                claimed.next(),
                counted.recounted(),
                Figures.of(claimed.counts()),
                counted.results(),
                counted.deadLetters());
    }
}
