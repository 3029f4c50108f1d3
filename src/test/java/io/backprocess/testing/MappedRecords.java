package io.backprocess.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.backprocess.testing.PlainJson.Member;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * {@link HostileRecords} that keep the parts of their envelopes where {@link #ENVELOPE} says, in one of two forms. What a record
 * gets besides depends on its value alone, so that copies stay copies, but for a few that get another type or tenant.
 */
public final class MappedRecords {
    /** The mapping file. Its places are in headers, nested, in an array, and joined. */
    public static final String ENVELOPE = """
            name: hostile
            processVersion: { from: "header:version", map: { v1: 1, v2: 2 }, absent: 1 }
            select: attributes.?type.orValue("") != "Ignored"
            tombstones: skip
            write: [type, tenant]
            forms:
              - when: { has: [/refused] }
                refuse: such records are refused
              - when: { has: [/meta], lacks: ["header:bare"] }
                eventId: ["header:source", /meta/id]
                eventTimestamp: { from: /meta/at, unit: millis }
                payload: /data/body
                attributes: { type: /type, tenant: "header:tenant", first: /tags/0 }
                stamp: { eventId: /meta/id, batch: /trace/batch }
              - eventId: "header:id"
                payload: value
                attributes: { type: "header:type", tenant: "header:tenant" }
                stamp: { batch: "header:trace" }
            """;

    private static final String[] TYPES = {
        "\"Purchased\"",
        "\"Purch\\u0061sed\"",
        "\"Split\"",
        "\"Rejected\"",
        "\"Ignored\"",
        "\"\"",
        "\"\\ud800\"",
        "\"null\"",
        "null",
        "1e1000000000",
        "-0",
        "true",
        "[\"Purchased\"]",
        "{\"type\":\"Split\"}"
    };
    /** What may stand between a joined id's parts stands in them too. */
    private static final String[] SOURCES = {
        "shop",
        "shop",
        "shop|",
        "|",
        "\\",
        "shop\\",
        "17",
        "\"shop\"",
        "\"sh\\u006fp\"",
        "\"\\ud800\"",
        "\"\"",
        "\"shop",
        ""
    };

    private static final String[] TENANTS = {
        "acme",
        "",
        "\"acme\"",
        "\"\\u0061cme\"  ",
        "{\"schema\":{\"type\":\"string\"},\"payload\":\"acme\"}",
        "{\"schema\":{\"type\":\"int32\"},\"payload\": 7}",
        "{\"schema\":null,\"payload\":null}",
        "{\"schema\":null,\"payload\":\"acme\",\"more\":1}",
        "{\"schema\":",
        "\ud83d\ude00"
    };
    private static final String[] VERSIONS = {
        "v1", "v2", "V1", "\"v1\"", "\"1\"", "\"\\u0076\\u0031\" ", "{\"schema\":{},\"payload\":\"v1\"}",
                "{\"schema\":{},\"payload\":1}",
        "+1", " 1", "01", "1.", "0x1", "", "\"", "v1\u0000"
    };
    private static final String[] PARENTS = {"{}", "{}", "{}", "[]", "[1]", "null", "\"trace\"", "0"};

    private final HostileRecords hostile;
    private final SplittableRandom random;

    public MappedRecords(String topic, int partitions, long seed, List<byte[]> saved) {
        hostile = new HostileRecords(topic, partitions, seed, saved);
        random = new SplittableRandom(seed);
    }

    public ProducerRecord<byte[], byte[]> next() {
        ProducerRecord<byte[], byte[]> record = hostile.next();
        byte[] value = record.value();
        List<Member> members = value == null || !StrictJson.isUtf8Json(value) ? null : PlainJson.members(value);
        if (members == null) {
            return record;
        }
        SplittableRandom dice = new SplittableRandom(Arrays.hashCode(value));
        List<Header> headers = new ArrayList<>(List.of(record.headers().toArray()));
        byte[] mapped = dice.nextInt(5) == 0 ? bare(members, headers, dice) : full(members, headers, dice);
        if (dice.nextInt(8) == 0) {
            mapped = Damage.one(mapped, dice);
        }
        if (random.nextInt(50) == 0) {
            headers.add(header("tenant", oneOf(TENANTS, random)));
        }
        return new ProducerRecord<>(
                record.topic(), record.partition(), record.timestamp(), record.key(), mapped, headers);
    }

    private static byte[] full(List<Member> members, List<Header> headers, SplittableRandom dice) {
        List<Member> value = new ArrayList<>();
        List<Member> meta = new ArrayList<>();
        List<Member> trace = new ArrayList<>();
        List<Member> data = new ArrayList<>();
        for (Member member : members) {
            switch (member.name) {
                case "eventId" -> meta.add(new Member("id", member.value));
                case "eventTimestamp" -> meta.add(new Member("at", member.value));
                case "correlationId" -> trace.add(new Member("batch", member.value));
                case "payload" -> data.add(new Member("body", member.value));
                case "processVersion" -> headers.add(version(member.value, dice));
                default -> value.add(member);
            }
        }
        add(value, "meta", dice.nextInt(40) == 0 ? utf8(oneOf(PARENTS, dice)) : PlainJson.object(meta), dice);
        add(value, "data", dice.nextInt(40) == 0 ? utf8(oneOf(PARENTS, dice)) : PlainJson.object(data), dice);
        if (!trace.isEmpty() || dice.nextInt(10) > 0) {
            add(value, "trace", trace.isEmpty() ? utf8(oneOf(PARENTS, dice)) : PlainJson.object(trace), dice);
        }
        if (dice.nextInt(8) > 0) {
            add(value, "type", utf8(oneOf(TYPES, dice)), dice);
        }
        if (dice.nextBoolean()) {
            add(
                    value,
                    "tags",
                    utf8(dice.nextInt(4) == 0 ? oneOf(PARENTS, dice) : "[" + oneOf(TYPES, dice) + "]"),
                    dice);
        }
        if (dice.nextInt(100) == 0) {
            add(value, "refused", utf8("null"), dice);
        }
        if (dice.nextInt(30) > 0) {
            headers.add(header("source", oneOf(SOURCES, dice)));
        }
        if (dice.nextInt(3) > 0) {
            headers.add(header("tenant", oneOf(TENANTS, dice)));
        }
        if (dice.nextInt(50) == 0) {
            headers.add(header("bare", ""));
            headers.add(header("id", oneOf(SOURCES, dice)));
        }
        if (dice.nextInt(20) == 0) {
            headers.add(header("backprocess.correlation-id", "of an earlier batch"));
        }
        return PlainJson.object(value);
    }

    /** The payload is the value, and everything else is in headers. */
    private static byte[] bare(List<Member> members, List<Header> headers, SplittableRandom dice) {
        byte[] payload = null;
        for (Member member : members) {
            switch (member.name) {
                case "eventId" -> headers.add(new RecordHeader("id", text(member.value)));
                case "correlationId" -> headers.add(new RecordHeader("trace", text(member.value)));
                case "payload" -> payload = member.value;
                case "processVersion" -> headers.add(version(member.value, dice));
                default -> {}
            }
        }
        if (dice.nextInt(8) > 0) {
            headers.add(new RecordHeader("type", text(utf8(oneOf(TYPES, dice)))));
        }
        if (dice.nextInt(20) == 0) {
            headers.add(new RecordHeader(dice.nextBoolean() ? "type" : "id", new byte[] {'"', (byte) 0xFF, 0}));
        }
        return payload == null ? PlainJson.object(members) : payload;
    }

    /** One more member, seldom twice. */
    private static void add(List<Member> value, String name, byte[] json, SplittableRandom dice) {
        for (int times = dice.nextInt(300) == 0 ? 2 : 1; times > 0; times--) {
            value.add(dice.nextInt(value.size() + 1), new Member(name, json));
        }
    }

    /** Mostly the number as it was. */
    private static Header version(byte[] number, SplittableRandom dice) {
        return switch (dice.nextInt(8)) {
            case 0 -> header("version", oneOf(VERSIONS, dice));
            case 1 -> new RecordHeader("version", (byte[]) null);
            case 2, 3 -> header("version", "v1");
            default -> new RecordHeader("version", number);
        };
    }

    /** The text of a JSON text where UTF-8 has it, and any other value as it stands. */
    private static byte @Nullable [] text(byte[] json) {
        String text = PlainJson.text(json);
        return text == null || !UTF_8.newEncoder().canEncode(text) ? json : utf8(text);
    }

    private static Header header(String name, String text) {
        return new RecordHeader(name, utf8(text));
    }

    private static String oneOf(String[] all, SplittableRandom dice) {
        return all[dice.nextInt(all.length)];
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }
}
