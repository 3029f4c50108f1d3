package io.backprocess.revise.testkit;

import io.backprocess.event.SourceRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** A copy of a record's state before the revision received it. */
final class Untouched {
    private final SourceRecord record;
    private final byte @Nullable [] key;
    private final byte @Nullable [] value;
    private final List<String> headers;

    Untouched(SourceRecord record) {
        this.record = record;
        this.key = copy(record.key());
        this.value = copy(record.value());
        this.headers = headers(record);
    }

    void check(Revised revised) {
        String changed = !Arrays.equals(value, record.value())
                ? "value"
                : !Arrays.equals(key, record.key()) ? "key" : !headers.equals(headers(record)) ? "headers" : null;
        if (changed != null) {
            throw new AssertionError(
                    ("the revision is not pure: it has changed the %s of %s, which it may only read; describe changes"
                                    + " with event.edit()")
                            .formatted(changed, revised.event()));
        }
    }

    private static byte @Nullable [] copy(byte @Nullable [] bytes) {
        return bytes == null ? null : bytes.clone();
    }

    private static List<String> headers(SourceRecord record) {
        List<String> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(header.key() + "=" + Arrays.toString(header.value()));
        }
        return headers;
    }
}
