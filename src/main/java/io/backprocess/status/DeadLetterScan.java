package io.backprocess.status;

import io.backprocess.batch.BatchPlan;
import io.backprocess.deadletter.StoredDeadLetter;
import io.backprocess.kafka.InterleavedReader;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.kafka.PartitionRange;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.LedgerReader;
import io.backprocess.ledger.Redriven;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Reads a batch's dead-letter topic once and keeps only the dead letters that the caller wants. */
public final class DeadLetterScan {
    private final BatchPlan plan;
    private final KafkaClients kafka;
    private final @Nullable Integer only;
    private final Predicate<ListedDeadLetter> wanted;
    private long fitting;
    private long foreign;

    /**
     * Creates a scan.
     *
     * @param only the partition to read; null for all
     */
    public DeadLetterScan(
            BatchPlan plan, KafkaClients kafka, @Nullable Integer only, Predicate<ListedDeadLetter> wanted) {
        this.plan = plan;
        this.kafka = kafka;
        this.only = only;
        this.wanted = wanted;
    }

    /** Passes each matching dead letter to the action: each partition in the order of its offsets, the partitions in turns. */
    public void forEach(Consumer<ListedDeadLetter> action) {
        Map<Integer, PartitionRange> spans;
        try (KafkaAdmin admin = kafka.openAdmin()) {
            spans = PartitionRange.committed(plan.spec().deadLetterTopic(), admin);
        }
        if (spans.isEmpty()) {
            return;
        }
        BatchLedger ledger = LedgerReader.of(plan, kafka).read();
        if (only != null) {
            spans.keySet().retainAll(Set.of(only));
        }
        InterleavedReader.read(
                spans.values(), kafka, record -> take(record, ledger.redriven(record.partition()), action));
    }

    private void take(ConsumerRecord<byte[], byte[]> record, Redriven redriven, Consumer<ListedDeadLetter> action) {
        Optional<StoredDeadLetter> letter = StoredDeadLetter.read(record);
        if (letter.isEmpty()) {
            foreign++;
            return;
        }
        ListedDeadLetter listed =
                new ListedDeadLetter(letter.get(), redriven.deadLetters().contains(record.offset()));
        if (wanted.test(listed)) {
            fitting++;
            action.accept(listed);
        }
    }

    /**
     * Returns the newest matching dead letters by their records' own time, the newest first.
     *
     * @param limit the maximum number of dead letters to return
     * @param kept what to keep of each, for example without its content to save memory
     */
    public List<ListedDeadLetter> newest(int limit, UnaryOperator<ListedDeadLetter> kept) {
        PriorityQueue<ListedDeadLetter> newest = new PriorityQueue<>(ListedDeadLetter.BY_TIME);
        forEach(letter -> {
            ListedDeadLetter oldest = newest.peek();
            if (newest.size() < limit || (oldest != null && ListedDeadLetter.BY_TIME.compare(letter, oldest) > 0)) {
                newest.add(kept.apply(letter));
                if (newest.size() > limit) {
                    newest.poll();
                }
            }
        });
        List<ListedDeadLetter> sorted = new ArrayList<>(newest);
        sorted.sort(ListedDeadLetter.BY_TIME.reversed());
        return sorted;
    }

    /** Returns the number of dead letters read so far that match. */
    public long fitting() {
        return fitting;
    }

    /** Returns the number of records read so far that are not dead letters. */
    public long foreign() {
        return foreign;
    }

    /** Returns the plan of the batch. */
    public BatchPlan plan() {
        return plan;
    }
}
