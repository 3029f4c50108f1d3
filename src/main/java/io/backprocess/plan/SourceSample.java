package io.backprocess.plan;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DeadLettersOf;
import io.backprocess.batch.OffsetRange;
import io.backprocess.batch.ResultPlacement;
import io.backprocess.envelope.Envelope;
import io.backprocess.envelope.SampleLook;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Event;
import io.backprocess.event.EventReader;
import io.backprocess.event.JsonValue;
import io.backprocess.event.Reason;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.UnreadableException;
import io.backprocess.json.JsonPointer;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.render.Words;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A sample of records from the beginning, the middle and the end of partitions' ranges, and from after their ends. It shows
 * what is common in a history; it may miss what is rare. A small range is read completely.
 */
final class SourceSample {
    static final int RECORDS = 10_000;
    private static final int PARTITIONS = 100;
    private static final int PLACES = 4;
    private static final int BEHIND_END = 200;
    private static final int FETCH_BYTES = 256 * 1024;
    /** The limit for the values together; a history of large records is sampled more thinly. */
    private static final long MAX_BYTES = 64L * 1024 * 1024;

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(100);

    private final BatchSpec spec;
    private final EventReader reader;
    private final SampleLook look;
    private final EnvelopeMapping mapping;
    private final Spread<String> ids = new Spread<>();
    private final Set<Integer> partitions = new HashSet<>();
    /** The keys, if the plan lets them choose partitions. */
    private final Spread<ByteBuffer> keys = new Spread<>();

    private final @Nullable JsonPointer resultKey;
    private long events;
    private long eventsWithResultKey;
    private boolean whole;
    private int places;
    private long bytes;
    private long records;
    /** The number of offsets from the beginning of each place to the last record that was taken there. */
    private long passed;

    private long keyless;
    private long unordered;
    private Duration disorder = Duration.ZERO;
    private long behindEnd;
    private long missed;
    private long strays;

    private SourceSample(BatchSpec spec, KafkaClients kafka) {
        this.spec = spec;
        ResultPlacement placement = spec.placement();
        this.resultKey = placement == null || placement.key() == null ? null : JsonPointer.of(placement.key());
        Envelope envelope = Envelope.ofSource(spec, kafka);
        this.mapping = envelope.mapping();
        this.reader = new EventReader(mapping);
        this.look = new SampleLook(envelope);
    }

    /** Finds the values that are in several partitions. */
    private static final class Spread<T> {
        private final Map<T, Integer> first = new HashMap<>();
        final Set<T> inSeveral = new HashSet<>();

        void add(T value, int partition) {
            Integer before = first.putIfAbsent(value, partition);
            if (before != null && before != partition) {
                inSeveral.add(value);
            }
        }
    }

    /** A number of records of one partition, from one offset on. */
    private static final class SampledRange {
        final TopicPartition partition;
        final long from;
        final long to;
        final long wanted;
        final boolean behindEnd;
        long taken;
        long newest = Long.MIN_VALUE;
        long next;

        SampledRange(TopicPartition partition, long from, long to, long wanted, boolean behindEnd) {
            this.partition = partition;
            this.from = from;
            this.to = to;
            this.wanted = wanted;
            this.behindEnd = behindEnd;
            this.next = from;
        }
    }

