package io.backprocess.sample;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.backprocess.event.EnvelopeField;
import io.backprocess.event.EnvelopeForm;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Event;
import io.backprocess.event.EventReader;
import io.backprocess.event.JsonValue;
import io.backprocess.event.Place;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.TimeUnit;
import io.backprocess.event.UnreadableException;
import io.backprocess.event.VersionSource;
import io.backprocess.json.JsonPointer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A history whose events keep the parts of an envelope where a mapping says. It is made of a history with Backprocess's own
 * envelope, whose other records stay as they are. The forms of the mapping take turns.
 */
public final class MappedHistory implements Iterator<ProducerRecord<byte[], byte[]>> {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private final Iterator<ProducerRecord<byte[], byte[]>> history;
    private final List<EnvelopeForm> forms;
    private final EventReader reader = new EventReader();
    private int turn;

    public MappedHistory(Iterator<ProducerRecord<byte[], byte[]>> history, EnvelopeMapping mapping) {
        this.history = history;
        this.forms =
                mapping.forms().stream().filter(form -> form.refusal() == null).toList();
    }

    @Override
    public boolean hasNext() {
        return history.hasNext();
    }

    @Override
    public ProducerRecord<byte[], byte[]> next() {
        ProducerRecord<byte[], byte[]> record = history.next();
        Event event = event(record);
        return event == null ? record : mapped(record, event);
    }

    private @Nullable Event event(ProducerRecord<byte[], byte[]> record) {
        byte[] value = record.value();
        try {
            return value == null
                    ? null
                    : reader.read(new SourceRecord(0, 0, 0, record.key(), value, record.headers()), value);
        } catch (UnreadableException e) {
            return null;
        }
    }

    private ProducerRecord<byte[], byte[]> mapped(ProducerRecord<byte[], byte[]> record, Event event) {
        EnvelopeForm form = forms.get(turn++ % forms.size());
        RecordHeaders headers = new RecordHeaders();
        JsonNode payload = tree(Objects.requireNonNull(event.value(EnvelopeField.PAYLOAD)));
        ObjectNode value = form.payload().kind() == Place.Kind.VALUE ? (ObjectNode) payload : JSON.createObjectNode();
        mark(form, value, headers);
        int last = form.eventId().size() - 1;
        for (int i = 0; i <= last; i++) {
            put(form.eventId().get(i), text(i == last ? event.eventId() : "/shop"), value, headers);
        }
        VersionSource versions = form.processVersion();
        put(
                versions.from(),
                versions.kind() == VersionSource.Kind.TEXT || !versions.map().isEmpty()
                        ? text(versions.text(event.processVersion()))
                        : tree(Objects.requireNonNull(event.value(EnvelopeField.PROCESS_VERSION))),
                value,
                headers);
        time(form, event, value, headers);
        form.attributes().forEach((name, place) -> put(place, attribute(name, event), value, headers));
        if (form.stamp().batch() != null && form.stamp().batch().kind() == Place.Kind.POINTER) {
            put(form.stamp().batch(), text(String.valueOf(event.correlationId())), value, headers);
        }
        if (form.payload().kind() == Place.Kind.POINTER) {
            put(form.payload(), payload, value, headers);
        }
        return new ProducerRecord<>(
                record.topic(), record.partition(), record.timestamp(), record.key(), bytes(value), headers);
    }

    /** Adds what makes a record one of the form. */
    private static void mark(EnvelopeForm form, ObjectNode value, Headers headers) {
        EnvelopeForm.Condition when = form.when();
        if (when != null) {
            when.headers().forEach((name, prefix) -> headers.add(name, prefix.getBytes(StandardCharsets.UTF_8)));
            when.has().forEach(place -> put(place, text("1.0"), value, headers));
        }
    }

    private static void time(EnvelopeForm form, Event event, ObjectNode value, Headers headers) {
        EnvelopeForm.TimeSource time = form.eventTimestamp();
        JsonValue told = event.eventTimestamp();
        if (time == null || told == null || time.from().kind() == Place.Kind.RECORD) {
            return;
        }
        TimeUnit unit = time.unit();
        Instant instant = event.eventTime();
        JsonNode written = unit == null || instant == null
                ? tree(told)
                : JSON.getNodeFactory().numberNode(unit.count(instant));
        put(time.from(), written, value, headers);
    }

    private static JsonNode attribute(String name, Event event) {
        String action = event.payload().text("actionType");
        return text(name.equals("type") && action != null ? action : name);
    }

    private static void put(Place place, JsonNode part, ObjectNode value, Headers headers) {
        if (place.kind() == Place.Kind.HEADER) {
            headers.remove(place.text());
            headers.add(place.text(), part.asText().getBytes(StandardCharsets.UTF_8));
        } else if (place.kind() == Place.Kind.POINTER) {
            List<String> path = JsonPointer.of(place.text()).path();
            ObjectNode parent = value;
            // The only places in arrays that presets have are first elements.
            boolean element = path.get(path.size() - 1).equals("0");
            int last = path.size() - (element ? 2 : 1);
            for (String step : path.subList(0, last)) {
                parent = parent.get(step) instanceof ObjectNode existing ? existing : parent.putObject(step);
            }
            String name = path.get(last);
            if (element) {
                parent.putArray(name).add(part);
            } else if (part instanceof ObjectNode added && parent.get(name) instanceof ObjectNode existing) {
                existing.setAll(added);
            } else {
                parent.set(name, part);
            }
        }
    }

    private static JsonNode text(String text) {
        return JSON.getNodeFactory().textNode(text);
    }

    private static JsonNode tree(JsonValue value) {
        try {
            return JSON.readTree(value.literal());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a value that was read before is malformed now", e);
        }
    }

    private static byte[] bytes(ObjectNode value) {
        try {
            return JSON.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + value, e);
        }
    }
}
