package io.backprocess.testing;

import static io.backprocess.testing.PlainJson.elements;
import static io.backprocess.testing.PlainJson.encode;
import static io.backprocess.testing.PlainJson.is;
import static io.backprocess.testing.PlainJson.isOne;
import static io.backprocess.testing.PlainJson.last;
import static io.backprocess.testing.PlainJson.latin1;
import static io.backprocess.testing.PlainJson.members;
import static io.backprocess.testing.PlainJson.membersOf;
import static io.backprocess.testing.PlainJson.object;
import static io.backprocess.testing.PlainJson.text;
import static io.backprocess.testing.PlainJson.utf8;
import static io.backprocess.testing.PlainJson.with;

import io.backprocess.testing.PlainJson.Member;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Where a record belongs, and what purchase-split must make of it: found with Jackson alone, without any code of what is judged.
 * One for each partition, which must see its records in their order.
 */
public final class PlainJudge implements Judge {
    private static final Set<String> ENVELOPE =
            Set.of("eventId", "correlationId", "eventTimestamp", "processVersion", "payload");

    private final byte[] batchId;
    private final Function<byte[], String> form;
    private final Map<String, ByteBuffer> taken = new HashMap<>();

    public PlainJudge(String batchId) {
        this(batchId, envelope -> PlainJson.normal(envelope, "payload"));
    }

    /** @param form how {@link #normal} writes an envelope */
    PlainJudge(String batchId, Function<byte[], String> form) {
        this.batchId = utf8("\"" + batchId + "\"");
        this.form = form;
    }

    @Override
    public Verdict judge(ConsumerRecord<byte[], byte[]> record) {
        Judged judged = judge(record.value());
        List<Header> headers = Judge.headers(record);
        headers.add(Judge.source(record));
        return new Verdict(
                judged.place,
                judged.results.stream().map(value -> new Made(value, headers)).toList());
    }

    /** Of a value: its place, and its results as {@link #normal} writes them. */
    private record Judged(String place, List<String> results) {
        static Judged of(String place) {
            return new Judged(place, List.of());
        }
    }

    /** The place of a value. */
    public String place(byte @Nullable [] value) {
        return judge(value).place;
    }

    private Judged judge(byte @Nullable [] value) {
        if (value == null) {
            return Judged.of("tombstone");
        }
        if (!StrictJson.isUtf8Json(value)) {
            return Judged.of("malformed-json");
        }
        List<Member> envelope = members(value);
        if (envelope == null) {
            return Judged.of("not-an-envelope");
        }
        List<String> known = envelope.stream()
                .map(member -> member.name)
                .filter(ENVELOPE::contains)
                .toList();
        byte[] eventId = last(envelope, "eventId");
        if (Set.copyOf(known).size() < known.size() || !is(eventId, "\"") || eventId.length == 2) {
            return Judged.of("not-an-envelope");
        }
        byte[] payload = last(envelope, "payload");
        if (payload == null && hasAll(envelope, "userId", "actionType", "timestamp")) {
            return Judged.of("missing-context");
        }
        byte[] version = last(envelope, "processVersion");
        if (!is(version, "-0123456789") || !is(payload, "{")) {
            return Judged.of("not-an-envelope");
        }
        if (!isOne(version)) {
            return Judged.of("skipped");
        }
        ByteBuffer first = taken.putIfAbsent(text(eventId), ByteBuffer.wrap(payload));
        if (first != null) {
            return Judged.of(first.equals(ByteBuffer.wrap(payload)) ? "duplicate" : "conflicting-duplicate");
        }
        return revise(envelope, payload, text(eventId));
    }

    private Judged revise(List<Member> envelope, byte[] payloadJson, String eventId) {
        List<Member> payload = membersOf(payloadJson);
        if (!"Purchased".equals(text(last(payload, "actionType")))) {
            return results(List.of(stamped(envelope, payload, eventId)));
        }
        byte[] items = last(payload, "items");
        List<byte[]> elements = is(items, "[") ? elements(items) : List.of();
        if (elements.isEmpty()) {
            String reason = reason(payload);
            return reason != null
                    ? Judged.of(reason)
                    : results(List.of(stamped(envelope, named(payload, last(payload, "itemSku")), eventId)));
        }
        List<String> pieces = new ArrayList<>();
        for (byte[] element : elements) {
            List<Member> item = is(element, "{") ? membersOf(element) : List.of();
            String reason = reason(item);
            if (reason != null) {
                return Judged.of(reason);
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

    private static Judged results(List<String> results) {
        return new Judged("results", results);
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
        return normal(object(with(stamped, "payload", object(payload))));
    }

    @Override
    public String normal(byte[] envelope) {
        return form.apply(envelope);
    }

    private static boolean hasAll(List<Member> members, String... names) {
        return Arrays.stream(names).allMatch(name -> last(members, name) != null);
    }
}
