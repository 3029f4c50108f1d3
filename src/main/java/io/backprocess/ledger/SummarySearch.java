package io.backprocess.ledger;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Searches for the newest summaries backwards from the end of a ledger partition, in windows that double in size. It gives up
 * after a quarter of the records that would be read without summaries, so the search never costs more than that quarter.
 */
final class SummarySearch {
    private static final long WORTH_IT = 4L * LedgerSummary.EVERY;
    private static final long FIRST_WINDOW = 2L * LedgerSummary.EVERY;
    private static final int GIVES_UP_AFTER = 4;

    private SummarySearch() {}

    /** Makes each accumulator continue from its newest summary, if one is found. */
    static void goOn(
            Collection<LedgerAccumulator> accumulators,
            TopicPartition ledger,
            long end,
            KafkaConsumer<byte[], byte[]> consumer,
            Duration poll) {
        Set<LedgerAccumulator> searching = new HashSet<>();
        accumulators.stream()
                .filter(accumulator -> !accumulator.isEvidence() && end - accumulator.start() >= WORTH_IT)
                .forEach(searching::add);
        long start =
                searching.stream().mapToLong(LedgerAccumulator::start).min().orElse(end);
        long lowest = end - (end - start) / GIVES_UP_AFTER;
        long high = end;
        long window = FIRST_WINDOW;
        while (!searching.isEmpty() && high > lowest) {
            long low = Math.max(lowest, high - window);
            Map<LedgerAccumulator, List<ConsumerRecord<byte[], byte[]>>> found =
                    summaries(searching, ledger, low, high, consumer, poll);
            found.forEach((accumulator, summaries) -> {
                for (int i = summaries.size() - 1; i >= 0; i--) {
                    if (accumulator.goOnFrom(summaries.get(i))) {
                        searching.remove(accumulator);
                        return;
                    }
                }
            });
            high = low;
            window *= 2;
        }
    }

    private static Map<LedgerAccumulator, List<ConsumerRecord<byte[], byte[]>>> summaries(
            Set<LedgerAccumulator> accumulators,
            TopicPartition ledger,
            long low,
            long high,
            KafkaConsumer<byte[], byte[]> consumer,
            Duration poll) {
        Map<String, LedgerAccumulator> bySummaryKey = new HashMap<>();
        accumulators.forEach(accumulator -> bySummaryKey.put(accumulator.summaryKey(), accumulator));
        Map<LedgerAccumulator, List<ConsumerRecord<byte[], byte[]>>> found = new HashMap<>();
        consumer.seek(ledger, low);
        while (consumer.position(ledger) < high) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(poll).records(ledger)) {
                LedgerAccumulator accumulator = record.key() == null || record.offset() >= high
                        ? null
                        : bySummaryKey.get(new String(record.key(), StandardCharsets.UTF_8));
                if (accumulator != null) {
                    found.computeIfAbsent(accumulator, any -> new ArrayList<>()).add(record);
                }
            }
        }
        return found;
    }
}
