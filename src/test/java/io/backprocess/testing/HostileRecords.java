package io.backprocess.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/** The records of a producer that wants the batch to fail, by seed. */
public final class HostileRecords {
    private static final int REMEMBERED = 1000;
    private static final String[] VERSIONS = {
        "1",
        "1",
        "1",
        "1",
        "1",
        "1",
        "1.0",
        "1e0",
        "10e-1",
        "-1",
        "2",
        "0.1e1",
        "1e1000000000",
        "1e-99999999999",
        "1" + "0".repeat(990)
    };
    private static final String[] NUMBERS = {
        "0",
        "-0",
        "-0.0e-0",
        "0.1",
        "-999",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775809",
        "1e400",
        "-1e400",
        "1e-400",
        "1e1000000000",
        "-1e-1000000000",
        "1e99999999999",
        "0e99999999999",
        "-0e99999999999",
        "1e+2147483648",
        "5e-324",
        "1.7976931348623157e308",
        "9".repeat(1000),
        "0." + "9".repeat(999),
        "1E00001"
    };
    /** JSON texts without their quotes. */
    private static final String[] TEXTS = {
        "",
        "a",
        "Purchased",
        "SKU-PREMIUM-1",
        "\\u0000",
        "\\ud800",
        "\\udc00\\ud800",
        "\\ud83d\\ude00",
        "\ud83d\ude00",
        "\ufeff",
        "\\u0053KU-BASIC-2",
        "\\\"\\\\\\/\\b\\f\\n\\r\\t",
        "\\u001b[2J\\u001b]0;x\\u0007",
        "<script>alert(1)</script>",
        "\u202egnp.exe",
        "\ufffd\uffff",
        "\u2028\u2029\u0085",
        "%s %n $1 ${env:HOME}",
        "'; DROP TABLE events; --",
        "\u007f"
    };

    private static final String[] NAMES = {
        "actionType",
        "itemSku",
        "amount",
        "items",
        "payload",
        "eventId",
        "",
        "\\u0061mount",
        "__proto__",
        "extra",
        "\ufeff"
    };
    private static final String[] HEADERS = {
        "",
        "trace",
        "\u0000",
        "backprocess.source",
        "__backprocess.errors.reason",
        "__backprocess.errors.offset",
        "\ud83d\ude00"
    };

    private final String topic;
    private final int partitions;
    private final List<byte[]> saved;
    private final SplittableRandom random;
    private final List<byte[]> earlier = new ArrayList<>();
    private int ids;

