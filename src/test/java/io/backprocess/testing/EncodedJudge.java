package io.backprocess.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.backprocess.format.UnfitException;
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
        this.judge = new PlainJudge(batchId, PlainJson::latin1);
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
        List<byte[]> results = verdict.results().stream()
                .map(made -> made.value().getBytes(ISO_8859_1))
                .toList();
        if (!results.isEmpty() && !schema.takes(json, results)) {
            return new Verdict("invalid-field", List.of());
        }
        return new Verdict(
                verdict.place(),
                verdict.results().stream()
                        .map(made -> new Made(framed(schema, value, made.value().getBytes(ISO_8859_1)), made.headers()))
                        .toList());
    }

    @Override
    public String normal(byte[] value) {
        HostileSchema schema = schemas.get(id(value));
        byte[] json = schema == null ? null : json(schema, value);
        if (schema == null || json == null) {
            throw new AssertionError("no value of its schema: " + HexFormat.of().formatHex(value));
        }
        return framed(schema, value, json);
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

    private static String framed(HostileSchema schema, byte[] value, byte[] json) {
        return HexFormat.of().formatHex(value, 0, FRAME)
                + schema.form(json)
                + schema.rest(Arrays.copyOfRange(value, FRAME, value.length));
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
