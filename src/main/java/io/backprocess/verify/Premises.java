package io.backprocess.verify;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.Sha256;
import io.backprocess.batch.SizeLimits;
import io.backprocess.decode.LegacyContextJoin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.kafka.PartitionRange;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.registry.Schemas;
import io.backprocess.replay.Source;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The premises of a recount of partitions, in a form that travels to the subtasks of a job: the plan, and the ledger and the topics
 * as the command found them.
 *
 * @param ledger the sum of the ledger's lines
 * @param redriven what redrives have done, by source partition
 * @param ranges the range of each partition
 * @param left the partitions that are not proven
 * @param acrossPartitions whether copies in different partitions are counted in dedupe scope {@code partition}
 */
public record Premises(
        BatchPlan plan,
        String ledger,
        Map<Integer, byte[]> redriven,
        TreeMap<Integer, LedgerRange> ranges,
        Topics topics,
        TreeSet<Integer> left,
        boolean acrossPartitions)
        implements Serializable {

    /**
     * The source and the batch's topics.
     *
     * @param ids the ids of the topics
     * @param outputs the range of each partition of the batch's topics
     * @param sizes the sizes that the result topic accepts
     */
    public record Topics(
            String ids, Source source, EnumMap<Output, Map<Integer, PartitionRange>> outputs, SizeLimits sizes)
            implements Serializable {}

    /** Returns the range of one of the partitions. */
    public LedgerRange range(int partition) {
        return Objects.requireNonNull(ranges.get(partition));
    }

    /** Tells whether the batch or one of its topics has a partition of that number. */
    public boolean has(int partition) {
        return ranges.containsKey(partition);
    }

    /** Returns the partitions to prove. */
    public List<Integer> partitions() {
        return ranges.keySet().stream()
                .filter(partition -> !left.contains(partition))
                .toList();
    }

    /** Returns a hash of the premises. A proof can go on from the state of one with the same hash. */
    public String hash() {
        StringBuilder text = new StringBuilder();
        text.append("format ").append(StateBytes.FORMAT).append('\n');
        text.append(plan.hash())
                .append('\n')
                .append(ledger)
                .append('\n')
                .append(topics.ids)
                .append('\n');
        new TreeMap<>(redriven).forEach((partition, changes) -> text.append(partition)
                .append(' ')
                .append(HexFormat.of().formatHex(changes))
                .append('\n'));
        text.append(ranges).append(left).append(acrossPartitions).append('\n');
        text.append(new TreeSet<>(topics.source.unreadable()))
                .append(new TreeMap<>(topics.source.beginnings()))
                .append(topics.source.isCompacted())
                .append('\n');
        topics.outputs.forEach((output, spans) ->
                text.append(output).append(new TreeMap<>(spans)).append('\n'));
        return Sha256.of(text.append(topics.sizes).toString());
    }

    /**
     * Opens the results of a batch whose keys choose their partitions.
     *
     * @param directory the directory for temporary files
     * @return null if results keep the partition of their source
     */
    public @Nullable PlacedResults openResults(Path directory) {
        if (!plan.isPlaced()) {
            return null;
        }
        PlacedResults placed = new PlacedResults(directory);
        placed.expect(
                plan.resultPartitions(),
                topics.outputs.getOrDefault(Output.RESULTS, Map.of()).keySet());
        return placed;
    }

    /**
     * Returns the evidence, opened in this process.
     *
     * @param placed see {@link #openResults}; the caller has to sort the results before any partition is proven
     * @param taken gets the events for {@link CopiesAcross}, if they are counted
     */
    public Evidence evidence(
            KafkaClients kafka,
            ClassLoader revisions,
            @Nullable LegacyContextJoin legacyJoin,
            @Nullable PlacedResults placed,
            Consumer<byte[]> taken) {
        Map<Integer, RedriveChanges> changes = new TreeMap<>();
        redriven.forEach((partition, bytes) -> changes.put(partition, StateBytes.read(bytes, RedriveChanges::read)));
        return new Evidence(
                new Evidence.Recipe(
                        plan,
                        revisions,
                        topics.sizes,
                        new Evidence.Values(Schemas.of(plan, kafka), Schemas.ofRedriven(plan, kafka)),
                        legacyJoin),
                new Evidence.Claims(readLedger(), new RedriveLines(), changes, ranges, Map.of()),
                new Evidence.RecountedTopics(kafka, topics.ids, topics.source, topics.outputs, placed),
                new Evidence.Found(
                        new Findings(),
                        new Unknowns(),
                        acrossPartitions
                                ? (identity, partition, offset) ->
                                        taken.accept(CopiesAcross.event(identity, partition, offset))
                                : null),
                done -> {});
    }

    /** Returns the evidence for a process that proves no partition. */
    public Evidence evidence(KafkaClients kafka, ClassLoader revisions) {
        return evidence(kafka, revisions, null, openResults(Path.of("")), taken -> {});
    }

    private BatchLedger readLedger() {
        try {
            return BatchLedger.read(plan.ranges(), ledger.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("the ledger of the premises cannot be read", e);
        }
    }
}