    /** @param saved values that have been of interest before */
    public HostileRecords(String topic, int partitions, long seed, List<byte[]> saved) {
        this.topic = topic;
        this.partitions = partitions;
        this.saved = saved;
        this.random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L);
    }

    public ProducerRecord<byte[], byte[]> next() {
        long timestamp =
                switch (random.nextInt(20)) {
                    case 0 -> 0;
                    case 1 -> Long.MAX_VALUE;
                    default -> random.nextLong(1L << 42);
                };
        return new ProducerRecord<>(topic, random.nextInt(partitions), timestamp, key(), value(), headers());
    }

    private byte @Nullable [] key() {
        return switch (random.nextInt(10)) {
            case 0 -> null;
            case 1 -> new byte[0];
            case 2 -> bytes(random.nextInt(40));
            case 3 -> bytes(oneIn(1000) ? 100_000 : 300);
            default -> utf8("key-" + random.nextInt(50));
        };
    }

    private List<Header> headers() {
        List<Header> headers = new ArrayList<>();
        for (int i = oneIn(2000) ? 1000 : random.nextInt(3); i > 0; i--) {
            headers.add(new RecordHeader(oneOf(HEADERS), oneIn(4) ? null : bytes(random.nextInt(30))));
        }
        return headers;
    }

    private byte @Nullable [] value() {
        int dice = random.nextInt(100);
        if (dice < 1) {
            return null;
        }
        if (dice < 5) {
            return bytes(random.nextInt(60));
        }
        if (dice < 12) {
            return saved.get(random.nextInt(saved.size()));
        }
        if (dice < 17) {
            return damaged(saved.get(random.nextInt(saved.size())));
        }
        if (dice < 27 && !earlier.isEmpty()) {
            return earlier.get(random.nextInt(earlier.size()));
        }
        byte[] envelope = utf8(envelope());
        if (dice < 50) {
            return damaged(envelope);
        }
        if (envelope.length < 10_000) {
            remember(envelope);
        }
        return envelope;
    }

    private void remember(byte[] envelope) {
        if (earlier.size() < REMEMBERED) {
            earlier.add(envelope);
        } else {
            earlier.set(random.nextInt(REMEMBERED), envelope);
        }
    }

    private byte[] damaged(byte[] json) {
        byte[] damaged = json;
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            damaged = Damage.one(damaged, random);
        }
        return damaged;
    }

    private String envelope() {
        List<String> members = new ArrayList<>(List.of(
                "\"eventId\":" + space() + eventId(),
                "\"processVersion\":" + space() + oneOf(VERSIONS),
                "\"payload\":" + space() + (oneIn(30) ? value(2) : payload())));
        if (random.nextBoolean()) {
            members.add("\"correlationId\":" + (oneIn(4) ? value(2) : text()));
        }
        if (random.nextBoolean()) {
            members.add("\"eventTimestamp\":" + value(1));
        }
        if (oneIn(10)) {
            members.add(member(2));
        }
        if (oneIn(30)) {
            members.remove(random.nextInt(members.size()));
        }
        if (oneIn(30)) {
            members.add(members.get(random.nextInt(members.size())));
        }
        Collections.rotate(members, random.nextInt(members.size() + 1));
        return (oneIn(50) ? "\ufeff" : "") + object(members) + space();
    }

    /** Mostly a new one; sometimes one that was there before, with another payload. */
    private String eventId() {
        if (oneIn(50)) {
            return oneIn(5) ? value(1) : text();
        }
        int id = oneIn(20) && ids > 0 ? random.nextInt(ids) : ids++;
        return (oneIn(10) ? "\"\\u0065-" : "\"e-") + id + "\"";
    }

    private String payload() {
        List<String> members = new ArrayList<>(List.of(
                "\"actionType\":" + (oneIn(5) ? value(1) : "\"Purchased\""),
                "\"itemSku\":" + space() + (oneIn(5) ? value(1) : "\"SKU-PREMIUM-7\""),
                "\"amount\":" + (oneIn(20) ? value(1) : oneOf(NUMBERS))));
        if (oneIn(5)) {
            members.add(random.nextInt(members.size() + 1), "\"items\":" + space() + (oneIn(5) ? value(2) : items()));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            members.add(random.nextInt(members.size() + 1), member(3));
        }
        members.add(random.nextInt(members.size() + 1), oneIn(500) ? large() : "\"extra\":0");
        return object(members);
    }

    private String items() {
        return IntStream.range(0, oneIn(500) ? 1000 : random.nextInt(4))
                .mapToObj(i -> object(
                        List.of("\"itemSku\":\"SKU-BASIC-" + i + "\"", "\"amount\":" + (oneIn(10) ? value(1) : i))))
                .collect(Collectors.joining("," + space(), "[", "]"));
    }

    /** One that is large in some way. */
    private String large() {
        return switch (random.nextInt(oneIn(40) ? 7 : 6)) {
            case 0 -> "\"deep\":" + "[".repeat(990) + "]".repeat(990);
            case 1 -> "\"too deep\":" + "{\"\":".repeat(1200) + "0" + "}".repeat(1200);
            case 2 -> many(10_000, i -> "\"f" + i + "\":" + i);
            case 3 -> many(4096, i -> "\"" + collidingName(4096, i) + "\":1");
            case 4 -> "\"escaped\":\"" + "\\u0022\\\\".repeat(5000) + "\"";
            case 5 -> many(2000, i -> "\"amount\":" + i);
            default -> "\"long\":\"" + "x".repeat(1_000_000) + "\"";
        };
    }

    /** One of so many names, a power of two, that have the same String.hashCode. */
    public static String collidingName(int count, int i) {
        return Integer.toBinaryString(count + i).replace("0", "Aa").replace("1", "BB");
    }

    private static String many(int count, java.util.function.IntFunction<String> member) {
        return IntStream.range(0, count).mapToObj(member).collect(Collectors.joining(","));
    }

    private String member(int depth) {
        return "\"" + oneOf(NAMES) + "\":" + space() + value(depth);
    }

    private String value(int depth) {
        return switch (random.nextInt(depth == 0 ? 3 : 5)) {
            case 0 -> oneOf(NUMBERS);
            case 1 -> text();
            case 2 -> List.of("true", "false", "null").get(random.nextInt(3));
            case 3 ->
                object(IntStream.range(0, random.nextInt(3))
                        .mapToObj(i -> member(depth - 1))
                        .toList());
            default ->
                IntStream.range(0, random.nextInt(3))
                        .mapToObj(i -> value(depth - 1))
                        .collect(Collectors.joining(",", "[" + space(), "]"));
        };
    }

    private String text() {
        return "\"" + oneOf(TEXTS) + oneOf(TEXTS) + "\"";
    }

    private String object(List<String> members) {
        return members.stream().collect(Collectors.joining(space() + ",", "{" + space(), space() + "}"));
    }

    private String space() {
        return oneIn(10) ? " \t\r\n" : "";
    }

    private String oneOf(String[] all) {
        return all[random.nextInt(all.length)];
    }

    private boolean oneIn(int count) {
        return random.nextInt(count) == 0;
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }
}
