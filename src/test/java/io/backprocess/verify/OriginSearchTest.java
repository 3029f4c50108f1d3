package io.backprocess.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.OffsetRange;
import io.backprocess.kafka.PartitionRange;
import io.backprocess.kafka.PartitionReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Without a broker: a batch's topic with gaps, repeats and strangers in it, and a plain look through all of it beside. */
class OriginSearchTest {
    private static final TopicPartition RESULTS = new TopicPartition("orders.b", 0);
    private static final int SOURCE_OFFSETS = 30_000;

    private final List<ConsumerRecord<byte[], byte[]>> topic = new ArrayList<>();
    private long end;
    private long opened;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void findsWhatAPlainLookThroughFinds(long seed) {
        Random random = new Random(seed);
        write(random);
        OriginSearch search = search();

        long from = random.nextInt(3000);
        while (from < SOURCE_OFFSETS + 2000) {
            long to = from + 1 + random.nextInt(300);
            List<Long> found = new ArrayList<>();
            search.forEach(from, to, record -> found.add(record.offset()));

            long first = from;
            assertThat(found)
                    .as("seed %d, from %d to %d", seed, from, to)
                    .containsExactlyElementsOf(topic.stream()
                            .filter(record -> origin(record) >= first && origin(record) < to)
                            .map(ConsumerRecord::offset)
                            .toList());
            from = to + (random.nextBoolean() ? 0 : random.nextInt(4000));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void looksAtFewPlaces(long seed) {
        write(new Random(seed));
        OriginSearch search = search();

        for (int i = 0; i < 20; i++) {
            search.forEach(i * 1500L, i * 1500L + 100, record -> {});
        }

        assertThat(opened).isLessThan(20 * 10);
    }

    /** In stretches of the source results are dense, in others there are none; some offsets are markers. */
    private void write(Random random) {
        TreeSet<Integer> dense = new TreeSet<>();
        for (int i = 0; i < 10; i++) {
            dense.add(random.nextInt(SOURCE_OFFSETS));
        }
        boolean taken = true;
        for (int source = 0; source < SOURCE_OFFSETS; source++) {
            taken = dense.contains(source) ? !taken : taken;
            int results = taken ? random.nextInt(3) : random.nextInt(200) == 0 ? 1 : 0;
            for (int i = 0; i < results; i++) {
                write(source);
            }
            if (random.nextInt(50) == 0) {
                write(OriginSearch.UNORDERED);
            }
            end += random.nextInt(10) == 0 ? 1 : 0;
        }
    }

    private void write(long origin) {
        topic.add(new ConsumerRecord<>(
                RESULTS.topic(), 0, end++, new byte[0], String.valueOf(origin).getBytes(StandardCharsets.UTF_8)));
    }

    private static long origin(ConsumerRecord<byte[], byte[]> record) {
        return Long.parseLong(new String(record.value(), StandardCharsets.UTF_8));
    }

    private OriginSearch search() {
        return new OriginSearch(
                (partition, from, to) -> {
                    opened++;
                    return new PartitionReader(new PartitionRange(partition, from, to), () -> consumer(from));
                },
                RESULTS,
                0,
                end,
                new OffsetRange(0, 0, SOURCE_OFFSETS),
                OriginSearchTest::origin);
    }

    /** What comes in a fetch, then the rest; the position is at the end when nothing is left. */
    private MockConsumer<byte[], byte[]> consumer(long from) {
        int first = first(from);
        int next = Math.min(first + 1000, topic.size());
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
        consumer.schedulePollTask(() -> topic.subList(first, next).forEach(consumer::addRecord));
        consumer.schedulePollTask(() -> topic.subList(next, topic.size()).forEach(consumer::addRecord));
        consumer.schedulePollTask(() -> consumer.seek(RESULTS, end));
        return consumer;
    }

    private int first(long from) {
        int first = 0;
        while (first < topic.size() && topic.get(first).offset() < from) {
            first++;
        }
        return first;
    }
}
