package io.backprocess.format.avro;

import io.backprocess.format.Codec;
import io.backprocess.format.EncodedValue;
import io.backprocess.format.JsonBuffer;
import io.backprocess.format.SchemaText;
import io.backprocess.format.UnfitException;
import io.backprocess.json.JsonPointer;
import io.backprocess.json.JsonScanner;
import io.backprocess.json.MemberIndex;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Values of an Avro schema. The page {@code docs/formats.md} says how each type looks as JSON and what a change may write.
 *
 * <p>It reads a value in one walk over its bytes, by types that are compiled from the schema once. It writes a change as a merge
 * of three: the changed JSON, the base's JSON and the base's bytes. Where both JSONs agree, the bytes are copied; so block
 * layouts, overlong integers, the order of a map's entries and ambiguous union branches stay as they were.
 */
public final class AvroCodec implements Codec {
    private static final int NESTED_NAMES = 3;

    private final AvroType root;
    private final int expectedNames;
    private final SameTypes types = new SameTypes();
    /** The bytes that JSON was last put into, which the next value may use. */
    private final AtomicReference<byte @Nullable []> spare = new AtomicReference<>();

    private AvroCodec(AvroType root) {
        this.root = root;
        this.expectedNames = root instanceof RecordType record ? record.lengthOfNames(NESTED_NAMES) : 0;
    }

    /**
     * Compiles a schema.
     *
     * @throws UnfitException when the text is no Avro schema, or a reference is missing
     */
    public static AvroCodec of(SchemaText schema) throws UnfitException {
        return new AvroCodec(SchemaCompiler.compile(schema));
    }

    /** Returns the limits by name. A value or a result that exceeds one of them is refused. */
    public static Map<String, Long> limits() {
        return Map.of(
                "avro.json-bytes", (long) ValueReader.MIN_JSON_LIMIT,
                "avro.json-bytes-per-byte", (long) ValueReader.JSON_BYTES_PER_BYTE,
                "avro.empty-items", (long) ValueReader.MAX_EMPTY_ITEMS,
                "avro.attempts-per-byte", (long) Merge.ATTEMPTS_PER_BYTE);
    }

    @Override
    public byte[] read(byte[] value, int from) throws UnfitException {
        return read(value, from, MemberIndex.flat());
    }

    @Override
    public byte[] read(byte[] value, int from, MemberIndex members) throws UnfitException {
        return DeepStack.run(JsonScanner.MAX_DEPTH, maxDepth -> {
            ValueReader in = new ValueReader(value, from, expectedNames, maxDepth, spare.getAndSet(null));
            members.reset(value);
            in.members = members;
            try {
                root.read(in);
                in.finish();
            } catch (MisfitException e) {
                throw e.placed();
            } catch (JsonBuffer.FullException e) {
                throw e.unfit();
            }
            byte[] json = in.json.toBytes();
            members.complete(json);
            spare.lazySet(in.json.spare());
            return json;
        });
    }

    @Override
    public byte[] write(EncodedValue base, byte[] json, Map<JsonPointer, JsonPointer> origins, byte[] frame)
            throws UnfitException {
        if (!(base.codec() instanceof AvroCodec codec)) {
            throw new IllegalArgumentException("the base is not an Avro value: " + base.codec());
        }
        Place start = new Place(codec.root, base.from(), 0);
        Origins moved = Origins.of(origins);
        return DeepStack.run(JsonScanner.MAX_DEPTH, maxDepth -> {
            try {
                return merge(new Merge(base, json, start, types, true, maxDepth), moved, frame);
            } catch (Merge.RepeatedMemberException e) {
                return merge(new Merge(base, json, start, types, false, maxDepth), moved, frame);
            }
        });
    }

    private byte[] merge(Merge merge, @Nullable Origins moved, byte[] frame) throws UnfitException {
        try {
            return merge.run(root, moved, frame);
        } catch (MisfitException e) {
            throw e.placed();
        }
    }
}