    /** @param ends where each partition ends now for a read_committed reader */
    static SourceSample of(BatchPlan plan, Map<Integer, Long> ends, KafkaClients kafka) {
        SourceSample sample = new SourceSample(plan.spec(), kafka);
        List<List<SampledRange>> rounds = sample.choose(plan, ends);
        if (rounds.stream().allMatch(List::isEmpty)) {
            return sample;
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        KafkaClients reading =
                kafka.withDefault(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, String.valueOf(FETCH_BYTES));
        try (KafkaConsumer<byte[], byte[]> consumer = reading.openConsumer("read_committed", "earliest")) {
            for (List<SampledRange> round : rounds) {
                sample.read(consumer, round, deadline);
            }
        } catch (KafkaException e) {
            throw BatchException.failed(
                    "cannot read records of %s to see what they are like: %s"
                            .formatted(plan.spec().sourceTopic(), e.getMessage()),
                    e);
        }
        return sample;
    }

    /** Chooses the places to read: each round has one place of each partition. */
    private List<List<SampledRange>> choose(BatchPlan plan, Map<Integer, Long> ends) {
        // A topic that was made again since the plan was stored may have fewer partitions, and shorter ones.
        List<OffsetRange> ranges = plan.ranges().stream()
                .map(range -> new OffsetRange(
                        range.partition(),
                        range.start(),
                        Math.max(
                                range.start(),
                                Math.min(range.end(), ends.getOrDefault(range.partition(), range.start())))))
                .toList();
        whole = ranges.stream().mapToLong(OffsetRange::size).sum() <= RECORDS;
        List<OffsetRange> filled =
                ranges.stream().filter(range -> range.size() > 0).toList();
        int step = Math.max(1, (filled.size() + PARTITIONS - 1) / PARTITIONS);
        int looked = (filled.size() + step - 1) / step;
        long each = Math.max(1, RECORDS / Math.max(1, looked) / PLACES);
        List<List<SampledRange>> rounds = new ArrayList<>();
        for (int place = 0; place < (whole ? 1 : PLACES); place++) {
            List<SampledRange> round = new ArrayList<>();
            for (int i = 0; i < filled.size(); i += whole ? 1 : step) {
                OffsetRange range = filled.get(i);
                long room = Math.max(0, range.size() - each);
                long from = whole ? range.start() : range.start() + room / (PLACES - 1) * place;
                round.add(new SampledRange(partition(range), from, range.end(), whole ? range.size() : each, false));
            }
            rounds.add(round);
        }
        if (spec.untilInstant() != null && spec.exactTimes() == null) {
            rounds.add(ranges.stream()
                    .filter(range -> ends.getOrDefault(range.partition(), 0L) > range.end())
                    .limit(PARTITIONS)
                    .map(range -> new SampledRange(
                            partition(range),
                            range.end(),
                            ends.getOrDefault(range.partition(), range.end()),
                            BEHIND_END,
                            true))
                    .toList());
        }
        return rounds;
    }

    private TopicPartition partition(OffsetRange range) {
        return new TopicPartition(spec.sourceTopic(), range.partition());
    }

    private void read(KafkaConsumer<byte[], byte[]> consumer, List<SampledRange> round, long deadline) {
        Map<TopicPartition, SampledRange> open = new HashMap<>();
        round.forEach(place -> open.put(place.partition, place));
        consumer.assign(List.copyOf(open.keySet()));
        open.forEach((partition, place) -> consumer.seek(partition, place.from));
        // Places after the end do not belong to the range.
        places += (int) round.stream().filter(place -> !place.behindEnd).count();
        while (!open.isEmpty() && System.nanoTime() < deadline && bytes < MAX_BYTES) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                SampledRange place = open.get(new TopicPartition(record.topic(), record.partition()));
                if (place != null && place.taken < place.wanted && record.offset() < place.to) {
                    place.taken++;
                    bytes += Math.max(0, record.serializedValueSize());
                    look(place, SourceRecord.of(record));
                }
            }
            open.values()
                    .removeIf(place -> place.taken >= place.wanted || consumer.position(place.partition) >= place.to);
            consumer.pause(consumer.assignment().stream()
                    .filter(partition -> !open.containsKey(partition))
                    .toList());
        }
        whole &= open.values().stream().allMatch(place -> place.behindEnd);
    }

    private void look(SampledRange place, SourceRecord record) {
        Instant from = spec.fromInstant();
        Instant until = spec.untilInstant();
        Instant time = Instant.ofEpochMilli(record.timestamp());
        boolean inRange = (from == null || !time.isBefore(from)) && (until == null || time.isBefore(until));
        if (place.behindEnd) {
            behindEnd++;
            missed += inRange ? 1 : 0;
            return;
        }
        records++;
        passed += record.offset() + 1 - place.next;
        place.next = record.offset() + 1;
        partitions.add(record.partition());
        strays += inRange ? 0 : 1;
        keyless += record.key() == null ? 1 : 0;
        if (spec.placement() != null && record.key() != null) {
            keys.add(ByteBuffer.wrap(record.key()), record.partition());
        }
        if (record.timestamp() < place.newest) {
            unordered++;
            Duration late = Duration.ofMillis(place.newest - record.timestamp());
            disorder = late.compareTo(disorder) > 0 ? late : disorder;
        }
        place.newest = Math.max(place.newest, record.timestamp());
        remember(record);
    }

    private void remember(SourceRecord record) {
        byte[] value = record.value();
        if (value == null) {
            DeadLettersOf letters = spec.deadLettersOf();
            String elsewhere = letters == null ? null : letters.family().whereTheValueIs(record);
            if (elsewhere != null) {
                look.addDead(record, elsewhere);
            } else if (!mapping.skipsTombstones()) {
                look.addUnreadable(record, null);
            }
            return;
        }
        try {
            Event event = reader.read(record, value);
            look.add(event);
            events++;
            JsonValue key = resultKey == null ? null : event.envelope().at(resultKey);
            eventsWithResultKey += key == null || key.isNull() || key.isObject() || key.isArray() ? 0 : 1;
            ids.add(event.eventId(), record.partition());
        } catch (UnreadableException e) {
            // The record becomes a dead letter, which is not a copy of anything, or an event with its context.
            if (e.reason() == Reason.MISSING_CONTEXT && spec.context() != null) {
                look.add(null);
            } else {
                look.addUnreadable(record, e);
            }
        }
    }

    /** Describes the sample: {@code 10 000 records from 4 places in each of 3 partitions}. */
    String inWords() {
        return whole
                ? "all %s records of the range".formatted(Words.count(records))
                : "%s records from %d places in %d partitions"
                        .formatted(Words.count(records), places, partitions.size());
    }

    SampleLook look() {
        return look;
    }

    /** Tells whether the range was read completely, and has no record. */
    boolean isEmpty() {
        return whole && records == 0;
    }

    long records() {
        return records;
    }

    /** Returns the number of passed offsets that hold no record: compacted away, aborted, or markers of transactions. */
    long gaps() {
        return passed - records;
    }

    long idsInSeveralPartitions() {
        return ids.inSeveral.size();
    }

    long keysInSeveralPartitions() {
        return keys.inSeveral.size();
    }

    /** Tells whether there are events, and none of them has a text or a number where results have their new key. */
    boolean lacksResultKey() {
        return resultKey != null && events > 0 && eventsWithResultKey == 0;
    }

    /** Returns the number of records that are older than a record before them. */
    long unordered() {
        return unordered;
    }

    Duration disorder() {
        return disorder;
    }

    long behindEnd() {
        return behindEnd;
    }

    /** Returns the number of records after the end whose time is in the range. */
    long missed() {
        return missed;
    }

    /** Returns the number of records in the range of offsets whose time is outside of the range. */
    long strays() {
        return strays;
    }

    /** Says how many records have no key; null when none lacks one, so the user need not choose a dedupe scope. */
    @Nullable
    String keylessness() {
        return keyless == 0
                ? null
                : "%s of %s have no key; %s"
                        .formatted(
                                Words.count(keyless),
                                inWords(),
                                ids.inSeveral.isEmpty()
                                        ? "no eventId of the sample is in two partitions"
                                        : "%s eventIds of the sample are in several partitions"
                                                .formatted(Words.count(ids.inSeveral.size())));
    }
}
