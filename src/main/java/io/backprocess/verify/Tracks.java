package io.backprocess.verify;

import io.backprocess.kafka.KafkaClients;
import io.backprocess.kafka.PartitionRange;
import io.backprocess.kafka.PartitionReader;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.Offsets;
import io.backprocess.ledger.Redriven;
import io.backprocess.replay.BareLetter;
import org.jspecify.annotations.Nullable;

/**
 * Opens the records of the batch's topics, those of its job apart from those of repairs. Those that redrives have written are in
 * neither.
 */
final class Tracks {
    private final TableLetters tableLetters;
    private final BatchLedger ledger;
    private final KafkaClients kafka;
    private final @Nullable PlacedResults placed;

    /** @param placed the sorted results; null if results keep the partition of their source */
    Tracks(TableLetters tableLetters, BatchLedger ledger, KafkaClients kafka, @Nullable PlacedResults placed) {
        this.tableLetters = tableLetters;
        this.ledger = ledger;
        this.kafka = kafka;
        this.placed = placed;
    }

    /** @param ofRepairs whether to open the records that repairs have written, and not those of the job */
    Track open(OutputPartition outputPartition, boolean ofRepairs) {
        if (placed != null && outputPartition.output == Output.RESULTS) {
            return placed.track(
                    outputPartition.partition(),
                    outputPartition.span.partition().partition(),
                    ofRepairs);
        }
        Offsets repaired = Repairs.of(ledger, outputPartition.partition()).places(outputPartition.output);
        return new TopicTrack(
                outputPartition, ofRepairs ? readRepaired(outputPartition, repaired) : read(outputPartition, repaired));
    }

    private PartitionReader read(OutputPartition outputPartition, Offsets repaired) {
        Redriven redriven = ledger.redriven(outputPartition.partition());
        if (redriven.deadLetters().isEmpty() && repaired.isEmpty() && !tableLetters.mayBe()) {
            return new PartitionReader(outputPartition.span, kafka);
        }
        PartitionReader.View view = view(outputPartition.output, redriven);
        return new PartitionReader(
                outputPartition.span, kafka, record -> repaired.contains(record.offset()) ? null : view.see(record));
    }

    /** Opens the records that repairs have written. */
    private PartitionReader readRepaired(OutputPartition outputPartition, Offsets repaired) {
        PartitionReader.View view = view(outputPartition.output, ledger.redriven(outputPartition.partition()));
        long from = repaired.isEmpty()
                ? outputPartition.span.from()
                : Math.max(outputPartition.span.from(), repaired.first());
        long to = repaired.isEmpty() ? from : Math.max(from, Math.min(outputPartition.span.to(), repaired.last() + 1));
        return new PartitionReader(
                new PartitionRange(outputPartition.span.partition(), from, to),
                kafka,
                record -> repaired.contains(record.offset()) ? view.see(record) : null);
    }

    private PartitionReader.View view(Output output, Redriven redriven) {
        return output == Output.RESULTS
                ? record -> redriven.results().contains(record.offset()) ? null : record
                : record -> redriven.failed().contains(record.offset())
                        ? null
                        : redriven.deadLetters().contains(record.offset())
                                ? BareLetter.of(record)
                                : tableLetters.isOne(record) ? tableLetters.compared(record) : record;
    }
}
