package io.backprocess.verify;

import io.backprocess.batch.DedupeScope;
import io.backprocess.dedupe.SeenIds;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Recounts all partitions, several at a time, each with the method for its scope and source. */
final class ParallelProof {
    private final Evidence evidence;
    private final DedupeScope scope;
    /** The number of records after which new eventIds are written to the proof that is kept. */
    private static final int RECORDS_A_WRITE = 100_000;

    private final Set<Integer> unreadable;
    private final @Nullable KeptProofs kept;

    /**
     * @param unreadable the partitions that cannot be proven, because their source is deleted or their records are hidden
     * @param kept the last proof to go on from, which gets the states of this one; null to begin anew and keep nothing
     */
    ParallelProof(Evidence evidence, DedupeScope scope, Set<Integer> unreadable, @Nullable KeptProofs kept) {
        this.evidence = evidence;
        this.scope = scope;
        this.unreadable = unreadable;
        this.kept = kept;
    }

    List<PartitionResult> count() {
        try (Workers workers = new Workers(evidence.partitions().size())) {
            boolean global = scope == DedupeScope.GLOBAL;
            if (global && unreadable.isEmpty()) {
                return countGlobally(workers);
            }
            List<Callable<PartitionResult>> tasks = new ArrayList<>();
            for (int partition : evidence.partitions()) {
                tasks.add(
                        global || unreadable.contains(partition) ? () -> countOnly(partition) : () -> prove(partition));
            }
            return workers.all(tasks);
        }
    }

    /**
     * The results of all partitions that were not counted in this process.
     *
     * @param across the copies in different partitions; null if they were not requested
     */
    record Elsewhere(List<PartitionResult> results, Verification.@Nullable CrossPartitionCopies across) {}

    /** Recounts the partitions elsewhere, and here only those that cannot be proven. */
    Elsewhere count(Counting elsewhere, Evidence.Found found, LongConsumer progress) {
        Map<Integer, PartitionResult> results = new TreeMap<>();
        boolean global = scope == DedupeScope.GLOBAL;
        // In global scope a partition that cannot be read leaves the choice of copies open in all others.
        Set<Integer> left = global && !unreadable.isEmpty() ? Set.copyOf(evidence.partitions()) : unreadable;
        left.forEach(partition -> results.put(partition, countOnly(partition)));
        Premises premises = evidence.premises(left);
        Counting.Counted counted = premises.partitions().isEmpty()
                ? new Counting.Counted(List.of(), List.of())
                : elsewhere.count(premises, progress);
        List<byte[]> ends = counted.ends();
        if (global) {
            List<Settlement> settlements = ends.stream()
                    .map(end -> Settlement.read(end, evidence::apart))
                    .toList();
            Settlement.finish(settlements).forEach(result -> results.put(result.partition(), result));
            settlements.forEach(each -> each.addTo(found));
        } else {
            ends.stream()
                    .map(PartitionReport::read)
                    .forEach(report -> results.put(report.partition(), report.addTo(found)));
        }
        return new Elsewhere(
                evidence.partitions().stream()
                        .map(partition -> Objects.requireNonNull(results.get(partition)))
                        .toList(),
                found.across() == null ? null : CopiesAcross.sum(counted.copiesAcross()));
    }

    private PartitionResult prove(int partition) {
        return kept == null ? proveAnew(partition) : goOn(partition, kept);
    }

    /** Proves what is new since the last proof. */
    private PartitionResult goOn(int partition, KeptProofs proofs) {
        try (KeptProofs.Partition place = proofs.begin(partition, evidence.basis(partition));
                Lane lane = place.open(evidence)) {
            while (lane.advance(RECORDS_A_WRITE)) {
                place.writeIds();
            }
            place.writeIds();
            place.reached(lane);
            return lane.finish();
        }
    }

    private PartitionResult proveAnew(int partition) {
        try (Lane lane = Lane.begin(evidence, partition, new SeenIds(evidence.seed()))) {
            while (lane.advance(Integer.MAX_VALUE)) {
                // Goes on to the end.
            }
            return lane.finish();
        }
    }

    private List<PartitionResult> countGlobally(Workers workers) {
        SeenIds seen = new SeenIds(evidence.seed());
        Map<Integer, ChosenCopies> chosen = new TreeMap<>();
        evidence.partitions().forEach(partition -> chosen.put(partition, new ChosenCopies(seen, partition)));
        List<Settlement> settlements = workers.all(chosen.entrySet().stream()
                .map(each -> (Callable<Settlement>) () -> claim(each.getKey(), each.getValue()))
                .toList());
        for (CopySign sign : CopySign.values()) {
            if (!sign.isTaken()) {
                Iterator<Settlement> settlement = settlements.iterator();
                chosen.values().forEach(each -> each.decide(sign, settlement.next()));
            }
        }
        return Settlement.finish(settlements);
    }

    private Settlement claim(int partition, ChosenCopies chosen) {
        try (GlobalProof proof =
                GlobalProof.begin(evidence, partition, (output, each) -> new Arrivals(), chosen::claim)) {
            while (proof.advance(Integer.MAX_VALUE)) {
                // Goes on to the end.
            }
            return proof.settlement();
        }
    }

    /** Counts only the records on the topics, which is all that is possible for such a partition. */
    private PartitionResult countOnly(int partition) {
        return new PartitionResult(
                partition,
                null,
                0,
                Breakdown.UNKNOWN,
                Long.MAX_VALUE,
                new PartitionResult.OnTopics(
                        evidence.countNow(Output.RESULTS, partition),
                        evidence.countNow(Output.DEAD_LETTERS, partition),
                        false,
                        0),
                null);
    }
}
