package io.backprocess.envelope;

import io.backprocess.event.EnvelopeForm;
import io.backprocess.event.EnvelopeForm.Condition;
import io.backprocess.event.EnvelopeForm.Stamp;
import io.backprocess.event.EnvelopeForm.TimeSource;
import io.backprocess.event.Place;
import io.backprocess.event.Place.Kind;
import io.backprocess.event.TimeUnit;
import io.backprocess.event.VersionSource;
import io.backprocess.json.JsonPointer;
import io.backprocess.yaml.YamlMap;
import io.backprocess.yaml.YamlValue;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The members of a form, which the file's top level completes. */
final class FormMembers {
    private static final String SAME_PLACE = "same place";
    private static final String NONE = "none";
    private static final List<Kind> WRITABLE = List.of(Kind.POINTER, Kind.HEADER);
    private static final List<String> UNITS = List.of("seconds", "millis", "micros", "nanos");

    private final YamlMap form;
    private final YamlMap file;
    private final String topic;
    private final NamedPlaces places;

    /**
     * @param form the members of the form itself, which are those of the file where it describes only one
     * @param topic the topic of the records
     */
    FormMembers(YamlMap form, YamlMap file, String topic, NamedPlaces places) {
        this.form = form;
        this.file = file;
        this.topic = topic;
        this.places = places;
    }

    /**
     * Reads the form; null after noting a problem without which there is none.
     *
     * @param conditional the form, if it is one of several; null if it is the whole file
     * @param last whether no form follows
     */
    @Nullable
    EnvelopeForm read(@Nullable YamlMap conditional, boolean last) {
        Condition when = when(conditional, last);
        String refusal = conditional == null ? null : conditional.text("refuse");
        if (refusal != null) {
            return refused(when, refusal);
        }
        List<Place> eventId = eventId();
        VersionSource version = version();
        TimeSource time = time();
        Place payload = payload();
        SortedMap<String, Place> attributes = attributes();
        Set<String> written = written(attributes);
        YamlValue stampValue = get("stamp");
        Stamp stamp = version == null ? null : stamp(stampValue, eventId, version);
        if (eventId.isEmpty() || version == null || payload == null || stamp == null) {
            return null;
        }
        SortedMap<String, Place> settable = new TreeMap<>(attributes);
        settable.keySet().retainAll(written);
        WrittenPlaces results =
                new WrittenPlaces(payload, settable, stampValue == null ? form::problem : stampValue::problem);
        results.checkAttributes(eventId);
        results.checkStamp(stamp);
        return new EnvelopeForm(when, null, eventId, version, time, payload, attributes, written, stamp);
    }

    /** Returns a form whose records become dead letters, so that its places do not matter. */
    private static EnvelopeForm refused(@Nullable Condition when, String refusal) {
        Place nowhere = new Place(Kind.VALUE, "");
        Place id = new Place(Kind.ORIGIN, "");
        Place version = Place.header("process-version");
        return new EnvelopeForm(
                when,
                refusal,
                List.of(id),
                new VersionSource(version, null, new TreeMap<>(), new TreeMap<>(), null),
                null,
                nowhere,
                new TreeMap<>(),
                Set.of(),
                new Stamp(version, version, null));
    }

    private @Nullable Condition when(@Nullable YamlMap conditional, boolean last) {
        YamlValue value = conditional == null ? null : conditional.get("when");
        if (value == null) {
            if (conditional != null && !last) {
                conditional.problem("'when' is missing: only the last form may take every record that is left");
            }
            return null;
        }
        YamlMap when = value.map();
        SortedMap<String, String> headers = new TreeMap<>();
        when.map("header").all().forEach((name, prefix) -> {
            String text = prefix.text();
            if (text != null) {
                headers.put(name, text.toLowerCase(Locale.ROOT));
            }
        });
        Condition condition = new Condition(
                places.read(when.list("has"), WRITABLE), places.read(when.list("lacks"), WRITABLE), headers);
        when.finish();
        if (condition.has().isEmpty() && condition.lacks().isEmpty() && headers.isEmpty()) {
            value.problem("'when' says nothing: give has, lacks or header");
        }
        return condition;
    }

    private List<Place> eventId() {
        YamlValue value =
                require("eventId", "the place of the id: a JSON Pointer, header:NAME, key, origin, or a list");
        if (value == null) {
            return List.of();
        }
        List<YamlValue> listed = value.isList() ? value.list() : List.of(value);
        if (listed.isEmpty()) {
            value.problem("'eventId' is an empty list: name at least one place");
        }
        return places.read(listed, List.of(Kind.POINTER, Kind.HEADER, Kind.KEY, Kind.ORIGIN));
    }

