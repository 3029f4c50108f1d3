package io.backprocess.envelope;

import io.backprocess.event.EnvelopeForm.Stamp;
import io.backprocess.event.Place;
import io.backprocess.event.Place.Kind;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The places that results are written to. None of them may lie over another, over the payload, or over a header of Backprocess.
 *
 * @param attributes the places of the attributes that revisions can set, by their names
 * @param problem notes a problem where the file says what is written
 */
record WrittenPlaces(Place payload, SortedMap<String, Place> attributes, Consumer<String> problem) {
    /** Results name their batch here, unless the file says otherwise. */
    static final Place BATCH = Place.header("backprocess.batch-id");

    /** No attribute can be a part of the id, or a member of the payload, which a revision sets there already. */
    void checkAttributes(List<Place> eventId) {
        attributes.forEach((name, place) -> {
            if (eventId.stream().anyMatch(id -> overlap(id, place))) {
                problem.accept("attribute %s cannot be written: %s is a part of the id".formatted(name, place));
            } else if (place.kind() == Kind.POINTER
                    && (payload.kind() == Kind.VALUE || place.text().startsWith(payload.text() + "/"))) {
                problem.accept("attribute %s cannot be written: %s is inside of the payload, where a revision sets it"
                        .formatted(name, place));
            }
        });
    }

    /** Each part of the stamp and each attribute needs a place of its own. */
    void checkStamp(Stamp stamp) {
        SortedMap<String, Place> places = new TreeMap<>();
        places.put("processVersion", stamp.processVersion());
        if (stamp.batch() != null) {
            places.put("batch", stamp.batch());
        }
        if (stamp.eventId() != null) {
            places.put("eventId", stamp.eventId());
        }
        attributes.forEach((name, place) -> places.put("attribute " + name, place));
        List<String> names = List.copyOf(places.keySet());
        for (int i = 0; i < names.size(); i++) {
            Place place = Objects.requireNonNull(places.get(names.get(i)));
            if (overwrites(place, payload)) {
                problem.accept("%s would be written over the payload: %s".formatted(names.get(i), place));
            }
            for (int j = i + 1; j < names.size(); j++) {
                if (overlap(place, Objects.requireNonNull(places.get(names.get(j))))) {
                    problem.accept("%s and %s would be written to the same place: %s"
                            .formatted(names.get(i), names.get(j), place));
                }
            }
            if (isReserved(names.get(i), place)) {
                problem.accept(
                        "%s is one of Backprocess's own headers: choose another for %s".formatted(place, names.get(i)));
            }
        }
    }

    private static boolean overlap(Place one, Place other) {
        return one.equals(other) || overwrites(one, other) || overwrites(other, one);
    }

    private static boolean overwrites(Place place, Place other) {
        return place.kind() == Kind.POINTER
                && other.kind() == Kind.POINTER
                && (other.text().equals(place.text()) || other.text().startsWith(place.text() + "/"));
    }

    private static boolean isReserved(String name, Place place) {
        return place.kind() == Kind.HEADER
                && (place.text().startsWith("backprocess.") || place.text().startsWith("__backprocess."))
                && !(name.equals("batch") && place.equals(BATCH));
    }
}
