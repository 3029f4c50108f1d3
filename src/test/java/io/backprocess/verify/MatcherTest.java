package io.backprocess.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.kafka.PartitionRange;
import io.backprocess.kafka.PartitionReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lanes without a broker: what is expected is put against what a seeded saboteur left of it. */
class MatcherTest {
    private static final TopicPartition RESULTS = new TopicPartition("orders.b", 0);
    private static final int SOURCE_OFFSETS = 3000;

    private final Findings findings = new Findings();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsThereInOrderIsRight(boolean origins) {
        List<ProducerRecord<byte[], byte[]>> expected = expected(new Random(1), origins);

        long counted = run(expected, expected, origins);

        assertThat(findings.kept()).isEmpty();
        assertThat(counted).isEqualTo(expected.size());
    }

    /** What a saboteur did once each, far enough apart, is named once each. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void namesEachSabotageOnce(long seed) {
        for (boolean origins : new boolean[] {true, false}) {
            Random random = new Random(seed);
            List<ProducerRecord<byte[], byte[]>> expected = expected(random, origins);
            List<ProducerRecord<byte[], byte[]>> actual = new ArrayList<>();
            Map<FindingKind, Long> done = new TreeMap<>();
            for (int i = 0; i < expected.size(); i++) {
                ProducerRecord<byte[], byte[]> record = expected.get(i);
                int dice = i % 7 == 0 ? random.nextInt(6) : 6;
                if (dice == 0) {
                    done.merge(FindingKind.MISSING_RESULT, 1L, Long::sum);
                } else if (dice == 1) {
                    actual.add(record);
                    actual.add(record);
                    done.merge(FindingKind.UNEXPECTED_RESULT, 1L, Long::sum);
                } else if (dice == 2) {
                    actual.add(copy(record, "altered " + i));
                    done.merge(FindingKind.ALTERED_RESULT, 1L, Long::sum);
                } else if (dice == 3 && i + 1 < expected.size()) {
                    actual.add(expected.get(++i));
                    actual.add(record);
                    done.merge(FindingKind.OUT_OF_ORDER_RESULT, 1L, Long::sum);
                } else {
                    actual.add(record);
                }
            }
            Findings found = new Findings();

            run(expected, actual, origins, found);

            assertThat(byKind(found)).as("seed %d, origins %s", seed, origins).isEqualTo(done);
        }
    }

    /** A transaction that was lost, and one that was written twice. */
    @Test
    void namesLongStretchesOneByOne() {
        List<ProducerRecord<byte[], byte[]>> expected = expected(new Random(2), true);
        List<ProducerRecord<byte[], byte[]>> actual = new ArrayList<>(expected);
        actual.addAll(1500, expected.subList(1000, 1500));
        actual.subList(200, 600).clear();

        run(expected, actual, true);

        assertThat(byKind(findings))
                .isEqualTo(Map.of(FindingKind.MISSING_RESULT, 400L, FindingKind.UNEXPECTED_RESULT, 500L));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void namesTheOneThatWasMovedFarAway(boolean origins) {
        List<ProducerRecord<byte[], byte[]>> expected = expected(new Random(3), origins);
        List<ProducerRecord<byte[], byte[]>> early = new ArrayList<>(expected);
        early.add(10, early.remove(2500));
        List<ProducerRecord<byte[], byte[]>> late = new ArrayList<>(expected);
        late.add(2500, late.remove(10));

        run(expected, early, origins);
        run(expected, late, origins);

        assertThat(findings.kept())
                .extracting(Finding::kind, Finding::offset)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(FindingKind.OUT_OF_ORDER_RESULT, 10L),
                        org.assertj.core.groups.Tuple.tuple(FindingKind.OUT_OF_ORDER_RESULT, 2500L));
    }

