package io.backprocess.envelope;

import io.backprocess.event.Place;
import io.backprocess.event.Place.Kind;
import io.backprocess.yaml.YamlValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The places that a mapping file names. It keeps where the file names each of them first, for messages about records. */
final class NamedPlaces {
    private final Map<Place, String> lines = new HashMap<>();

    /** Returns the line and column of each place that was read. */
    Map<Place, String> lines() {
        return lines;
    }

    /** Reads places, and leaves out those that are none after noting the problem. */
    List<Place> read(List<YamlValue> values, List<Kind> kinds) {
        List<Place> places = new ArrayList<>();
        for (YamlValue each : values) {
            Place place = read(each, kinds);
            if (place != null) {
                places.add(place);
            }
        }
        return places;
    }

    /** Reads a place of one of the kinds; null after noting a problem. */
    @Nullable
    Place read(YamlValue value, List<Kind> kinds) {
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
