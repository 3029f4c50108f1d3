package io.backprocess.testing;

import static java.util.stream.Collectors.joining;

import io.backprocess.format.UnfitException;
import io.backprocess.testing.PlainJson.Member;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Where a record of {@link EncodedRecords} belongs: its JSON, as a codec reads it, is judged by {@link PlainJudge}. Tests of the
 * codecs compare them with the libraries of others.
 */
public final class EncodedJudge implements Judge {
    private static final int FRAME = 5;

    private final Map<Integer, HostileSchema> schemas;
    private final PlainJudge judge;

    /** @param schemas by id those that can be used */
    public EncodedJudge(String batchId, Map<Integer, HostileSchema> schemas) {
        this.schemas = schemas;
        this.judge = new PlainJudge(batchId, EncodedJudge::form);
    }

    @Override
    public Verdict judge(ConsumerRecord<byte[], byte[]> record) {
        byte[] value = record.value();
        if (value == null) {
            return judge.judge(record);
        }
        HostileSchema schema = value.length < FRAME || value[0] != 0 ? null : schemas.get(id(value));
        if (schema == null) {
            return new Verdict("unknown-schema", List.of());
        }
        byte[] json = json(schema, value);
        if (json == null) {
            return new Verdict("not-an-envelope", List.of());
        }
        Verdict verdict = judge.judge(withValue(record, json));
        if (!verdict.results().isEmpty() && !schema.takesChanges(depth(json))) {
            return new Verdict("invalid-field", List.of());
        }
        return new Verdict(
                verdict.place(),
                verdict.results().stream()
                        .map(made -> new Made(framed(schema, value, made.value()), made.headers()))
                        .toList());
    }

    @Override
    public String normal(byte[] value) {
        HostileSchema schema = schemas.get(id(value));
        byte[] json = schema == null ? null : json(schema, value);
        if (schema == null || json == null) {
            throw new AssertionError("no value of its schema: " + HexFormat.of().formatHex(value));
        }
        return framed(schema, value, form(json));
    }

    private static int id(byte[] value) {
        return ByteBuffer.wrap(value).getInt(1);
    }

    private static byte @Nullable [] json(HostileSchema schema, byte[] value) {
        try {
            return schema.codec().read(value, FRAME);
        } catch (UnfitException e) {
            return null;
        }
    }

    /** Returns how deeply objects are nested; a bracket in a text changes that little. */
    private static int depth(byte[] json) {
        int depth = 0;
        int deepest = 0;
        for (byte each : json) {
            depth += each == '{' ? 1 : each == '}' ? -1 : 0;
            deepest = Math.max(deepest, depth);
        }
        return deepest;
    }

    private static String framed(HostileSchema schema, byte[] value, String form) {
        return HexFormat.of().formatHex(value, 0, FRAME)
                + form
                + schema.rest(Arrays.copyOfRange(value, FRAME, value.length));
    }

    /** The members in the order of their names. Where a schema has a place for all, null or an empty array stands for none. */
    private static String form(byte[] envelope) {
        return PlainJson.membersOf(envelope).stream()
                .map(member -> member.name.equals("payload") ? new Member("payload", sorted(member.value)) : member)
                .map(member -> member.name + ":" + PlainJson.latin1(member.value))
                .sorted()
                .filter(line -> !isNothing(line))
                .collect(joining("\n "));
    }

    private static byte[] sorted(byte[] payload) {
        return PlainJson.utf8(PlainJson.membersOf(payload).stream()
                .map(member -> member.name + ":" + PlainJson.latin1(member.value))
                .filter(line -> !isNothing(line))
                .sorted()
                .collect(joining("\n  ", "{", "}")));
    }

    private static boolean isNothing(String line) {
        return line.endsWith(":null") || line.endsWith(":[]");
    }

    private static ConsumerRecord<byte[], byte[]> withValue(ConsumerRecord<byte[], byte[]> record, byte[] value) {
        return new ConsumerRecord<>(
                record.topic(),
                record.partition(),
                record.offset(),
                record.timestamp(),
                record.timestampType(),
                record.serializedKeySize(),
                value.length,
                record.key(),
                value,
                record.headers(),
                record.leaderEpoch());
    }
}