    /** The matcher is left at any time, and another one goes on with what it has written. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void findsTheSameWhenItIsInterrupted(long seed) {
        for (boolean origins : new boolean[] {true, false}) {
            Random random = new Random(seed);
            List<ProducerRecord<byte[], byte[]>> expected = expected(random, origins);
            List<ProducerRecord<byte[], byte[]>> actual = new ArrayList<>();
            for (ProducerRecord<byte[], byte[]> record : expected) {
                int dice = random.nextInt(60);
                if (dice < 4) {
                    actual.add(random.nextInt(actual.size() + 1), record);
                } else if (dice == 4) {
                    actual.add(copy(record, "altered"));
                } else if (dice != 5) {
                    actual.add(record);
                }
                if (dice == 6) {
                    actual.add(record);
                }
            }
            Findings found = new Findings();
            Findings again = new Findings();

            long counted = run(expected, actual, origins, found);
            long countedAgain = run(expected, actual, origins, again, offset -> random.nextInt(40) == 0);

            assertThat(again.kept()).as("seed %d, origins %s", seed, origins).isEqualTo(found.kept());
            assertThat(countedAgain).isEqualTo(counted);
            assertThat(found.total()).isPositive();
        }
    }

    private static Map<FindingKind, Long> byKind(Findings findings) {
        assertThat(findings.total())
                .as("all of them are kept")
                .isEqualTo(findings.kept().size());
        return findings.kept().stream()
                .map(Finding::kind)
                .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
    }

    /** Of each source offset no, one or three results; the key holds the offset. */
    private static List<ProducerRecord<byte[], byte[]>> expected(Random random, boolean origins) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int offset = 0; offset < SOURCE_OFFSETS; offset++) {
            int results = random.nextInt(10) == 0 ? 3 : random.nextInt(5) == 0 ? 0 : 1;
            for (int index = 0; index < results; index++) {
                RecordHeaders headers = new RecordHeaders();
                if (origins) {
                    headers.add("backprocess.source", bytes("orders/0/" + offset));
                }
                records.add(new ProducerRecord<>(
                        RESULTS.topic(), 0, 1L, bytes("" + offset), bytes(offset + "/" + index), headers));
            }
        }
        return records;
    }

    private long run(
            List<ProducerRecord<byte[], byte[]>> expected,
            List<ProducerRecord<byte[], byte[]>> actual,
            boolean origins) {
        return run(expected, actual, origins, findings);
    }

    private static long run(
            List<ProducerRecord<byte[], byte[]>> expected,
            List<ProducerRecord<byte[], byte[]>> actual,
            boolean origins,
            Findings findings) {
        return run(expected, actual, origins, findings, offset -> false);
    }

    /** @param isInterrupted tells before which source offsets another matcher goes on */
    private static long run(
            List<ProducerRecord<byte[], byte[]>> expected,
            List<ProducerRecord<byte[], byte[]>> actual,
            boolean origins,
            Findings findings,
            LongPredicate isInterrupted) {
        Map<Long, List<ProducerRecord<byte[], byte[]>>> bySource = expected.stream()
                .collect(Collectors.groupingBy(
                        record -> Long.valueOf(new String(record.key(), StandardCharsets.UTF_8)),
                        TreeMap::new,
                        Collectors.toList()));
        Matcher matcher = matcher(actual, origins, findings);
        for (Map.Entry<Long, List<ProducerRecord<byte[], byte[]>>> each : bySource.entrySet()) {
            if (isInterrupted.test(each.getKey())) {
                matcher = resumed(matcher, matcher(actual, origins, findings));
            }
            matcher.expect(each.getKey(), each.getValue());
        }
        try (Matcher last = matcher) {
            last.finish();
            return last.counted();
        }
    }

    private static Matcher matcher(List<ProducerRecord<byte[], byte[]>> actual, boolean origins, Findings findings) {
        PartitionRange span = new PartitionRange(RESULTS, 0, actual.size());
        LedgerRange ledgerRange = new LedgerRange(0, 0, SOURCE_OFFSETS, SOURCE_OFFSETS, SOURCE_OFFSETS, SOURCE_OFFSETS);
        OutputPartition outputPartition = new OutputPartition(
                Output.RESULTS, span, "orders", ledgerRange, findings, new Unknowns(), SourceGaps.none(ledgerRange));
        Track track = new TopicTrack(outputPartition, new PartitionReader(span, () -> consumer(actual)));
        return origins ? new OriginMatcher(outputPartition, track) : new ContentMatcher(outputPartition, track);
    }

    private static Matcher resumed(Matcher left, Matcher fresh) {
        try (left) {
            ByteArrayOutputStream state = new ByteArrayOutputStream();
            left.write(new DataOutputStream(state));
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(state.toByteArray()));
            fresh.resume(in);
            assertThat(in.available()).isZero();
            return fresh;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MockConsumer<byte[], byte[]> consumer(List<ProducerRecord<byte[], byte[]>> records) {
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
        consumer.schedulePollTask(() -> {
            for (int offset = 0; offset < records.size(); offset++) {
                ProducerRecord<byte[], byte[]> record = records.get(offset);
                consumer.addRecord(new ConsumerRecord<>(
                        RESULTS.topic(),
                        0,
                        offset,
                        record.timestamp(),
                        TimestampType.CREATE_TIME,
                        0,
                        0,
                        record.key(),
                        record.value(),
                        record.headers(),
                        java.util.Optional.empty()));
            }
        });
        return consumer;
    }

    private static ProducerRecord<byte[], byte[]> copy(ProducerRecord<byte[], byte[]> record, String value) {
        return new ProducerRecord<>(RESULTS.topic(), 0, 1L, record.key(), bytes(value), record.headers());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
