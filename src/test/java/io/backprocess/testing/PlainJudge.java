package io.backprocess.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a record belongs, and what purchase-split must make of it: found with Jackson alone, without any code of what is judged.
 * One for each partition, which must see its records in their order.
 */
public final class PlainJudge {
    private static final Set<String> ENVELOPE =
            Set.of("eventId", "correlationId", "eventTimestamp", "processVersion", "payload");

    private final byte[] batchId;
    private final Map<String, ByteBuffer> taken = new HashMap<>();

    public PlainJudge(String batchId) {
        this.batchId = utf8("\"" + batchId + "\"");
    }

    /**
     * @param place skipped, duplicate, results, or the reason of a dead letter
     * @param results in their order, as {@link #normal} writes them
     */
    public record Verdict(String place, List<String> results) {
        private static Verdict of(String place) {
            return new Verdict(place, List.of());
        }

        public boolean isDead() {
            return !Set.of("skipped", "duplicate", "results").contains(place);
        }
    }

    private static final class Member {
        final String name;
        final byte[] value;

        Member(String name, byte[] value) {
            this.name = name;
            this.value = value;
        }
    }

    public Verdict judge(byte @Nullable [] value) {
        if (value == null) {
            return Verdict.of("tombstone");
        }
        if (!StrictJson.isUtf8Json(value)) {
            return Verdict.of("malformed-json");
        }
        List<Member> envelope = members(value);
        if (envelope == null) {
            return Verdict.of("not-an-envelope");
        }
        List<String> known = envelope.stream()
                .map(member -> member.name)
                .filter(ENVELOPE::contains)
                .toList();
        byte[] eventId = last(envelope, "eventId");
        if (Set.copyOf(known).size() < known.size() || !is(eventId, "\"") || eventId.length == 2) {
            return Verdict.of("not-an-envelope");
        }
        byte[] payload = last(envelope, "payload");
        if (payload == null && hasAll(envelope, "userId", "actionType", "timestamp")) {
            return Verdict.of("missing-context");
        }
        byte[] version = last(envelope, "processVersion");
        if (!is(version, "-0123456789") || !is(payload, "{")) {
            return Verdict.of("not-an-envelope");
        }
        if (!isOne(version)) {
            return Verdict.of("skipped");
        }
        ByteBuffer first = taken.putIfAbsent(text(eventId), ByteBuffer.wrap(payload));
        if (first != null) {
            return Verdict.of(first.equals(ByteBuffer.wrap(payload)) ? "duplicate" : "conflicting-duplicate");
        }
        return revise(envelope, payload, text(eventId));
    }

    private Verdict revise(List<Member> envelope, byte[] payloadJson, String eventId) {
        List<Member> payload = membersOf(payloadJson);
        if (!"Purchased".equals(text(last(payload, "actionType")))) {
            return results(List.of(stamped(envelope, payload, eventId)));
        }
        byte[] items = last(payload, "items");
        List<byte[]> elements = is(items, "[") ? elements(items) : List.of();
        if (elements.isEmpty()) {
            String reason = reason(payload);
            return reason != null
                    ? Verdict.of(reason)
                    : results(List.of(stamped(envelope, named(payload, last(payload, "itemSku")), eventId)));
        }
        List<String> pieces = new ArrayList<>();
        for (byte[] element : elements) {
            List<Member> item = is(element, "{") ? membersOf(element) : List.of();
            String reason = reason(item);
            if (reason != null) {
                return Verdict.of(reason);
            }
            List<Member> piece = named(payload, last(item, "itemSku"));
            piece = with(piece, "itemSku", last(item, "itemSku"));
            piece = with(piece, "amount", last(item, "amount"));
            piece.removeIf(member -> member.name.equals("items"));
            String derived = UUID.nameUUIDFromBytes(encode("purchase-split/" + pieces.size() + "/" + eventId))
                    .toString();
            pieces.add(stamped(envelope, piece, elements.size() == 1 ? eventId : derived));
        }
        return results(pieces);
    }

    private static Verdict results(List<String> results) {
        return new Verdict("results", results);
    }

    private static @Nullable String reason(List<Member> purchase) {
        byte[] sku = last(purchase, "itemSku");
        byte[] amount = last(purchase, "amount");
        if (sku == null || is(sku, "n") || amount == null || is(amount, "n")) {
            return "missing-context";
        }
        boolean negative = latin1(amount).matches("-[0.]*[1-9].*");
        return !is(amount, "-0123456789") || negative ? "rejected" : null;
    }

    private static List<Member> named(List<Member> payload, byte @Nullable [] sku) {
        String text = String.valueOf(text(sku));
        String action = text.startsWith("SKU-PREMIUM-")
                ? "SubscriptionAPurchased"
                : text.startsWith("SKU-BASIC-") ? "SubscriptionBPurchased" : null;
        return action == null ? new ArrayList<>(payload) : with(payload, "actionType", utf8("\"" + action + "\""));
    }

