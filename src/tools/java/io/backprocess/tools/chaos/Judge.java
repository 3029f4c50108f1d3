package io.backprocess.tools.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Checks from Kafka alone whether a batch over a sampled history is right, byte for byte: results and dead letters, their place,
 * key and timestamp, the headers in which a history keeps parts of its events, and the ledger's figures. It replaces text in text, and uses no code of Backprocess.
 * It needs memory for the whole history.
 */
final class Judge {
    private static final int SHOWN = 5;

    private final Topics topics;
    private final History history;
    private final String source;
    private final String batch;
    private final Order order;
    private final List<String> wrong = new ArrayList<>();

    /** The order that the records of each partition must have: that of their source or, after a repair, any. */
    enum Order {
        IN_ORDER,
        ANY_ORDER
    }

    /** Reads all committed records of a topic, by partition. */
    @FunctionalInterface
    interface Topics {
        Map<Integer, List<ConsumerRecord<byte[], byte[]>>> read(String topic);
    }

    /** The verdict. Its lines are the errors, or else one line with the figures. */
    record Verdict(boolean right, List<String> lines) {}

    /** A record that is in a topic, or must be: its source offset, its key and its value. */
    private record Row(long origin, String key, long timestamp, String value) {}

    /** The expected outcome of a partition. */
    private static final class Expected {
        final List<Row> results = new ArrayList<>();
        final List<Row> deadLetters = new ArrayList<>();
        long read;
        long skipped;
        long duplicates;
        long next;
    }

    private Judge(Topics topics, History history, String source, String batch, Order order) {
        this.topics = topics;
        this.history = history;
        this.source = source;
        this.batch = batch;
        this.order = order;
    }

    static Verdict judge(Topics topics, History history, String source, String batch, Order order) throws IOException {
        return new Judge(topics, history, source, batch, order).judge();
    }

    private Verdict judge() throws IOException {
        Map<Integer, Expected> expected = new TreeMap<>();
        topics.read(source).forEach((partition, records) -> expected.put(partition, expect(records)));
        Map<Integer, List<ConsumerRecord<byte[], byte[]>>> results = topics.read(source + "." + batch);
        Map<Integer, List<ConsumerRecord<byte[], byte[]>>> letters = topics.read(source + "." + batch + ".dlq");
        expected.forEach((partition, should) -> {
            compare(
                    "results",
                    partition,
                    should.results,
                    rows(results.getOrDefault(partition, List.of()), this::originOfResult));
            compare(
                    "dead letters",
                    partition,
                    should.deadLetters,
                    rows(letters.getOrDefault(partition, List.of()), this::originOfLetter));
        });
        ledger(expected);
        if (!wrong.isEmpty()) {
            return new Verdict(false, wrong);
        }
        String figures = "right: %d records, %d results, %d dead letters, %d duplicates"
                .formatted(
                        expected.values().stream().mapToLong(each -> each.read).sum(),
                        expected.values().stream()
                                .mapToLong(each -> each.results.size())
                                .sum(),
                        expected.values().stream()
                                .mapToLong(each -> each.deadLetters.size())
                                .sum(),
                        expected.values().stream()
                                .mapToLong(each -> each.duplicates)
                                .sum());
        return new Verdict(true, List.of(figures));
    }

