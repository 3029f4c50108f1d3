package io.backprocess.testing;

import static io.backprocess.testing.PlainJson.is;
import static io.backprocess.testing.PlainJson.last;
import static io.backprocess.testing.PlainJson.latin1;
import static io.backprocess.testing.PlainJson.membersOf;
import static io.backprocess.testing.PlainJson.object;
import static io.backprocess.testing.PlainJson.utf8;
import static io.backprocess.testing.PlainJson.with;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.backprocess.testing.PlainJson.Member;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * Where a record of {@link MappedRecords} belongs, and what {@link Retype} must make of it: found with Jackson alone, without any
 * code of what is judged. One for each partition.
 */
public final class MappedJudge implements Judge {
    private static final String CORRELATION_ID = "backprocess.correlation-id";

    private final String batchId;
    private final Map<String, List<String>> taken = new HashMap<>();

    public MappedJudge(String batchId) {
        this.batchId = batchId;
    }

    @Override
    public String normal(byte[] value) {
        return PlainJson.normal(value, "meta", "data", "data/body", "trace");
    }

    @Override
    public Verdict judge(ConsumerRecord<byte[], byte[]> record) {
        byte[] value = record.value();
        if (value == null) {
            return verdict("skipped");
        }
        if (!StrictJson.isUtf8Json(value)) {
            return verdict("malformed-json");
        }
        List<Member> root = PlainJson.members(value);
        if (root == null || count(root, "refused") > 0 || count(root, "meta") > 1) {
            return verdict("not-an-envelope");
        }
        boolean full = count(root, "meta") == 1 && bytes(Judge.headers(record), "bare") == null;
        return full ? new Full(record, root).judge() : new Bare(record, root).judge();
    }

    private static Verdict verdict(String place) {
        return new Verdict(place, List.of());
    }

    /** An event of either form, as far as the forms are alike. */
    private abstract class Form {
        final ConsumerRecord<byte[], byte[]> record;
        final List<Member> root;
        final List<Header> source;

        Form(ConsumerRecord<byte[], byte[]> record, List<Member> root) {
            this.record = record;
            this.root = root;
            this.source = Judge.headers(record);
        }

        /** Null where it has none. */
        abstract @Nullable String id();

        /** The JSON value; null where it has none. */
        abstract byte @Nullable [] payload();

        /** The JSON value; null where it has none. */
        abstract byte @Nullable [] type();

        abstract List<String> attributes();

        abstract boolean isAmbiguous();

        /** Null where the record has no place for what a result says. */
        abstract @Nullable Made result(
                @Nullable String type, @Nullable String tenant, List<Member> payload, @Nullable String newId);

        boolean hasFirst() {
            return false;
        }

        final Verdict judge() {
            String id = isAmbiguous() ? null : id();
            String version = text(source, "version");
            byte[] payload = payload();
            boolean one = version == null || version.equals("v1");
            if (id == null || !is(payload, "{") || !(one || version.equals("v2") || isNumber(version))) {
                return verdict("not-an-envelope");
            }
            String type = attribute(type());
            boolean wanted = one || (!version.equals("v2") && PlainJson.isOne(utf8(version)));
            if (!wanted || "Ignored".equals(type)) {
                return verdict("skipped");
            }
            List<String> content = new ArrayList<>(attributes());
            content.add(latin1(payload));
            List<String> first = taken.putIfAbsent(id, content);
            if (first != null) {
                return verdict(first.equals(content) ? "duplicate" : "conflicting-duplicate");
            }
            return "Rejected".equals(type) ? verdict("rejected") : revised(type, id, membersOf(payload));
        }

        private Verdict revised(@Nullable String type, String id, List<Member> payload) {
            List<Member> marked = with(payload, "revised", utf8("true"));
            // A type that is missing is "null" in the revision's switch, like a type with that text.
            List<@Nullable Made> made =
                    switch (String.valueOf(type)) {
                        case "null" -> results(result("Late", "late", payload, null));
                        case "Purchased" -> results(result("Bought", hasFirst() ? "first" : null, marked, null));
                        case "Split" ->
                            results(
                                    result("First half", null, payload, derived(0, id)),
                                    result("Second half", null, with(payload, "half", utf8("2")), derived(1, id)));
                        default -> results(result(null, null, marked, null));
                    };
            return made.contains(null) ? verdict("invalid-field") : new Verdict("results", made);
        }

