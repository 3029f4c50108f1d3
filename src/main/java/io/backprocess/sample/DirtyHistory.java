package io.backprocess.sample;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Purchases and other actions of a shop as version 1 wrote them, with the flaws that years of history leave: copies, conflicting
 * copies, events of version 2, flat legacy events, poison (amount -999), missing fields, and bytes that are not JSON.
 *
 * <p>About 50 of 1000 records are copies, 50 are of version 2, 3 are legacy events, and 3 are poison of some kind. The same seed
 * gives the same history. Envelopes have about 570 bytes.
 */
public final class DirtyHistory implements Iterator<ProducerRecord<byte[], byte[]>> {
    private static final Instant FIRST = Instant.parse("2025-01-01T00:00:00Z");
    private static final String[] ACTIONS = {"Purchased", "Purchased", "Purchased", "Viewed", "CartAdded", "Refunded"};
    private static final String[] SKUS = {"SKU-PREMIUM-%04d", "SKU-BASIC-%04d", "SKU-BASIC-%04d", "SKU-GIFT-%04d"};
    private static final String[] CITIES = {"Lisboa", "Zürich", "東京", "São Paulo", "Łódź", "Reykjavík 🌋"};
    private static final int RECENT = 512;

    private final SplittableRandom random;
    private final String topic;
    private final int partitions;
    private final long events;
    /** The last events of each partition, as originals for copies. */
    private final List<List<ProducerRecord<byte[], byte[]>>> recent = new ArrayList<>();

    private long written;

    /** @param partitions the number of partitions of the topic; a user's events are all in the same partition */
    public DirtyHistory(String topic, int partitions, long events, long seed) {
        this.topic = topic;
        this.partitions = partitions;
        this.events = events;
        this.random = new SplittableRandom(seed);
        for (int i = 0; i < partitions; i++) {
            recent.add(new ArrayList<>());
        }
    }

    @Override
    public boolean hasNext() {
        return written < events;
    }

    @Override
    public ProducerRecord<byte[], byte[]> next() {
        int dice = random.nextInt(1000);
        int user = random.nextInt(100_000);
        int partition = user % partitions;
        List<ProducerRecord<byte[], byte[]>> earlier = recent.get(partition);
        ProducerRecord<byte[], byte[]> record;
        if (dice < 50 && !earlier.isEmpty()) {
            record = copyOf(earlier.get(random.nextInt(earlier.size())));
        } else {
            record = record(partition, user, value(dice, user));
            if (earlier.size() < RECENT) {
                earlier.add(record);
            } else {
                earlier.set(random.nextInt(RECENT), record);
            }
        }
        written++;
        return record;
    }

    private byte[] value(int dice, int user) {
        String text =
                switch (dice) {
                    case 100 -> legacy(user);
                    case 101 -> legacy(user);
                    case 102 -> legacy(user);
                    case 103 -> envelope(user, "1", "\"amount\":-999");
                    case 104 -> random.nextInt(4) == 0 ? "{\"eventId\":\"cut-" + written + "\",\"processV" : good(user);
                    case 105 -> random.nextInt(4) == 0 ? envelope(user, "1", "\"price\":1") : good(user);
                    case 106 -> random.nextInt(4) == 0 ? "\u0000\u0001 no JSON at all" : good(user);
                    default -> dice < 100 ? envelope(user, "2", amount()) : good(user);
                };
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private String good(int user) {
        return envelope(user, random.nextInt(10) == 0 ? "1.0" : "1", amount());
    }

    private String amount() {
        return "\"amount\":" + random.nextInt(1, 500) + "." + random.nextInt(10, 100) + "0";
    }

    private String envelope(int user, String version, String amount) {
        String sku = String.format(Locale.ROOT, SKUS[random.nextInt(SKUS.length)], random.nextInt(10_000));
        return "{\"eventId\":\"" + new UUID(random.nextLong(), random.nextLong())
                + "\",\"correlationId\":\"order-service-" + random.nextInt(1000)
                + "\",\"eventTimestamp\":\"" + timestamp()
                + "\",\"processVersion\":" + version
                + ",\"traceparent\":\"00-" + hex() + hex() + "-" + hex() + "-01\""
                + ",\"payload\":{\"userId\":\"user-" + user
                + "\",\"actionType\":\"" + ACTIONS[random.nextInt(ACTIONS.length)]
                + "\",\"itemSku\":\"" + sku
                + "\"," + amount
                + ",\"currency\":\"EUR\",\"city\":\"" + CITIES[random.nextInt(CITIES.length)]
                + "\",\"device\":{\"os\":\"android\",\"version\":\"14.0.1\",\"screen\":[1080,2400],\"locale\":\"pt_PT\"}"
                + ",\"note\":\"left at the door \\u2013 \\\"thanks\\\"\",\"campaign\":null,\"session\":\"" + hex()
                + hex()
                + "\",\"basket\":" + random.nextInt(1_000_000) + "}}";
    }

    private String legacy(int user) {
        return "{\"eventId\":\"legacy-" + written + "\",\"userId\":\"user-" + user
                + "\",\"actionType\":\"Purchased\",\"timestamp\":\"" + timestamp() + "\"}";
    }

    private String hex() {
        return String.format(Locale.ROOT, "%016x", random.nextLong());
    }

    private Instant timestamp() {
        return FIRST.plus(written * 10, ChronoUnit.MILLIS);
    }

    private ProducerRecord<byte[], byte[]> record(int partition, int user, byte[] value) {
        byte[] key = ("user-" + user).getBytes(StandardCharsets.UTF_8);
        return new ProducerRecord<>(topic, partition, timestamp().toEpochMilli(), key, value);
    }

    /** Returns a copy. One copy in forty differs from the original, so that it is a conflict. */
    private ProducerRecord<byte[], byte[]> copyOf(ProducerRecord<byte[], byte[]> original) {
        byte[] value = original.value();
        if (random.nextInt(40) == 0) {
            value = new String(value, StandardCharsets.UTF_8)
                    .replace("\"currency\":\"EUR\"", "\"currency\":\"USD\"")
                    .getBytes(StandardCharsets.UTF_8);
        }
        return new ProducerRecord<>(topic, original.partition(), timestamp().toEpochMilli(), original.key(), value);
    }
}
