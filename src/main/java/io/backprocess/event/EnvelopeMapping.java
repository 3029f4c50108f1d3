package io.backprocess.event;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A mapping says where the records of a history keep the parts of an envelope: id, version, time, payload and attributes, and where a result
 * says what it is. A history may have records of several forms; the first form whose condition holds is that of a record.
 *
 * @param name the mapping's name, for messages
 * @param topic the topic of the records, which ids that are a record's origin begin with
 * @param forms at least one form; only the last may have no condition
 * @param skipsTombstones whether records without a value are skipped; otherwise they are dead letters
 * @param former whether dead letters have the words of versions that knew Backprocess's own envelope only
 * @param lines the line and column of each place in the user's file, for messages; empty where there is none
 * @param values how the values of records are encoded; null where they are JSON
 */
public record EnvelopeMapping(
        String name,
        String topic,
        List<EnvelopeForm> forms,
        boolean skipsTombstones,
        boolean former,
        Map<Place, String> lines,
        @Nullable ValueFormat values)
        implements Serializable {

    /** The mapping of Backprocess's own envelope: five members of the value's top level. */
    public static final EnvelopeMapping OWN =
            new EnvelopeMapping("backprocess", "", List.of(EnvelopeForm.OWN), false, false);

    /** The same for batches of earlier versions, whose dead letters must keep their words. */
    public static final EnvelopeMapping FORMER = new EnvelopeMapping(OWN.name, OWN.topic, OWN.forms, false, true);

    public EnvelopeMapping {
        if (forms.isEmpty()) {
            throw new IllegalArgumentException("a mapping without a form");
        }
        forms = new ArrayList<>(forms);
        lines = new HashMap<>(lines);
    }

    /** Creates a mapping that no file of a user describes. */
    public EnvelopeMapping(
            String name, String topic, List<EnvelopeForm> forms, boolean skipsTombstones, boolean former) {
        this(name, topic, forms, skipsTombstones, former, Map.of(), null);
    }

    /** Returns this mapping over values that are read as JSON first. */
    public EnvelopeMapping reading(@Nullable ValueFormat format) {
        ValueFormat knowing = format == null ? null : format.knowingVersions(versionSubjects());
        return new EnvelopeMapping(name, topic, forms, skipsTombstones, former, lines, knowing);
    }

    /** Returns the subjects of the schema registry in which the version of a record of any form is that of its schema. */
    public SortedSet<String> versionSubjects() {
        SortedSet<String> subjects = new TreeSet<>();
        for (EnvelopeForm form : forms) {
            if (form.processVersion().isOfSchema()) {
                subjects.add(form.processVersion().from().text());
            }
        }
        return subjects;
    }

    /** Returns where the user's file names a place, as the beginning of a message; empty where it does not name it. */
    public String at(@Nullable Place place) {
        String line = place == null ? null : lines.get(place);
        return line == null ? "" : line + ": ";
    }

    /** Tells whether this is the mapping of Backprocess's own envelope, which old flat events may be joined into. */
    public boolean isOwn() {
        return reading(null).equals(OWN) || former;
    }

    /** Tells whether records of any form have no id but their place in the topic. */
    public boolean hasOrigins() {
        return forms.stream()
                .filter(form -> form.refusal() == null)
                .flatMap(form -> form.eventId().stream())
                .anyMatch(place -> place.kind() == Place.Kind.ORIGIN);
    }

    /** Tells whether records of any form keep a part of their envelope in their key. */
    public boolean hasKeys() {
        return forms.stream().flatMap(form -> form.places().stream()).anyMatch(place -> place.kind() == Place.Kind.KEY);
    }

    /** Returns the names of the headers that a record of any form is read from, or that results write. */
    public SortedSet<String> headers() {
        SortedSet<String> names = new TreeSet<>();
        forms.forEach(form -> form.places().stream().filter(Place::isHeader).forEach(place -> names.add(place.text())));
        return names;
    }

    /** Returns the names of the attributes that a record of any form may have. */
    public SortedSet<String> attributes() {
        SortedSet<String> names = new TreeSet<>();
        forms.forEach(form -> names.addAll(form.attributes().keySet()));
        return names;
    }

    /** Returns the names of the attributes that a revision may set, in every form that has them. */
    public SortedSet<String> written() {
        SortedSet<String> names = new TreeSet<>();
        forms.forEach(form -> names.addAll(form.written()));
        return names;
    }
}
