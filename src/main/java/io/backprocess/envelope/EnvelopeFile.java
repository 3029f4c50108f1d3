package io.backprocess.envelope;

import io.backprocess.event.EnvelopeForm;
import io.backprocess.event.EnvelopeForm.Condition;
import io.backprocess.event.EnvelopeForm.Stamp;
import io.backprocess.event.EnvelopeForm.TimeSource;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Place;
import io.backprocess.event.Place.Kind;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.TimeUnit;
import io.backprocess.event.VersionSource;
import io.backprocess.json.JsonPointer;
import io.backprocess.revise.rules.Selection;
import io.backprocess.yaml.YamlDocument;
import io.backprocess.yaml.YamlMap;
import io.backprocess.yaml.YamlValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a mapping file: YAML 1.2, described in docs/envelopes.md. All problems of the file are reported at once.
 *
 * <p>A file describes one form of record, or several under {@code forms}. What a form does not say itself, it takes from the
 * file's top level.
 */
final class EnvelopeFile {
    private static final String SAME_PLACE = "same place";
    private static final String NONE = "none";
    private static final List<Kind> WRITABLE = List.of(Kind.POINTER, Kind.HEADER);
    private static final List<Kind> VERSIONS = List.of(Kind.POINTER, Kind.HEADER, Kind.SCHEMA_VERSION);
    private static final List<String> KINDS = List.of("text", "number");
    private static final List<String> TOMBSTONES = List.of("dead-letter", "skip");
    private static final List<String> UNITS = List.of("seconds", "millis", "micros", "nanos");
    /** Results name their batch here, unless the file says otherwise. */
    private static final Place BATCH = Place.header("backprocess.batch-id");

    private final String topic;
    /** The line and column of each place that the file names. */
    private final Map<Place, String> lines = new HashMap<>();

    /** @param topic the topic of the records */
    EnvelopeFile(String topic) {
        this.topic = topic;
    }

    /** @throws IllegalArgumentException with all problems of the file, each with its line and column */
    Envelope read(String yaml) {
        YamlDocument document = new YamlDocument(null, yaml);
        YamlMap file = document.root();
        file.require("name");
        String name = file.text("name");
        if (name != null && name.equals(EnvelopeText.OWN)) {
            file.problem("name", "'%s' is the name of Backprocess's own envelope: choose another".formatted(name));
        }
        List<EnvelopeForm> forms = new ArrayList<>();
        if (file.has("forms")) {
            List<YamlValue> listed = file.list("forms");
            for (int i = 0; i < listed.size(); i++) {
                YamlMap form = listed.get(i).map();
                add(forms, new Members(form, file, topic, lines).form(form, i == listed.size() - 1));
                form.finish();
            }
            if (listed.isEmpty()) {
                file.problem("forms", "'forms' is empty: describe at least one form");
            }
        } else {
            add(forms, new Members(file, file, topic, lines).form(null, true));
        }
        YamlValue letters = file.get("tombstones");
        String tombstones = letters == null ? null : letters.oneOf(TOMBSTONES);
        YamlValue select = file.get("select");
        Selection selection = select == null ? null : Selection.read(select);
        file.finish();
        if (select != null && selection != null) {
            checkSelection(select, selection, forms);
        }
        document.throwProblems();
        return new Envelope(
                new EnvelopeMapping(
                        Objects.requireNonNull(name),
                        topic,
                        forms,
                        "skip".equals(tombstones),
                        false,
                        EnvelopeText.isPreset(Objects.requireNonNull(name)) ? Map.of() : lines,
                        null),
                selection);
    }

    private static void add(List<EnvelopeForm> forms, @Nullable EnvelopeForm form) {
        if (form != null) {
            forms.add(form);
        }
    }

    private static void checkSelection(YamlValue select, Selection selection, List<EnvelopeForm> forms) {
        for (String name : selection.attributes()) {
            if (forms.stream().noneMatch(form -> form.attributes().containsKey(name))) {
                select.problem("'select' reads attribute '%s', which 'attributes' does not name".formatted(name));
            }
        }
    }

    /** The members of a form, which the file's top level completes. */
    private record Members(YamlMap form, YamlMap file, String topic, Map<Place, String> lines) {

        @Nullable
        YamlValue get(String name) {
            YamlValue own = form.get(name);
            YamlValue shared = file.get(name);
            return own == null ? shared : own;
        }

