package io.backprocess.sample;

import io.backprocess.event.Event;
import io.backprocess.event.EventReader;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.UnreadableException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * A person's log of failures as version 1.0 wrote it: {@code journal.jsonl}, with one record's value on each line. It contains a
 * copy, an entry that already has its lesson, some entries that are not the person's, and a line that is not JSON. Entries of one
 * place (the {@code Meeting} of {@code Meeting_20251115}) have the same key.
 */
public final class JournalHistory implements Iterator<ProducerRecord<byte[], byte[]>> {
    private static final Instant FIRST = Instant.parse("2025-11-01T00:00:00Z");

    private final String topic;
    private final Iterator<String> lines;
    private final EventReader reader = new EventReader();
    private Instant now = FIRST;

    public JournalHistory(String topic) {
        this.topic = topic;
        this.lines = lines().iterator();
    }

    /** Returns the number of records. */
    public static int size() {
        return lines().size();
    }

    private static List<String> lines() {
        try (InputStream in = JournalHistory.class.getResourceAsStream("journal.jsonl")) {
            if (in == null) {
                throw new IllegalStateException("journal.jsonl is not in the jar");
            }
            return Arrays.asList(new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean hasNext() {
        return lines.hasNext();
    }

    @Override
    public ProducerRecord<byte[], byte[]> next() {
        byte[] value = lines.next().getBytes(StandardCharsets.UTF_8);
        String place = "unknown";
        try {
            Event event = reader.read(new SourceRecord(0, 0, 0, null, value, new RecordHeaders()), value);
            place = event.eventId().replaceFirst("_.*", "");
            Instant time = event.eventTime();
            now = time == null ? now : time;
        } catch (UnreadableException e) {
            // An unreadable line is written too, with the time of the entry before it.
        }
        return new ProducerRecord<>(topic, null, now.toEpochMilli(), place.getBytes(StandardCharsets.UTF_8), value);
    }
}
