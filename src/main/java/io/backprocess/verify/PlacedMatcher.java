package io.backprocess.verify;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Matches the results of one source partition that their keys spread over the partitions of the result topic. What came from one
 * source partition is in the order of its source within each partition of the result topic. A result in a partition that its key
 * does not choose is surplus there, and missing where it should be.
 */
final class PlacedMatcher implements Matcher {
    private final Map<Integer, Matcher> matchers = new TreeMap<>();

    /** @param matcher opens the matcher of one partition of the result topic */
    PlacedMatcher(List<OutputPartition> resultPartitions, Function<OutputPartition, Matcher> matcher) {
        resultPartitions.forEach(each -> matchers.put(each.span.partition().partition(), matcher.apply(each)));
    }

    @Override
    public void expect(long sourceOffset, List<ProducerRecord<byte[], byte[]>> expected) {
        if (expected.size() == 1) {
            at(expected.get(0)).expect(sourceOffset, expected);
            return;
        }
        Map<Integer, List<ProducerRecord<byte[], byte[]>>> placed = new TreeMap<>();
        for (ProducerRecord<byte[], byte[]> record : expected) {
            placed.computeIfAbsent(record.partition(), any -> new ArrayList<>()).add(record);
        }
        placed.values().forEach(records -> at(records.get(0)).expect(sourceOffset, records));
    }

    @Override
    public boolean comesNext(long sourceOffset, ProducerRecord<byte[], byte[]> expected) {
        return at(expected).comesNext(sourceOffset, expected);
    }

    private Matcher at(ProducerRecord<byte[], byte[]> record) {
        Matcher matcher = matchers.get(record.partition());
        if (matcher == null) {
            throw new IllegalStateException("no partition of the result topic is expected to have " + record);
        }
        return matcher;
    }

    @Override
    public void write(DataOutput out) throws IOException {
        for (Matcher each : matchers.values()) {
            each.write(out);
        }
    }

    @Override
    public void resume(DataInput in) throws IOException {
        for (Matcher each : matchers.values()) {
            each.resume(in);
        }
    }

    @Override
    public void finish() {
        matchers.values().forEach(Matcher::finish);
    }

    @Override
    public long counted() {
        return matchers.values().stream().mapToLong(Matcher::counted).sum();
    }

    @Override
    public long ahead() {
        return matchers.values().stream().mapToLong(Matcher::ahead).sum();
    }

    @Override
    public long awaited() {
        return matchers.values().stream().mapToLong(Matcher::awaited).min().orElse(Long.MAX_VALUE);
    }

    @Override
    public void close() {
        matchers.values().forEach(Matcher::close);
    }
}