        /** Reads the form; null after noting a problem without which there is none. */
        @Nullable
        EnvelopeForm form(@Nullable YamlMap conditional, boolean last) {
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
            checkWritten(
                    stampValue == null ? form::problem : stampValue::problem, eventId, payload, attributes, written);
            checkStamps(stampValue == null ? form::problem : stampValue::problem, stamp, payload, attributes, written);
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
            Condition condition = new Condition(places(when, "has"), places(when, "lacks"), headers);
            when.finish();
            if (condition.has().isEmpty() && condition.lacks().isEmpty() && headers.isEmpty()) {
                value.problem("'when' says nothing: give has, lacks or header");
            }
            return condition;
        }

        private List<Place> places(YamlMap map, String name) {
            List<Place> places = new ArrayList<>();
            for (YamlValue each : map.list(name)) {
                Place place = place(each, WRITABLE);
                if (place != null) {
                    places.add(place);
                }
            }
            return places;
        }

        private List<Place> eventId() {
            YamlValue value =
                    require("eventId", "the place of the id: a JSON Pointer, header:NAME, key, origin, or a list");
            List<Place> places = new ArrayList<>();
            if (value != null) {
                for (YamlValue each : value.isList() ? value.list() : List.of(value)) {
                    Place place = place(each, List.of(Kind.POINTER, Kind.HEADER, Kind.KEY, Kind.ORIGIN));
                    if (place != null) {
                        places.add(place);
                    }
                }
                if (value.isList() && value.list().isEmpty()) {
                    value.problem("'eventId' is an empty list: name at least one place");
                }
            }
            return places;
        }

        private @Nullable VersionSource version() {
            YamlValue value = require("processVersion", "the place of the version: a JSON Pointer or header:NAME");
            if (value == null) {
                return null;
            }
            if (!value.isMap()) {
                Place place = in(place(value, VERSIONS), topic + "-value");
                return place == null ? null : new VersionSource(place, null, new TreeMap<>(), new TreeMap<>(), null);
            }
            YamlMap map = value.map();
            YamlValue from = map.require("from");
            String subject = map.text("subject");
            Place place = in(from == null ? null : place(from, VERSIONS), subject == null ? topic + "-value" : subject);
            boolean ofSchema = place != null && place.kind() == Kind.SCHEMA_VERSION;
            if (subject != null && place != null && !ofSchema) {
                value.problem("'subject' has no effect: it says whose versions 'from: schema-version' means");
            }
            YamlValue as = map.get("as");
            String kind = as == null ? null : as.oneOf(KINDS);
            if (as != null && place != null && place.kind() == Kind.HEADER && "number".equals(kind)) {
                as.problem("a header has text and no number: leave 'as' out");
            }
            SortedMap<String, ProcessVersion> texts = new TreeMap<>();
            map.map("map").all().forEach((text, number) -> {
                if (ofSchema && !text.matches("[1-9][0-9]*")) {
                    number.problem("'%s' is no version of a schema, which is a number such as 3".formatted(text));
                }
                ProcessVersion version = number(number);
                if (version != null && !ofSchema && isOtherNumber(text, version)) {
                    number.problem("'%s' is a number, which means itself: only texts can mean another version"
                            .formatted(text));
                } else if (version != null) {
                    texts.put(text, version);
                }
            });
            SortedMap<String, String> write = new TreeMap<>();
            map.map("write").all().forEach((number, text) -> write(write, texts, number, text));
            if (ofSchema && (as != null || !write.isEmpty())) {
                value.problem("'as' and 'write' have no effect: a result says its version by its schema");
            }
            YamlValue absent = map.get("absent");
            ProcessVersion without = absent == null ? null : number(absent);
            map.finish();
            return place == null
                    ? null
                    : new VersionSource(
                            place,
                            kind == null ? null : VersionSource.Kind.valueOf(kind.toUpperCase(Locale.ROOT)),
                            texts,
                            write,
                            without);
        }

        private static @Nullable Place in(@Nullable Place place, String subject) {
            return place != null && place.kind() == Kind.SCHEMA_VERSION ? Place.schemaVersion(subject) : place;
        }

        private static @Nullable ProcessVersion number(YamlValue value) {
            String text = value.text();
            try {
                return text == null ? null : ProcessVersion.of(text);
            } catch (NumberFormatException e) {
                value.problem(String.valueOf(e.getMessage()));
                return null;
            }
        }

