package io.backprocess.verify;

import io.backprocess.deadletter.DeadLetterHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Says in words how a record differs from the one that its source gives. It does not quote what may be a user's own text. */
final class RecordDifference {
    /** The headers whose text comes from Backprocess, so that findings may quote it. */
    private static final Set<String> QUOTED = Set.of(
            DeadLetterHeaders.STAGE,
            DeadLetterHeaders.REASON,
            DeadLetterHeaders.ATTEMPTS,
            DeadLetterHeaders.REVISION,
            DeadLetterHeaders.BATCH_ID,
            DeadLetterHeaders.TIMESTAMP);

    private static final int QUOTED_LENGTH = 60;

    private RecordDifference() {}

    /** Returns the first difference; null if this comparison finds none. */
    static @Nullable String of(
            Output output, ProducerRecord<byte[], byte[]> expected, ConsumerRecord<byte[], byte[]> actual) {
        if (!Long.valueOf(actual.timestamp()).equals(expected.timestamp())) {
            return "its timestamp is %d and must be %d".formatted(actual.timestamp(), expected.timestamp());
        }
        if (!Arrays.equals(expected.key(), actual.key())) {
            return "its key differs";
        }
        if (!Arrays.equals(expected.value(), actual.value())) {
            return "its value differs";
        }
        return ofHeaders(reproducible(output, expected.headers()), reproducible(output, actual.headers()));
    }

    private static List<Header> reproducible(Output output, Headers headers) {
        List<Header> all = new ArrayList<>();
        for (Header header : headers) {
            if (output.isReproducible(header, headers)) {
                all.add(header);
            }
        }
        return all;
    }

    private static @Nullable String ofHeaders(List<Header> expected, List<Header> actual) {
        for (int i = 0; i < Math.max(expected.size(), actual.size()); i++) {
            if (i >= actual.size()) {
                return "its header %s is missing".formatted(name(expected.get(i)));
            }
            if (i >= expected.size()) {
                return "its header %s must not be there".formatted(name(actual.get(i)));
            }
            Header must = expected.get(i);
            Header is = actual.get(i);
            if (!must.key().equals(is.key())) {
                return "its header %s is where %s must be".formatted(name(is), name(must));
            }
            if (!Arrays.equals(must.value(), is.value())) {
                return QUOTED.contains(must.key())
                        ? ofHeader(must.key(), text(is), quoted(text(must)))
                        : "its header %s differs".formatted(name(must));
            }
        }
        return null;
    }

    private static String name(Header header) {
        return cut(header.key());
    }

    private static @Nullable String text(Header header) {
        return header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** Returns the difference of one header. Its text must not be a user's own. */
    static String ofHeader(String name, @Nullable String text, String required) {
        return "its header %s is %s and must be %s".formatted(name, quoted(text), required);
    }

    private static String quoted(@Nullable String text) {
        return text == null ? "missing" : "'%s'".formatted(cut(text));
    }

    private static String cut(String text) {
        return text.length() <= QUOTED_LENGTH ? text : text.substring(0, QUOTED_LENGTH) + "…";
    }
}