    private @Nullable VersionSource version() {
        YamlValue value = require("processVersion", "the place of the version: a JSON Pointer or header:NAME");
        return value == null ? null : new VersionMember(value, topic, places).read();
    }

    private @Nullable TimeSource time() {
        YamlValue value = get("eventTimestamp");
        List<Kind> kinds = List.of(Kind.POINTER, Kind.HEADER, Kind.RECORD);
        if (value == null) {
            return null;
        }
        if (!value.isMap()) {
            Place place = places.read(value, kinds);
            return place == null ? null : new TimeSource(place, null);
        }
        YamlMap map = value.map();
        YamlValue from = map.require("from");
        Place place = from == null ? null : places.read(from, kinds);
        YamlValue unit = map.get("unit");
        String word = unit == null ? null : unit.oneOf(UNITS);
        map.finish();
        if (unit != null && place != null && place.kind() == Kind.RECORD) {
            unit.problem("'unit' has no effect: the record's timestamp is in milliseconds");
        }
        return place == null
                ? null
                : new TimeSource(place, word == null ? null : TimeUnit.valueOf(word.toUpperCase(Locale.ROOT)));
    }

    private @Nullable Place payload() {
        YamlValue value = require("payload", "the place of the payload: a JSON Pointer, or value for the whole value");
        Place place = value == null ? null : places.read(value, List.of(Kind.POINTER, Kind.VALUE));
        if (value != null
                && place != null
                && place.kind() == Kind.POINTER
                && JsonPointer.of(place.text()).path().stream()
                        .anyMatch(step ->
                                JsonPointer.index(step) != JsonPointer.NOWHERE || step.equals(JsonPointer.END))) {
            value.problem("'payload' leads through an array: a record has one payload, which is an object");
        }
        return place;
    }

    private SortedMap<String, Place> attributes() {
        YamlValue value = get("attributes");
        SortedMap<String, Place> attributes = new TreeMap<>();
        if (value == null) {
            return attributes;
        }
        value.map().all().forEach((name, each) -> {
            if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
                each.problem("'%s' is not an attribute's name: use letters, digits and '_'".formatted(name));
            }
            Place place = places.read(each, WRITABLE);
            if (place != null && attributes.containsValue(place)) {
                each.problem("'%s' has two names: %s is another attribute already".formatted(name, place));
            } else if (place != null) {
                attributes.put(name, place);
            }
        });
        return attributes;
    }

    private Set<String> written(SortedMap<String, Place> attributes) {
        Set<String> written = new LinkedHashSet<>();
        YamlValue value = get("write");
        for (YamlValue each : value == null ? List.<YamlValue>of() : value.list()) {
            String name = each.text();
            if (name != null && !attributes.containsKey(name)) {
                each.problem("'%s' is none of the attributes: %s"
                        .formatted(
                                name,
                                attributes.isEmpty()
                                        ? "there are none"
                                        : YamlValue.listed(List.copyOf(attributes.keySet()))));
            } else if (name != null) {
                written.add(name);
            }
        }
        return written;
    }

    private @Nullable Stamp stamp(@Nullable YamlValue value, List<Place> eventId, VersionSource version) {
        Place id = eventId.size() == 1 && WRITABLE.contains(eventId.get(0).kind()) ? eventId.get(0) : null;
        if (value == null) {
            return new Stamp(id, version.from(), WrittenPlaces.BATCH);
        }
        YamlMap stamp = value.map();
        Place newId = stampPlace(stamp.get("eventId"), id);
        Place newVersion = stampPlace(stamp.get("processVersion"), version.from());
        YamlValue batch = stamp.get("batch");
        Place newBatch = batch != null && NONE.equals(batch.text()) ? null : stampPlace(batch, WrittenPlaces.BATCH);
        stamp.finish();
        if (newVersion != null && !newVersion.equals(version.from())) {
            Objects.requireNonNull(stamp.get("processVersion"))
                    .problem("a result's version belongs where it is read: %s; give 'same place'"
                            .formatted(version.from()));
        }
        return newVersion == null ? null : new Stamp(newId, newVersion, newBatch);
    }

    private @Nullable Place stampPlace(@Nullable YamlValue value, @Nullable Place same) {
        if (value == null) {
            return same;
        }
        if (SAME_PLACE.equals(value.text())) {
            if (same == null) {
                value.problem(
                        "there is no place to write to: ids that are key, origin or joined need a pointer or header");
            }
            return same;
        }
        return places.read(value, WRITABLE);
    }

    private @Nullable YamlValue require(String name, String what) {
        YamlValue value = get(name);
        if (value == null) {
            form.problem("'%s' is missing: give %s".formatted(name, what));
        }
        return value;
    }

    private @Nullable YamlValue get(String name) {
        YamlValue own = form.get(name);
        YamlValue shared = file.get(name);
        return own == null ? shared : own;
    }
}