    private String stamped(List<Member> envelope, List<Member> payload, String eventId) {
        List<Member> stamped = with(with(envelope, "correlationId", batchId), "processVersion", utf8("2"));
        if (!eventId.equals(text(last(envelope, "eventId")))) {
            stamped = with(stamped, "eventId", utf8("\"" + eventId + "\""));
        }
        return write(stamped, payload);
    }

    /** The last of that name has the value then, or one more at the end. */
    private static List<Member> with(List<Member> members, String name, byte[] value) {
        List<Member> changed = new ArrayList<>(members);
        int last = members.stream().map(member -> member.name).toList().lastIndexOf(name);
        if (last < 0) {
            changed.add(new Member(name, value));
        } else {
            changed.set(last, new Member(name, value));
        }
        return changed;
    }

    /** An envelope as text to compare: byte for byte, but for what stands around the members of it and of its payload. */
    public static String normal(byte[] envelope) {
        List<Member> members = membersOf(envelope);
        byte[] payload = last(members, "payload");
        if (payload == null) {
            throw new AssertionError("no payload in " + latin1(envelope));
        }
        return write(members, membersOf(payload));
    }

    private static String write(List<Member> envelope, List<Member> payload) {
        return envelope.stream()
                .map(member ->
                        member.name + ":" + (member.name.equals("payload") ? write(payload) : latin1(member.value)))
                .collect(Collectors.joining("\n"));
    }

    private static String write(List<Member> members) {
        return members.stream()
                .map(member -> member.name + ":" + latin1(member.value))
                .collect(Collectors.joining("\n ", "\n ", ""));
    }

    // --- JSON, by way of Jackson
    // -----------------------------------------------------------------------------------------------

    private static List<Member> membersOf(byte[] object) {
        List<Member> members = members(object);
        if (members == null) {
            throw new AssertionError("no object: " + latin1(object));
        }
        return members;
    }

    /** Null where it is no object. */
    private static @Nullable List<Member> members(byte[] document) {
        byte[] json = withoutMark(document);
        try (JsonParser parser = StrictJson.JACKSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            List<Member> members = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.getText();
                parser.nextToken();
                members.add(new Member(name, raw(parser, json)));
            }
            return members;
        } catch (IOException e) {
            throw new AssertionError("was JSON before: " + latin1(json), e);
        }
    }

    private static List<byte[]> elements(byte[] json) {
        try (JsonParser parser = StrictJson.JACKSON.createParser(json)) {
            parser.nextToken();
            List<byte[]> elements = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                elements.add(raw(parser, json));
            }
            return elements;
        } catch (IOException e) {
            throw new AssertionError("was JSON before: " + latin1(json), e);
        }
    }

    /** The value that the parser stands at, as it is written. */
    private static byte[] raw(JsonParser parser, byte[] json) throws IOException {
        int start = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        return Arrays.copyOfRange(json, start, (int) parser.currentLocation().getByteOffset());
    }

    private static byte[] withoutMark(byte[] json) {
        boolean mark = json.length > 2 && json[0] == (byte) 0xEF && json[1] == (byte) 0xBB && json[2] == (byte) 0xBF;
        return mark ? Arrays.copyOfRange(json, 3, json.length) : json;
    }

    /** Of a string literal; null for all else. */
    private static @Nullable String text(byte @Nullable [] literal) {
        if (!is(literal, "\"")) {
            return null;
        }
        try (JsonParser parser = StrictJson.JACKSON.createParser(literal)) {
            parser.nextToken();
            return parser.getText();
        } catch (IOException e) {
            throw new AssertionError("was a text before: " + latin1(literal), e);
        }
    }

    private static boolean is(byte @Nullable [] literal, String firstBytes) {
        return literal != null && firstBytes.indexOf(literal[0]) >= 0;
    }

    private static boolean isOne(byte[] number) {
        try {
            return new BigDecimal(latin1(number)).compareTo(BigDecimal.ONE) == 0;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static boolean hasAll(List<Member> members, String... names) {
        return Arrays.stream(names).allMatch(name -> last(members, name) != null);
    }

    private static byte @Nullable [] last(List<Member> members, String name) {
        for (int i = members.size() - 1; i >= 0; i--) {
            if (members.get(i).name.equals(name)) {
                return members.get(i).value;
            }
        }
        return null;
    }

    private static String latin1(byte[] bytes) {
        return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    /** UTF-8; where there is a lone surrogate, which has none, each UTF-16 unit by itself. */
    private static byte[] encode(String text) {
        if (UTF_8.newEncoder().canEncode(text)) {
            return utf8(text);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x800) {
                bytes.writeBytes(utf8(String.valueOf(c)));
            } else {
                bytes.write(0xE0 | (c >> 12));
                bytes.write(0x80 | ((c >> 6) & 0x3F));
                bytes.write(0x80 | (c & 0x3F));
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }
}
