package io.backprocess.verify;

import io.backprocess.batch.BatchSpec;
import io.backprocess.event.Origin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.kafka.PartitionRange;
import io.backprocess.kafka.PartitionReader;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.Offsets;
import io.backprocess.publish.ResultSerializer;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Sorts the results of a batch by the partition of the source that they come from. */
final class ResultSorter {
    private final IntFunction<@Nullable Evidence> evidences;
    private final BatchSpec spec;
    private final BatchLedger ledger;
    private final KafkaClients kafka;

    /**
     * @param evidences supplies the evidence that gets the findings about the results of a source partition, which may be one that
     *     the source cannot have; null if these results are not sorted
     */
    ResultSorter(IntFunction<@Nullable Evidence> evidences, BatchSpec spec, BatchLedger ledger, KafkaClients kafka) {
        this.evidences = evidences;
        this.spec = spec;
        this.ledger = ledger;
        this.kafka = kafka;
    }

    /** Reads the partitions of the result topic, several at a time. */
    void sort(Collection<PartitionRange> spans, PlacedResults sorted) {
        try (Workers workers = new Workers(spans.size())) {
            workers.all(spans.stream()
                    .map(span -> Executors.callable(() -> sort(span, sorted)))
                    .toList());
        }
    }

    /**
     * Reads one partition of the result topic. A result that no record of the source can have is a finding. {@link RedriveProof}
     * reads those that redrives have written.
     */
    private void sort(PartitionRange span, PlacedResults sorted) {
        int resultPartition = span.partition().partition();
        Offsets redriven = ledger.redrivenResults(resultPartition);
        Offsets repaired = ledger.repairedResults(resultPartition);
        Map<Integer, OutputPartition> known = new HashMap<>();
        try (PartitionReader results = new PartitionReader(span, kafka, this::own);
                PlacedResults.Writer writer = sorted.open(resultPartition)) {
            for (ConsumerRecord<byte[], byte[]> record = results.next(); record != null; record = results.next()) {
                Origin stated = Output.RESULTS.origin(record.headers());
                int source = stated == null ? -1 : stated.partition();
                Evidence evidence = evidences.apply(source);
                if (evidence == null) {
                    continue;
                }
                OutputPartition of =
                        known.computeIfAbsent(source, each -> evidence.resultPartition(each, resultPartition));
                long origin = of.origin(record);
                if (redriven.contains(record.offset())) {
                    writer.count(source);
                } else if (origin == OutputPartition.FOREIGN) {
                    of.unexpected(record.offset());
                } else {
                    writer.add(
                            source,
                            repaired.contains(record.offset()),
                            new Track.Arrival(record.offset(), origin, Content.digest(Output.RESULTS, record)));
                }
            }
        }
    }

    /** Hides the records of others in a topic that is not the batch's alone. */
    private @Nullable ConsumerRecord<byte[], byte[]> own(ConsumerRecord<byte[], byte[]> record) {
        return ResultSerializer.isOf(spec, record.headers()) ? record : null;
    }
}
