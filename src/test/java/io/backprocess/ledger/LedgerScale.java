package io.backprocess.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.OffsetRange;
import io.backprocess.testing.KafkaBroker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Measures what it costs to read a large ledger, for docs/scaling.md; no build runs it. As a batch writes it that follows 64 busy
 * partitions for eighteen days: {@code mvn test -Dtest=LedgerScale -Dledger.lines=10000000}.
 */
class LedgerScale {
    private static final int PARTITIONS = 64;
    private static final int LINES = Integer.getInteger("ledger.lines", 10_000_000);

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @Test
    void readsALargeLedger() throws Exception {
        KAFKA.createTopic("large", 1, "retention.ms=-1");
        LedgerReader reader = new LedgerReader("batch", ranges(), new TopicPartition("large", 0), 0, KAFKA.clients());
        write();

        BatchLedger started = measure("a start, by the newest summary", reader::read);
        List<Long> wrong = new ArrayList<>();
        BatchLedger evidence = measure("verify, by every line, each summary checked", () -> {
            try (LedgerFollower follower = reader.follow(line -> {})) {
                BatchLedger ledger = follower.poll();
                wrong.addAll(follower.wrongSummaries());
                return ledger;
            }
        });

        assertThat(started.total()).isEqualTo(evidence.total());
        assertThat(wrong).isEmpty();
    }

    private static void write() throws Exception {
        LedgerAccumulator track = new LedgerAccumulator("batch", ranges(), 0, Long.MAX_VALUE, line -> {}, false);
        Properties properties = KAFKA.properties();
        properties.setProperty("compression.type", "lz4");
        properties.setProperty("linger.ms", "20");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            long offset = 0;
            for (int number = 0; number < LINES; number++, offset++) {
                int partition = number % PARTITIONS;
                long checkpoint = number / PARTITIONS;
                long at = 1_760_000_000_000L + checkpoint * 10_000;
                byte[] key = ("batch/" + partition).getBytes(UTF_8);
                byte[] value = new LedgerLine(
                                "batch",
                                partition,
                                checkpoint,
                                partition % 4,
                                new LedgerLine.Covered(checkpoint * 1000, checkpoint * 1000 + 1000),
                                new LedgerLine.Outcomes(1000, Map.of("2", 50L), 3, Map.of("rejected", 4L), 943, 943))
                        .write();
                var unused = producer.send(new ProducerRecord<>("large", 0, at, key, value));
                track.take(new ConsumerRecord<>("large", 0, offset, key, value) {
                    @Override
                    public long timestamp() {
                        return at;
                    }
                });
                LedgerSummary summary = track.newest();
                if (summary != null && summary.extent().next() == offset + 1) {
                    offset++;
                    var unusedToo = producer.send(new ProducerRecord<>(
                            "large", 0, at, LedgerSummary.key("batch").getBytes(UTF_8), summary.write()));
                }
            }
        }
        System.out.printf("%,d lines of %d partitions, a summary every %,d%n", LINES, PARTITIONS, LedgerSummary.EVERY);
    }

    private static List<OffsetRange> ranges() {
        return IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> OffsetRange.openFrom(partition, 0))
                .toList();
    }

    private static BatchLedger measure(String what, Supplier<BatchLedger> reading) {
        long before = used();
        long begin = System.nanoTime();
        BatchLedger ledger = reading.get();
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.printf(
                "%s: %.1f s, %,d KiB kept in heap, %,d records read by the batch%n",
                what, seconds, (used() - before) / 1024, ledger.total().read());
        return ledger;
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
