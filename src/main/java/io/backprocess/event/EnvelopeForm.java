package io.backprocess.event;

import io.backprocess.event.Place.Kind;
import io.backprocess.json.JsonPointer;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One form that the records of a history have.
 *
 * @param when the records that have this form; null for all that no earlier form takes
 * @param refusal the words with which such records become dead letters; null where they are events
 * @param eventId the places of the id; the texts of several are joined
 * @param eventTimestamp null where the history has no time of its own
 * @param payload a pointer to an object, or the whole value
 * @param attributes the places of the attributes by name
 * @param written the names of the attributes that a revision may set
 */
public record EnvelopeForm(
        @Nullable Condition when,
        @Nullable String refusal,
        List<Place> eventId,
        VersionSource processVersion,
        @Nullable TimeSource eventTimestamp,
        Place payload,
        SortedMap<String, Place> attributes,
        Set<String> written,
        Stamp stamp)
        implements Serializable {

    static final EnvelopeForm OWN = new EnvelopeForm(
            null,
            null,
            List.of(member(EnvelopeField.EVENT_ID)),
            new VersionSource(
                    member(EnvelopeField.PROCESS_VERSION),
                    VersionSource.Kind.NUMBER,
                    new TreeMap<>(),
                    new TreeMap<>(),
                    null),
            new TimeSource(member(EnvelopeField.EVENT_TIMESTAMP), null),
            member(EnvelopeField.PAYLOAD),
            new TreeMap<>(),
            Set.of(),
            new Stamp(
                    member(EnvelopeField.EVENT_ID),
                    member(EnvelopeField.PROCESS_VERSION),
                    member(EnvelopeField.CORRELATION_ID)));

    /**
     * The records that have a form. All conditions must hold.
     *
     * @param has the places that must exist: pointers or headers
     * @param lacks the places that must not exist
     * @param headers the beginning that a header must have, by its name; upper and lower case are the same
     */
    public record Condition(List<Place> has, List<Place> lacks, SortedMap<String, String> headers)
            implements Serializable {
        public Condition {
            has = new ArrayList<>(has);
            lacks = new ArrayList<>(lacks);
            headers = new TreeMap<>(headers);
        }
    }

    /**
     * The place of an event's time, and how it is written.
     *
     * @param unit how a number counts; null for text in ISO 8601, or a number whose size says its unit
     */
    public record TimeSource(Place from, @Nullable TimeUnit unit) implements Serializable {}

    /**
     * The places in which a result says what it is.
     *
     * @param eventId the place of the id that one of several results gets; null where the history has no such place
     * @param processVersion the place of the version
     * @param batch the place of the batch id; null where results do not name their batch
     */
    public record Stamp(
            @Nullable Place eventId,
            Place processVersion,
            @Nullable Place batch) implements Serializable {}

    public EnvelopeForm {
        eventId = new ArrayList<>(eventId);
        attributes = new TreeMap<>(attributes);
        written = new TreeSet<>(written);
        if (eventId.isEmpty()) {
            throw new IllegalArgumentException("a form without an id");
        }
        if (payload.kind() != Kind.POINTER && payload.kind() != Kind.VALUE) {
            throw new IllegalArgumentException("a payload at " + payload);
        }
    }

    /** Returns the way to the payload; it has no steps where the payload is the whole value. */
    JsonPointer payloadPointer() {
        return payload.isPointer() ? payload.pointer() : JsonPointer.ofSteps(List.of());
    }

    /** Returns every place that is read or written. */
    List<Place> places() {
        List<Place> places = new ArrayList<>(eventId);
        places.addAll(attributes.values());
        places.add(processVersion.from());
        places.add(payload);
        places.add(stamp.processVersion());
        Stream.of(eventTimestamp == null ? null : eventTimestamp.from(), stamp.eventId(), stamp.batch())
                .filter(Objects::nonNull)
                .forEach(places::add);
        if (when != null) {
            places.addAll(when.has());
            when.headers().keySet().forEach(name -> places.add(Place.header(name)));
        }
        return places;
    }

    private static Place member(EnvelopeField field) {
        return Place.pointer("/" + field);
    }
}
