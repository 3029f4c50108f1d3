package io.backprocess.read;

import io.backprocess.batch.KeyGroups;
import io.backprocess.batch.OffsetRange;
import io.backprocess.kafka.KafkaClients;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.util.function.SerializableSupplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.TopicPartition;

/** Enumerators of a history for tests. Four partitions: at parallelism 2 subtask 0 has 0 and 1, subtask 1 has 2 and 3. */
final class Enumerators {
    private static final KeyGroups KEY_GROUPS = new KeyGroups(4, 128);
    static final String HASH = "abc";
    static final BatchLease CLAIM = BatchLease.of("b", () -> {}, () -> {});
    static final KafkaPartitionSplit[] FROM_START = {split(0, 0), split(1, 0), split(2, 0), split(3, 0)};

    private Enumerators() {}

    /** With dead letters that are no further than the results. */
    static Committed committed(Map<Integer, Long> results) {
        return new Committed(results, results, "");
    }

    static KafkaPartitionSplit split(int partition, long from) {
        return new KafkaPartitionSplit(new TopicPartition("orders", partition), from, 100);
    }

    static HistoryEnumerator fresh(FakeEnumeratorContext context) {
        return start(context, List.of(FROM_START), Map.of(), false);
    }

    static HistoryEnumerator restored(FakeEnumeratorContext context) {
        return start(context, List.of(), Map.of(), true);
    }

    /** With claim and ledger answering at once. */
    static HistoryEnumerator start(
            FakeEnumeratorContext context,
            List<KafkaPartitionSplit> splits,
            Map<Integer, Long> committed,
            boolean restored) {
        return start(context, splits, committed(committed), restored);
    }

    static HistoryEnumerator start(
            FakeEnumeratorContext context, List<KafkaPartitionSplit> splits, Committed committed, boolean restored) {
        HistoryEnumerator enumerator = enumerator(context, () -> committed, splits, restored);
        context.answersAtOnce = true;
        enumerator.start();
        return enumerator;
    }

    static HistoryEnumerator enumerator(
            FakeEnumeratorContext context,
            SerializableSupplier<Committed> committed,
            List<KafkaPartitionSplit> splits,
            boolean restored) {
        return enumerator(context, committed, CLAIM, splits, restored);
    }

    static HistoryEnumerator fresh(
            FakeEnumeratorContext context, SerializableSupplier<Committed> committed, BatchLease lease) {
        return enumerator(context, committed, lease, List.of(FROM_START), false);
    }

    static HistoryEnumerator enumerator(
            FakeEnumeratorContext context,
            SerializableSupplier<Committed> committed,
            BatchLease lease,
            List<KafkaPartitionSplit> splits,
            boolean restored) {
        return new HistoryEnumerator(
                context,
                KEY_GROUPS,
                new HistoryEnumerator.Claim(HASH, committed, lease),
                new HistoryEnumerator.Splits(splits, restored),
                new FakeWatch(4),
                null);
    }

    static HistorySource source(List<OffsetRange> ranges) {
        return source(ranges, () -> {});
    }

    static HistorySource source(List<OffsetRange> ranges, Runnable check) {
        Properties properties = new Properties();
        properties.setProperty(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:1");
        return new HistorySource(
                "orders",
                ranges,
                new KeyGroups(ranges.size(), 128),
                HASH,
                KafkaClients.of(properties),
                new FakeBatch(check, ranges.size()),
                null,
                null);
    }

    /** Nothing of it is committed. */
    private record FakeBatch(Runnable check, int partitions) implements BatchAccess {
        @Override
        public void checkClient() {
            check.run();
        }

        @Override
        public Committed committed() {
            return Enumerators.committed(Map.of());
        }

        @Override
        public BatchLease lease() {
            return CLAIM;
        }

        @Override
        public SourceWatch watch() {
            return new FakeWatch(partitions);
        }
    }
}
