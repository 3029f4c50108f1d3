package io.backprocess.event;

import io.backprocess.json.JsonText;
import io.backprocess.json.Splices;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The key and the headers of a record as text. Some writers put header texts between the quotes of JSON, as Spring can do,
 * or beside a schema, as Kafka Connect can do. Only the text itself is read, and a text that takes its place stands as it did.
 */
public final class RecordText {
    private RecordText() {}

    /** Returns the key as text; null where the record has none. */
    public static @Nullable String key(SourceRecord record) {
        byte[] key = record.key();
        return key == null ? null : text(key);
    }

    /** Returns the texts of the headers by name. The last header of a name counts, and one without a value is left out. */
    public static Map<String, String> headers(SourceRecord record) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Header header : record.headers()) {
            String text = header(record.headers(), header.key());
            if (text != null) {
                texts.put(header.key(), text);
            }
        }
        return texts;
    }

    /** Returns the text of the last header of the name; null where there is none, or it is null. */
    static @Nullable String header(Headers headers, String name) {
        byte[] bytes = bytes(headers, name);
        return bytes == null ? null : unquoted(text(bytes));
    }

    static byte @Nullable [] bytes(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null ? null : header.value();
    }

    /** Returns bytes as text. Bytes that are not UTF-8 are written so that different bytes never become the same text. */
    static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            // U+FFFF is no character, so no text of a writer has it.
            StringBuilder text = new StringBuilder("\uFFFF");
            for (byte each : bytes) {
                text.append("%02x".formatted(each & 0xFF));
            }
            return text.toString();
        }
    }

    private static String unquoted(String text) {
        JsonValue inner = inner(text);
        if (inner == null) {
            return text;
        }
        String content = inner.text();
        return content == null ? inner.literal() : content;
    }

    /**
     * Returns the value inside of a header that is JSON: a text between quotes, or the payload beside the schema that Kafka
     * Connect's JsonConverter writes; null for any other header.
     */
    private static @Nullable JsonValue inner(String text) {
        if (text.startsWith("\"")) {
            JsonValue value = json(text);
            return value != null && value.isText() ? value : null;
        }
        if (!text.startsWith("{\"schema\":")) {
            return null;
        }
        JsonValue value = json(text);
        JsonObject wrapper = value == null ? null : value.object();
        JsonValue payload = wrapper == null || wrapper.size() != 2 ? null : wrapper.get("payload");
        return payload != null && (payload.isText() || payload.isNumber()) ? payload : null;
    }

    private static @Nullable JsonValue json(String text) {
        try {
            return JsonValue.parse(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /**
     * Returns a copy of the headers in which the last header of the name has another text, in the same place. A header that did
     * not exist is added at the end.
     */
    static Headers replaced(Headers headers, String name, String text) {
        byte[] earlier = bytes(headers, name);
        JsonValue inner = earlier == null ? null : inner(text(earlier));
        byte[] value = inner == null ? JsonText.encode(text) : replaced(inner, text);
        List<Header> all = new ArrayList<>(List.of(headers.toArray()));
        int at = all.size() - 1;
        while (at >= 0 && !all.get(at).key().equals(name)) {
            at--;
        }
        Header header = new RecordHeader(name, value);
        if (at < 0) {
            all.add(header);
        } else {
            all.set(at, header);
        }
        return new RecordHeaders(all);
    }

    /** Returns the document of a value with another text, or another number, in its place. */
    private static byte[] replaced(JsonValue inner, String text) {
        Splices splices = new Splices();
        boolean number = inner.isNumber() && ProcessVersion.isNumber(text);
        splices.replace(
                inner.start(), inner.end(), number ? text.getBytes(StandardCharsets.US_ASCII) : JsonText.quote(text));
        return splices.apply(inner.document());
    }
}
