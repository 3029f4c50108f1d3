package io.backprocess.ledger;

import io.backprocess.event.OffsetRange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** The ledgers of many batches, read in one go: each partition once, whatever number of batches it holds. */
public final class LedgerSurvey {
    private static final Duration POLL = Duration.ofMillis(200);

    private final Map<String, BatchLedger> ledgers = new HashMap<>();
    private final Map<TopicPartition, Long> starts = new HashMap<>();
    private final Set<String> damaged = new TreeSet<>();

    /**
     * @param ledger the partition that holds the batch's lines
     * @param start no line of the batch stands before this offset
     */
    public void add(String batchId, List<OffsetRange> ranges, TopicPartition ledger, long start) {
        ledgers.put(batchId, new BatchLedger(ranges));
        starts.merge(ledger, start, Math::min);
    }

    /** What is committed now of every batch that was added. */
    public Map<String, BatchLedger> read(Properties kafka) {
        try (KafkaConsumer<byte[], byte[]> consumer = LedgerFollower.consumer(kafka, "read_committed")) {
            consumer.assign(starts.keySet());
            starts.forEach(consumer::seek);
            Map<TopicPartition, Long> ends = consumer.endOffsets(starts.keySet());
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(POLL).forEach(this::take);
            }
        }
        return ledgers;
    }

    /** Batches that somebody else has written lines for; their ledgers lack what cannot be read. */
    public Set<String> damaged() {
        return damaged;
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null || record.value() == null) {
            return;
        }
        String key = new String(record.key(), StandardCharsets.UTF_8);
        String batchId = key.substring(0, Math.max(0, key.indexOf('/')));
        BatchLedger ledger = ledgers.get(batchId);
        if (ledger != null) {
            try {
                ledger.add(record);
            } catch (IOException | IllegalArgumentException e) {
                damaged.add(batchId);
            }
        }
    }
}