        private static boolean isOtherNumber(String text, ProcessVersion version) {
            try {
                return !ProcessVersion.of(text).equals(version);
            } catch (NumberFormatException e) {
                return false;
            }
        }

        private static void write(
                SortedMap<String, String> write,
                SortedMap<String, ProcessVersion> texts,
                String number,
                YamlValue value) {
            String text = value.text();
            if (text == null) {
                return;
            }
            try {
                ProcessVersion version = ProcessVersion.of(number);
                ProcessVersion meant = texts.get(text);
                if (meant != null && !meant.equals(version)) {
                    value.problem("'write' gives version %s the text '%s', which 'map' reads as version %s"
                            .formatted(version, text, meant));
                } else if (meant == null && !text.equals(number)) {
                    value.problem("'write' gives version %s the text '%s', which 'map' does not have"
                            .formatted(version, text));
                }
                write.put(version.toString(), text);
            } catch (NumberFormatException e) {
                value.problem(String.valueOf(e.getMessage()));
            }
        }

        private @Nullable TimeSource time() {
            YamlValue value = get("eventTimestamp");
            List<Kind> kinds = List.of(Kind.POINTER, Kind.HEADER, Kind.RECORD);
            if (value == null) {
                return null;
            }
            if (!value.isMap()) {
                Place place = place(value, kinds);
                return place == null ? null : new TimeSource(place, null);
            }
            YamlMap map = value.map();
            YamlValue from = map.require("from");
            Place place = from == null ? null : place(from, kinds);
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
            YamlValue value =
                    require("payload", "the place of the payload: a JSON Pointer, or value for the whole value");
            Place place = value == null ? null : place(value, List.of(Kind.POINTER, Kind.VALUE));
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
                Place place = place(each, WRITABLE);
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
                return new Stamp(id, version.from(), BATCH);
            }
            YamlMap stamp = value.map();
            Place newId = stampPlace(stamp.get("eventId"), id);
            Place newVersion = stampPlace(stamp.get("processVersion"), version.from());
            YamlValue batch = stamp.get("batch");
            Place newBatch = batch != null && NONE.equals(batch.text()) ? null : stampPlace(batch, BATCH);
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
            return place(value, WRITABLE);
        }

        /** An attribute that is a part of the id, or that a revision sets as a member of the payload, cannot be set as well. */
        private static void checkWritten(
                Consumer<String> problem,
                List<Place> eventId,
                Place payload,
                SortedMap<String, Place> attributes,
                Set<String> written) {
            for (String name : written) {
                Place place = Objects.requireNonNull(attributes.get(name));
                if (eventId.stream().anyMatch(id -> overlap(id, place))) {
                    problem.accept("attribute %s cannot be written: %s is a part of the id".formatted(name, place));
                } else if (place.kind() == Kind.POINTER
                        && (payload.kind() == Kind.VALUE || place.text().startsWith(payload.text() + "/"))) {
                    problem.accept(
                            "attribute %s cannot be written: %s is inside of the payload, where a revision sets it"
                                    .formatted(name, place));
                }
            }
        }

        private static void checkStamps(
                Consumer<String> problem,
                Stamp stamp,
                Place payload,
                SortedMap<String, Place> attributes,
                Set<String> written) {
            SortedMap<String, Place> places = new TreeMap<>();
            places.put("processVersion", stamp.processVersion());
            if (stamp.batch() != null) {
                places.put("batch", stamp.batch());
            }
            if (stamp.eventId() != null) {
                places.put("eventId", stamp.eventId());
            }
            written.forEach(name -> places.put("attribute " + name, Objects.requireNonNull(attributes.get(name))));
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
                    problem.accept("%s is one of Backprocess's own headers: choose another for %s"
                            .formatted(place, names.get(i)));
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

        private @Nullable YamlValue require(String name, String what) {
            YamlValue value = get(name);
            if (value == null) {
                form.problem("'%s' is missing: give %s".formatted(name, what));
            }
            return value;
        }

        private @Nullable Place place(YamlValue value, List<Kind> kinds) {
            String text = value.text();
            try {
                Place place = text == null ? null : Place.of(text, kinds);
                if (place != null) {
                    lines.putIfAbsent(place, value.place().toString());
                }
                return place;
            } catch (IllegalArgumentException e) {
                value.problem(String.valueOf(e.getMessage()));
                return null;
            }
        }
    }
}