        private List<@Nullable Made> results(@Nullable Made... made) {
            return Arrays.asList(made);
        }

        private String derived(int index, String id) {
            return UUID.nameUUIDFromBytes(PlainJson.encode("retype-mapped/" + index + "/" + id))
                    .toString();
        }
    }

    /** The parts are in the objects meta, data and trace, and in headers. */
    private final class Full extends Form {
        private final List<Member> meta;
        private final List<Member> data;
        private final @Nullable List<Member> trace;

        Full(ConsumerRecord<byte[], byte[]> record, List<Member> root) {
            super(record, root);
            meta = inner(last(root, "meta"));
            data = inner(last(root, "data"));
            byte[] tracing = last(root, "trace");
            trace = is(tracing, "{") ? membersOf(tracing) : null;
        }

        private static List<Member> inner(byte @Nullable [] json) {
            return is(json, "{") ? membersOf(json) : List.of();
        }

        @Override
        boolean isAmbiguous() {
            return List.of("meta", "data", "trace", "type", "tags").stream().anyMatch(name -> count(root, name) > 1)
                    || count(meta, "id") > 1
                    || count(meta, "at") > 1
                    || count(data, "body") > 1
                    || (trace != null && count(trace, "batch") > 1);
        }

        @Override
        @Nullable
        String id() {
            String from = text(source, "source");
            byte[] id = last(meta, "id");
            String text = PlainJson.text(id);
            String own = text == null && is(id, "-0123456789") ? latin1(id) : text;
            return from == null || from.isEmpty() || own == null || own.isEmpty() ? null : part(from) + "|" + part(own);
        }

        private static String part(String text) {
            return text.replace("\\", "\\\\").replace("|", "\\|");
        }

        @Override
        byte @Nullable [] payload() {
            return last(data, "body");
        }

        @Override
        byte @Nullable [] type() {
            return last(root, "type");
        }

        private byte @Nullable [] first() {
            byte[] tags = last(root, "tags");
            List<byte[]> elements = is(tags, "[") ? PlainJson.elements(tags) : List.of();
            return elements.isEmpty() ? null : elements.get(0);
        }

        @Override
        boolean hasFirst() {
            return first() != null && !is(first(), "n");
        }

        @Override
        List<String> attributes() {
            return List.of(shown(type()), shown(first()), shown(text(source, "tenant")));
        }

        @Override
        @Nullable
        Made result(@Nullable String type, @Nullable String tenant, List<Member> payload, @Nullable String newId) {
            if (trace == null) {
                return null;
            }
            List<Member> value = with(root, "data", object(with(data, "body", object(payload))));
            value = with(value, "trace", object(with(trace, "batch", utf8("\"" + batchId + "\""))));
            value = type == null ? value : with(value, "type", utf8("\"" + type + "\""));
            value = newId == null ? value : with(value, "meta", object(with(meta, "id", utf8("\"" + newId + "\""))));
            List<Header> headers = tenant == null ? source : replaced(source, "tenant", tenant);
            headers = new ArrayList<>(replaced(headers, "version", "v2"));
            headers.add(Judge.source(record));
            byte[] former = last(trace, "batch");
            if (former != null && !is(former, "n") && record.headers().lastHeader(CORRELATION_ID) == null) {
                String text = PlainJson.text(former);
                headers.add(new RecordHeader(CORRELATION_ID, text == null ? former : PlainJson.encode(text)));
            }
            return new Made(normal(object(value)), headers);
        }
    }

    /** The value is the payload, and everything else is in headers. */
    private final class Bare extends Form {
        Bare(ConsumerRecord<byte[], byte[]> record, List<Member> root) {
            super(record, root);
        }

        @Override
        boolean isAmbiguous() {
            return false;
        }

