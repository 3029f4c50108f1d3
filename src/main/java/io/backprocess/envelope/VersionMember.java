package io.backprocess.envelope;

import io.backprocess.batch.Encoding;
import io.backprocess.event.Place;
import io.backprocess.event.Place.Kind;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.VersionSource;
import io.backprocess.yaml.YamlMap;
import io.backprocess.yaml.YamlValue;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The member {@code processVersion} of a form: where an event's version stands, and which texts mean which version.
 *
 * @param topic the topic of the records
 */
record VersionMember(YamlValue value, String topic, NamedPlaces places) {
    private static final List<Kind> PLACES = List.of(Kind.POINTER, Kind.HEADER, Kind.SCHEMA_VERSION);
    private static final List<String> KINDS = List.of("text", "number");

    /** Reads the member; null after noting a problem without which there is no version. */
    @Nullable
    VersionSource read() {
        if (!value.isMap()) {
            Place place = place(value, null);
            return place == null ? null : new VersionSource(place, null, new TreeMap<>(), new TreeMap<>(), null);
        }
        YamlMap map = value.map();
        YamlValue from = map.require("from");
        String subject = map.text("subject");
        Place place = from == null ? null : place(from, subject);
        boolean ofSchema = place != null && place.kind() == Kind.SCHEMA_VERSION;
        if (subject != null && place != null && !ofSchema) {
            value.problem("'subject' has no effect: it says whose versions 'from: schema-version' means");
        }
        YamlValue as = map.get("as");
        String kind = as == null ? null : as.oneOf(KINDS);
        if (as != null && place != null && place.kind() == Kind.HEADER && "number".equals(kind)) {
            as.problem("a header has text and no number: leave 'as' out");
        }
        SortedMap<String, ProcessVersion> texts = texts(map.map("map"), ofSchema);
        SortedMap<String, String> write = write(map.map("write"), texts);
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

    private @Nullable Place place(YamlValue from, @Nullable String subject) {
        Place place = places.read(from, PLACES);
        return place != null && place.kind() == Kind.SCHEMA_VERSION
                ? Place.schemaVersion(subject == null ? Encoding.defaultSubject(topic) : subject)
                : place;
    }

    /** Reads {@code map}: the version that each text means, or each version of a schema. */
    private static SortedMap<String, ProcessVersion> texts(YamlMap map, boolean ofSchema) {
        SortedMap<String, ProcessVersion> texts = new TreeMap<>();
        map.all().forEach((text, number) -> {
            if (ofSchema && !text.matches("[1-9][0-9]*")) {
                number.problem("'%s' is no version of a schema, which is a number such as 3".formatted(text));
            }
            ProcessVersion version = number(number);
            if (version != null && !ofSchema && isOtherNumber(text, version)) {
                number.problem(
                        "'%s' is a number, which means itself: only texts can mean another version".formatted(text));
            } else if (version != null) {
                texts.put(text, version);
            }
        });
        return texts;
    }

    private static boolean isOtherNumber(String text, ProcessVersion version) {
        try {
            return !ProcessVersion.of(text).equals(version);
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** Reads {@code write}: the text that each version is written as, which has to mean this version. */
    private static SortedMap<String, String> write(YamlMap map, SortedMap<String, ProcessVersion> texts) {
        SortedMap<String, String> write = new TreeMap<>();
        map.all().forEach((number, text) -> write(write, texts, number, text));
        return write;
    }

    private static void write(
            SortedMap<String, String> write, SortedMap<String, ProcessVersion> texts, String number, YamlValue value) {
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
                value.problem(
                        "'write' gives version %s the text '%s', which 'map' does not have".formatted(version, text));
            }
            write.put(version.toString(), text);
        } catch (NumberFormatException e) {
            value.problem(String.valueOf(e.getMessage()));
        }
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
}
