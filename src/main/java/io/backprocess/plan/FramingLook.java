package io.backprocess.plan;

import io.backprocess.batch.Framing;
import io.backprocess.event.SourceRecord;
import io.backprocess.render.Words;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Counts where sampled records name the schema of their value. Four bytes may be an id of Confluent's or one of Apicurio's, so the
 * user has to say which.
 */
final class FramingLook {
    private static final int SHOWN_IDS = 3;

    private final Map<Framing, Long> counts = new EnumMap<>(Framing.class);
    private final Set<Long> ids = new TreeSet<>();
    private long values;

    void add(SourceRecord record) {
        byte[] value = record.value();
        if (value == null) {
            return;
        }
        values++;
        Framing framing = framing(record.headers(), value);
        if (framing != null) {
            counts.merge(framing, 1L, Long::sum);
        }
    }

    private @Nullable Framing framing(Headers headers, byte[] value) {
        if (headers.lastHeader(Framing.VALUE_SCHEMA_ID) != null) {
            return Framing.CONFLUENT_HEADER;
        }
        if (headers.lastHeader(Framing.GLOBAL_ID) != null || headers.lastHeader(Framing.CONTENT_ID) != null) {
            return Framing.APICURIO_HEADERS;
        }
        if (value.length <= Integer.BYTES || value[0] != 0) {
            return null;
        }
        int id = ByteBuffer.wrap(value, 1, Integer.BYTES).getInt();
        if (id != 0) {
            ids.add(Integer.toUnsignedLong(id));
            return Framing.CONFLUENT;
        }
        // Ids begin at 1, so these four bytes are the upper half of a longer id.
        if (value.length > Long.BYTES) {
            ids.add(ByteBuffer.wrap(value, 1, Long.BYTES).getLong());
            return Framing.APICURIO_GLOBAL8;
        }
        return null;
    }

    /** Says what the values look like, and which framings that may be. */
    String inWords() {
        if (values == 0) {
            return "there is no value to see which it is";
        }
        List<String> parts = new ArrayList<>();
        counts.forEach((framing, count) -> parts.add(
                "%s of %s sampled values %s".formatted(Words.count(count), Words.count(values), describe(framing))));
        return parts.isEmpty()
                ? "none of %s sampled values names a schema, in its first bytes or in its headers"
                        .formatted(Words.count(values))
                : String.join("; ", parts);
    }

    private String describe(Framing framing) {
        return switch (framing) {
            case CONFLUENT, APICURIO_CONTENT4 ->
                "begin with byte 0 and an id in 4 bytes (%s), as --framing %s and --framing %s have it"
                        .formatted(ids(), Framing.CONFLUENT, Framing.APICURIO_CONTENT4);
            case APICURIO_GLOBAL8 ->
                "begin with byte 0 and an id in 8 bytes (%s), as --framing %s has it".formatted(ids(), framing);
            case CONFLUENT_HEADER, APICURIO_HEADERS -> "name a schema in a header, as --framing " + framing + " has it";
        };
    }

    private String ids() {
        return String.join(
                        ", ", ids.stream().limit(SHOWN_IDS).map(String::valueOf).toList())
                + (ids.size() > SHOWN_IDS ? ", …" : "");
    }
}