        @Override
        @Nullable
        String id() {
            String id = text(source, "id");
            return id == null || id.isEmpty() ? null : id;
        }

        @Override
        byte[] payload() {
            return PlainJson.valueOf(record.value());
        }

        @Override
        byte @Nullable [] type() {
            String type = text(source, "type");
            return type == null ? null : utf8(PlainJson.quoted(type));
        }

        @Override
        List<String> attributes() {
            return List.of(shown(text(source, "type")), shown(text(source, "tenant")));
        }

        @Override
        Made result(@Nullable String type, @Nullable String tenant, List<Member> payload, @Nullable String newId) {
            List<Header> headers = tenant == null ? source : replaced(source, "tenant", tenant);
            headers = type == null ? headers : replaced(headers, "type", type);
            headers = replaced(headers, "trace", batchId);
            headers = replaced(headers, "version", "v2");
            headers = new ArrayList<>(newId == null ? headers : replaced(headers, "id", newId));
            headers.add(Judge.source(record));
            return new Made(normal(object(payload)), headers);
        }
    }

    private static long count(List<Member> members, String name) {
        return members.stream().filter(member -> member.name.equals(name)).count();
    }

    private static String shown(byte @Nullable [] json) {
        return shown(json == null ? null : latin1(json));
    }

    private static String shown(@Nullable String attribute) {
        return attribute == null ? "none" : "is " + attribute;
    }

    /** The text that an attribute has for revisions. */
    private static @Nullable String attribute(byte @Nullable [] json) {
        String text = PlainJson.text(json);
        return text != null || json == null || is(json, "n") ? text : latin1(json);
    }

    /** Tells whether a text is a number as JSON writes it. */
    private static boolean isNumber(String text) {
        return text.matches("-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?");
    }

    // --- Headers

    private static @Nullable Header lastOf(List<Header> headers, String name) {
        return headers.stream()
                .filter(header -> header.key().equals(name))
                .reduce((one, other) -> other)
                .orElse(null);
    }

    private static byte @Nullable [] bytes(List<Header> headers, String name) {
        Header header = lastOf(headers, name);
        return header == null ? null : header.value();
    }

    /** Null where there is no such header, or it has no value. */
    private static @Nullable String text(List<Header> headers, String name) {
        byte[] bytes = bytes(headers, name);
        if (bytes == null) {
            return null;
        }
        byte[] inner = inner(bytes);
        String content = PlainJson.text(inner);
        return inner == null ? decoded(bytes) : content == null ? latin1(inner) : content;
    }

    private static String decoded(byte[] bytes) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return "\uffff" + HexFormat.of().formatHex(bytes);
        }
    }

    /** The text between quotes, or the payload beside a schema; null for other headers. */
    private static byte @Nullable [] inner(byte[] header) {
        if (header.length == 0 || !StrictJson.isUtf8Json(header)) {
            return null;
        }
        if (header[0] == '"') {
            return PlainJson.valueOf(header);
        }
        List<Member> wrapper = latin1(header).startsWith("{\"schema\":") ? membersOf(header) : List.of();
        byte[] payload = last(wrapper, "payload");
        return wrapper.size() == 2 && is(payload, "\"-0123456789") ? payload : null;
    }

    /** The last header of the name has the text then, written as it was before; or there is one more at the end. */
    private static List<Header> replaced(List<Header> headers, String name, String text) {
        List<Header> changed = new ArrayList<>(headers);
        Header before = lastOf(headers, name);
        if (before == null) {
            changed.add(new RecordHeader(name, utf8(text)));
            return changed;
        }
        byte[] inner = before.value() == null ? null : inner(before.value());
        byte[] value = utf8(text);
        if (inner != null) {
            // No header has its inner value twice.
            value = latin1(before.value())
                    .replace(latin1(inner), "\"" + text + "\"")
                    .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        }
        changed.set(lastIndex(headers, before), new RecordHeader(name, value));
        return changed;
    }

    private static int lastIndex(List<Header> headers, Header wanted) {
        int at = headers.size() - 1;
        while (headers.get(at) != wanted) {
            at--;
        }
        return at;
    }
}
