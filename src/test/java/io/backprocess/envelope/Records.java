package io.backprocess.envelope;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.backprocess.event.Event;
import io.backprocess.event.EventReader;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Result;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.UnreadableException;
import io.backprocess.revise.Revision;
import io.backprocess.revise.operator.RevisionChain;
import io.backprocess.revise.rules.RuleRevision;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** Records of foreign histories, and what a mapping makes of them. */
final class Records {
    private Records() {}

    /** Returns a record whose headers are {@code NAME=TEXT}. */
    static SourceRecord record(@Nullable String value, String... headers) {
        RecordHeaders all = new RecordHeaders();
        for (String header : headers) {
            int at = header.indexOf('=');
            all.add(header.substring(0, at), header.substring(at + 1).getBytes(UTF_8));
        }
        return new SourceRecord(
                3, 17, 1_735_689_600_000L, "user-1".getBytes(UTF_8), value == null ? null : value.getBytes(UTF_8), all);
    }

    static Event event(String mapping, SourceRecord record) throws UnreadableException {
        return new EventReader(Envelope.of(mapping, "orders").mapping())
                .read(record, Objects.requireNonNull(record.value()));
    }

    /** Returns the results that rules make of a record. */
    static List<Result> revise(String mapping, String rules, SourceRecord record) throws Exception {
        return chain(mapping, RuleRevision.parse(rules)).revise(event(mapping, record));
    }

    static RevisionChain chain(String mapping, Revision... revisions) {
        return RevisionChain.of(
                List.of(revisions),
                Map.of(),
                ProcessVersion.of("1"),
                "batch-7",
                Envelope.of(mapping, "orders").mapping());
    }

    static String value(Result result) {
        return new String(result.envelope(), UTF_8);
    }

    /** Returns the headers as {@code NAME=TEXT}, in their order. */
    static List<String> headers(Result result) {
        return StreamSupport.stream(result.headers().spliterator(), false)
                .map(header -> header.key() + "=" + new String(header.value(), UTF_8))
                .toList();
    }
}