    /** Works out what a partition's records must become. */
    private Expected expect(List<ConsumerRecord<byte[], byte[]>> records) {
        Expected expected = new Expected();
        Map<String, String> taken = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            expected.read++;
            expected.next = record.offset() + 1;
            String event = history.text(record);
            if (!history.isEvent(event)) {
                expected.deadLetters.add(row(record, event));
            } else if (history.isSkipped(event)) {
                expected.skipped++;
            } else {
                String content = history.content(event);
                String first = taken.putIfAbsent(history.id(event), content);
                if (first == null) {
                    history.result(event, batch)
                            .ifPresentOrElse(
                                    result -> expected.results.add(row(record, result)),
                                    () -> expected.deadLetters.add(row(record, event)));
                } else if (first.equals(content)) {
                    expected.duplicates++;
                } else {
                    expected.deadLetters.add(row(record, event));
                }
            }
        }
        return expected;
    }

    private static Row row(ConsumerRecord<byte[], byte[]> record, String value) {
        return new Row(record.offset(), text(record.key()), record.timestamp(), value);
    }

    private interface OriginOf {
        long origin(ConsumerRecord<byte[], byte[]> record);
    }

    private List<Row> rows(List<ConsumerRecord<byte[], byte[]>> records, OriginOf origin) {
        List<Row> rows = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            rows.add(new Row(origin.origin(record), text(record.key()), record.timestamp(), history.text(record)));
        }
        return rows;
    }

    /** Returns the source offset of a result; -1 if the value is not an allowed one. */
    private long originOfResult(ConsumerRecord<byte[], byte[]> record) {
        String[] origin = header(record, "backprocess.source").split("/", -1);
        boolean own = origin.length == 3 && origin[0].equals(source) && origin[1].equals("" + record.partition());
        return own ? Long.parseLong(origin[2]) : -1;
    }

    private long originOfLetter(ConsumerRecord<byte[], byte[]> record) {
        boolean own = header(record, "__backprocess.errors.topic").equals(source)
                && header(record, "__backprocess.errors.partition").equals("" + record.partition())
                && header(record, "__backprocess.errors.batch-id").equals(batch);
        return own ? Long.parseLong(header(record, "__backprocess.errors.offset")) : -1;
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? "" : text(header.value());
    }

    private void compare(String what, int partition, List<Row> expected, List<Row> there) {
        List<Row> should = new ArrayList<>(expected);
        List<Row> are = new ArrayList<>(there);
        if (order == Order.ANY_ORDER) {
            are.sort(Comparator.comparingLong(Row::origin));
        }
        if (should.equals(are)) {
            return;
        }
        wrong.add("partition %d: %d %s, expected %d".formatted(partition, are.size(), what, should.size()));
        Map<Row, Integer> left = new HashMap<>();
        are.forEach(row -> left.merge(row, 1, Integer::sum));
        List<Row> missing = should.stream()
                .filter(row -> left.merge(row, -1, Integer::sum) < 0)
                .toList();
        List<Row> surplus =
                are.stream().filter(row -> left.getOrDefault(row, 0) > 0).toList();
        missing.stream().limit(SHOWN).forEach(row -> wrong.add("  missing: " + brief(row)));
        surplus.stream().limit(SHOWN).forEach(row -> wrong.add("  too much: " + brief(row)));
        if (missing.isEmpty() && surplus.isEmpty()) {
            int at = 0;
            while (should.get(at).equals(are.get(at))) {
                at++;
            }
            wrong.add("  out of order at %d: %s".formatted(at, brief(are.get(at))));
        }
    }

    private static String brief(Row row) {
        return "source offset %d, %s: %.120s".formatted(row.origin, row.key, row.value.replaceAll("\\p{Cntrl}", "?"));
    }

    private void ledger(Map<Integer, Expected> expected) throws IOException {
        Map<Integer, long[]> sums = new TreeMap<>();
        Map<Integer, List<long[]>> stretches = new TreeMap<>();
        ObjectMapper json = new ObjectMapper();
        for (List<ConsumerRecord<byte[], byte[]>> lines :
                topics.read("backprocess.ledger").values()) {
            for (ConsumerRecord<byte[], byte[]> record : lines) {
                if (!text(record.key()).startsWith(batch + "/")) {
                    continue;
                }
                JsonNode line = json.readTree(record.value());
                int partition = line.get("partition").asInt();
                long[] sum = sums.computeIfAbsent(partition, any -> new long[6]);
                sum[0] += line.get("read").asLong();
                sum[1] += total(line.get("skipped"));
                sum[2] += line.get("duplicates").asLong();
                sum[3] += total(line.get("deadLetters"));
                sum[4] += line.get("taken").asLong();
                sum[5] += line.get("results").asLong();
                if (line.hasNonNull("from")) {
                    stretches
                            .computeIfAbsent(partition, any -> new ArrayList<>())
                            .add(new long[] {
                                line.get("from").asLong(), line.get("next").asLong()
                            });
                }
            }
        }
        expected.forEach((partition, should) -> {
            long[] is = sums.getOrDefault(partition, new long[6]);
            long[] figures = {
                should.read,
                should.skipped,
                should.duplicates,
                should.deadLetters.size(),
                should.results.size(),
                should.results.size()
            };
            if (!Arrays.equals(is, figures)) {
                wrong.add(
                        "partition %d: the ledger has %s, expected read, skipped, duplicates, dead letters, taken, results %s"
                                .formatted(partition, Arrays.toString(is), Arrays.toString(figures)));
            }
            long next = 0;
            List<long[]> sorted = new ArrayList<>(stretches.getOrDefault(partition, List.of()));
            sorted.sort(Comparator.comparingLong(stretch -> stretch[0]));
            for (long[] stretch : sorted) {
                if (stretch[0] != next) {
                    wrong.add("partition %d: the ledger's lines meet at %d and %d"
                            .formatted(partition, next, stretch[0]));
                }
                next = stretch[1];
            }
            if (next < should.next) {
                wrong.add("partition %d: the ledger ends at %d, the source at %d"
                        .formatted(partition, next, should.next));
            }
        });
    }

    private static long total(JsonNode counts) {
        long total = 0;
        for (JsonNode count : counts) {
            total += count.asLong();
        }
        return total;
    }

    private static String text(byte[] utf8) {
        return utf8 == null ? "" : new String(utf8, StandardCharsets.UTF_8);
    }
}
