package io.backprocess.yaml;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Names with values. A name that the reader never requests is a mistake, which {@link #finish} reports. */
public final class YamlMap {
    private final YamlDocument document;
    private final YamlPlace place;
    private final boolean exists;
    private final Map<String, YamlValue> values = new LinkedHashMap<>();
    private final Map<String, YamlPlace> places = new LinkedHashMap<>();
    private final SortedSet<String> requested = new TreeSet<>();

    /** @param mapping null for a map that is empty because it is absent or not a map: it lacks no name */
    YamlMap(YamlDocument document, YamlPlace place, @Nullable MappingNode mapping) {
        this.document = document;
        this.place = place;
        this.exists = mapping != null;
        if (mapping != null) {
            mapping.getValue().forEach(this::add);
        }
    }

    private void add(NodeTuple entry) {
        YamlPlace at = YamlDocument.place(entry.getKeyNode());
        if (!(entry.getKeyNode() instanceof ScalarNode key) || key.getTag().equals(Tag.NULL)) {
            document.problem(at, "this is not a name; put quotes around it if it is text");
            return;
        }
        String name = key.getValue();
        if (places.putIfAbsent(name, at) != null) {
            document.problem(at, "'%s' is given twice".formatted(name));
        }
        values.putIfAbsent(name, new YamlValue(document, "'%s'".formatted(name), entry.getValueNode()));
    }

    /** Returns all values by name, for a map in which any name is allowed. */
    public Map<String, YamlValue> all() {
        requested.addAll(values.keySet());
        return Collections.unmodifiableMap(values);
    }

    public boolean has(String name) {
        return get(name) != null;
    }

    public @Nullable YamlValue get(String name) {
        requested.add(name);
        return values.get(name);
    }

    /** Returns the value of a name. If the name is missing, this notes the problem and returns null. */
    public @Nullable YamlValue require(String name) {
        YamlValue value = get(name);
        if (value == null && exists) {
            problem("'%s' is missing".formatted(name));
        }
        return value;
    }

    /** Returns the text of a name; null when it is absent, or empty, which is a problem. */
    public @Nullable String text(String name) {
        YamlValue value = get(name);
        String text = value == null ? null : value.text();
        if (value != null && text != null && text.isEmpty()) {
            value.problem("'%s' is empty".formatted(name));
            return null;
        }
        return text;
    }

    public String text(String name, String otherwise) {
        String text = text(name);
        return text == null ? otherwise : text;
    }

    public boolean isTrue(String name) {
        YamlValue value = get(name);
        return value != null && value.isTrue();
    }

    /** Returns the names and values of a name; an empty map when it is absent. */
    public YamlMap map(String name) {
        YamlValue value = get(name);
        return value == null ? new YamlMap(document, place, null) : value.map();
    }

    /** Returns the list of a name; an empty list when it is absent. */
    public List<YamlValue> list(String name) {
        YamlValue value = get(name);
        return value == null ? List.of() : value.list();
    }

    /** Refuses a name that has a message of its own. It is not among the names that {@link #finish} lists. */
    public void refuse(String name, String message) {
        if (values.remove(name) != null) {
            nameProblem(name, message);
        }
    }

    /** Reports every name that was never requested. */
    public void finish() {
        for (String name : values.keySet()) {
            if (!requested.contains(name)) {
                nameProblem(name, "'%s' is not one of %s".formatted(name, String.join(", ", requested)));
            }
        }
    }

    /** Notes a problem of the whole map. */
    public void problem(String message) {
        document.problem(place, message);
    }

    /** Notes a problem of a value, or of the whole map when the value is absent. */
    public void problem(String name, String message) {
        YamlValue value = values.get(name);
        document.problem(value == null ? place : value.place(), message);
    }

    /** Notes a problem of a name, whatever its value is. */
    public void nameProblem(String name, String message) {
        document.problem(places.getOrDefault(name, place), message);
    }
}
