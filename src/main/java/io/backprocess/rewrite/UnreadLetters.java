package io.backprocess.rewrite;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.OffsetRange;
import io.backprocess.batch.SizeLimits;
import io.backprocess.deadletter.StoredDeadLetter;
import io.backprocess.decode.Decoder;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.kafka.PartitionRange;
import io.backprocess.kafka.PartitionReader;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.PartitionLedger;
import io.backprocess.ledger.Redriven;
import io.backprocess.registry.Schemas;
import io.backprocess.replay.Replay;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which dead letters may be redriven of those that the batch could not read and that another envelope makes readable:
 * the first of each eventId, where the batch has not taken that id. It reads the source once, and only if there are such letters.
 */
final class UnreadLetters {
    private final BatchPlan plan;
    private final KafkaClients kafka;
    private final BatchLedger ledger;
    private final Map<Integer, PartitionRange> letters;
    private final Map<Integer, PartitionRange> source;
    /** Decodes as the redrive does. */
    private final Replay now;
    /** Decodes as the batch did. */
    private final Replay then;

    private final Map<Integer, LetterIds> ids = new HashMap<>();

    /**
     * @param letters the offsets of the dead-letter topic by partition
     * @param source the offsets that the source topic still has, by partition
     * @param now the redrive's replay
     */
    UnreadLetters(
            BatchPlan plan,
            KafkaClients kafka,
            ClassLoader revisions,
            BatchLedger ledger,
            Map<Integer, PartitionRange> letters,
            Map<Integer, PartitionRange> source,
            Replay now) {
        this.plan = plan;
        this.kafka = kafka;
        this.ledger = ledger;
        this.letters = letters;
        this.source = source;
        this.now = now;
        this.then =
                new Replay(plan, SizeLimits.ofResults(now.maxResultBytes()), Schemas.of(plan, kafka), revisions, null);
    }

    /**
     * Takes the eventId of a letter that is an event now.
     *
     * @return whether the letter may be redriven; null if that is unknown, because a part of the history is deleted
     */
    @Nullable
    Boolean take(int partition, Event event) {
        boolean global = plan.spec().dedupeScope() == DedupeScope.GLOBAL;
        List<PartitionLedger> read = ledger.partitions().stream()
                .filter(each -> global || each.range().partition() == partition)
                .toList();
        if (read.stream().anyMatch(this::isGone)) {
            return null;
        }
        return ids.computeIfAbsent(global ? -1 : partition, any -> find(read)).take(event);
    }

    private boolean isGone(PartitionLedger partition) {
        OffsetRange range = partition.range();
        PartitionRange there = source.get(range.partition());
        return partition.next() > range.start() && (there == null || there.from() > range.start());
    }

    private LetterIds find(List<PartitionLedger> read) {
        LetterIds found = new LetterIds(plan.seed());
        for (PartitionLedger partition : read) {
            Redriven redriven = ledger.redriven(partition.range().partition());
            forEachUnread(partition, (record, event) -> {
                if (!redriven.deadLetters().contains(record.offset())) {
                    found.add(event);
                }
            });
        }
        found.sort();
        for (PartitionLedger partition : found.isEmpty() ? List.<PartitionLedger>of() : read) {
            Redriven redriven = ledger.redriven(partition.range().partition());
            forEachUnread(partition, (record, event) -> {
                if (redriven.deadLetters().contains(record.offset())) {
                    found.take(event);
                }
            });
            TopicPartition topic = new TopicPartition(
                    plan.spec().sourceTopic(), partition.range().partition());
            forEach(new PartitionRange(topic, partition.range().start(), partition.next()), record -> {
                Outcome outcome = then.decode(record);
                if (outcome instanceof Event event) {
                    found.take(event);
                }
            });
        }
        return found;
    }

    private interface LetterTaker {
        void take(ConsumerRecord<byte[], byte[]> record, Event event);
    }

    /** Reads the letters of a partition that the batch could not read and that are events of its version now. */
    private void forEachUnread(PartitionLedger partition, LetterTaker taker) {
        PartitionRange range = letters.get(partition.range().partition());
        if (range == null) {
            return;
        }
        forEach(range, record -> {
            StoredDeadLetter letter = StoredDeadLetter.read(record).orElse(null);
            if (letter != null
                    && letter.failure().stage().equals(Decoder.STAGE)
                    && now.decode(letter.record()) instanceof Event event) {
                taker.take(record, event);
            }
        });
    }

    private void forEach(PartitionRange range, Consumer<ConsumerRecord<byte[], byte[]>> action) {
        try (PartitionReader reader = new PartitionReader(range, kafka)) {
            for (ConsumerRecord<byte[], byte[]> record = reader.next(); record != null; record = reader.next()) {
                action.accept(record);
            }
        }
    }
}
