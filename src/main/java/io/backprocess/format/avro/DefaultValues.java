package io.backprocess.format.avro;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.json.JsonScanner;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that stand for members that are missing from a record: null where the field takes it, otherwise the field's default.
 * A field that the record of the base does not have gets its default first, also where it takes null. A default that does not fit
 * its field is none, since registries take such schemas.
 */
final class DefaultValues {
    private static final int MAX_LENGTH = 1 << 20;
    /** Unions may try many branches for a default that fits none. */
    private static final int MAX_STEPS = 5_000_000;

    private record Field(RecordType record, int index) {}

    private final Map<RecordType, @Nullable JsonNode[]> defaults;
    private final Map<Field, byte[]> encoded = new HashMap<>();
    /** The fields that have no default, and those whose default is being encoded, which must not contain itself. */
    private final Set<Field> without = new HashSet<>();

    private int depth;
    private int steps;

    private DefaultValues(Map<RecordType, @Nullable JsonNode[]> defaults) {
        this.defaults = defaults;
    }

    /** Tells all records what stands for their missing members. */
    static void encode(Map<RecordType, @Nullable JsonNode[]> defaults) {
        DefaultValues values = new DefaultValues(defaults);
        defaults.forEach((record, nodes) -> {
            for (int field = 0; field < nodes.length; field++) {
                Field one = new Field(record, field);
                record.setMissing(field, values.missing(one), values.added(one));
            }
        });
    }

    private byte @Nullable [] missing(Field field) {
        byte[] known = encoded.get(field);
        if (known != null || !without.add(field)) {
            return known;
        }
        byte[] bytes = encode(field, true);
        if (bytes != null) {
            encoded.put(field, bytes);
            without.remove(field);
        }
        return bytes;
    }

    private byte @Nullable [] added(Field field) {
        boolean takesNull = (field.record().type(field.index()).kinds() & JsonKind.NULL) != 0;
        byte[] bytes = takesNull ? encode(field, false) : null;
        return bytes == null ? missing(field) : bytes;
    }

    private byte @Nullable [] encode(Field field, boolean nullFirst) {
        AvroType type = field.record().type(field.index());
        Target target = new Target(this);
        int depthBefore = depth;
        try {
            if (nullFirst && (type.kinds() & JsonKind.NULL) != 0) {
                if (type instanceof UnionType union) {
                    target.out().varint(union.nullBranch());
                }
                return target.out().toBytes();
            }
            @Nullable JsonNode[] nodes = defaults.get(field.record());
            JsonNode node = nodes == null ? null : nodes[field.index()];
            if (node == null) {
                return null;
            }
            target.write(type, node);
            return target.out().toBytes();
        } catch (MisfitException e) {
            return null;
        } finally {
            depth = depthBefore;
        }
    }

    /** Gets the bytes of one default. */
    static final class Target {
        private final DefaultValues values;
        private final Output out = new Output(new byte[0], 64);

        private Target(DefaultValues values) {
            this.values = values;
        }

        Output out() {
            return out;
        }

        void require(boolean fits) throws MisfitException {
            if (!fits) {
                throw new MisfitException(": the default does not fit");
            }
        }

        void write(AvroType type, JsonNode node) throws MisfitException {
            require(++values.depth < JsonScanner.MAX_DEPTH && ++values.steps < MAX_STEPS);
            try {
                type.writeDefault(node, this);
                require(out.mark() <= MAX_LENGTH);
            } finally {
                values.depth--;
            }
        }

        void missing(RecordType record, int field) throws MisfitException {
            // The null that stands for a member of a value may stand for one of a default too.
            require(++values.depth < JsonScanner.MAX_DEPTH);
            byte[] bytes = values.missing(new Field(record, field));
            values.depth--;
            if (bytes == null) {
                throw new MisfitException(": a member of the default is missing");
            }
            out.bytes(bytes, 0, bytes.length);
        }

        /** Tries to write a default one way; false, with nothing written, if it does not fit. */
        boolean attempt(Merge.Writing writing) throws MisfitException {
            int mark = out.mark();
            int depth = values.depth;
            try {
                writing.write();
                return true;
            } catch (MisfitException e) {
                out.rollBack(mark);
                values.depth = depth;
                return false;
            }
        }
    }
}
