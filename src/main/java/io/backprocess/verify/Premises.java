package io.backprocess.verify;

import io.backprocess.batch.BatchPlan;
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
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The premises of a recount of partitions, in a form that travels to the subtasks of a job: the plan, and the ledger and the topics
 * as the command found them.
 *
 * @param ledger the sum of the ledger's lines
 * @param redriven what redrives have done, by source partition
 * @param ranges the range of each partition
 * @param left the partitions that are not proven
 */
public record Premises(
        BatchPlan plan,
        String ledger,
        Map<Integer, byte[]> redriven,
        TreeMap<Integer, LedgerRange> ranges,
        Topics topics,
        TreeSet<Integer> left)
        implements Serializable {

    /**
     * The source and the batch's topics.
     *
     * @param outputs the range of each partition of the batch's topics
     * @param sizes the sizes that the result topic accepts
     */
    public record Topics(Source source, EnumMap<Output, Map<Integer, PartitionRange>> outputs, SizeLimits sizes)
            implements Serializable {}

    /** Returns the range of one of the partitions. */
    public LedgerRange range(int partition) {
        return Objects.requireNonNull(ranges.get(partition));
    }

    /** Returns the partitions to prove. */
    public List<Integer> partitions() {
        return ranges.keySet().stream()
                .filter(partition -> !left.contains(partition))
                .toList();
    }

    /**
     * Returns the evidence, opened in this process.
     *
     * @param progress receives the number of source offsets that are done
     */
    public Evidence evidence(
            KafkaClients kafka, ClassLoader revisions, @Nullable LegacyContextJoin legacyJoin, LongConsumer progress) {
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
                new Evidence.RecountedTopics(kafka, topics.source, topics.outputs, null),
                new Evidence.Found(new Findings(), new Unknowns(), null),
                progress);
    }

    private BatchLedger readLedger() {
        try {
            return BatchLedger.read(plan.ranges(), ledger.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("the ledger of the premises cannot be read", e);
        }
    }
}
