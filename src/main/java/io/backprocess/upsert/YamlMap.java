package io.backprocess.upsert;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Names with values in a YAML file, each with its line. A name that the reader never requests is a mistake. */
final class YamlMap {
    private static final Node NOTHING = new MappingNode(Tag.MAP, List.of(), FlowStyle.BLOCK);

    private final YamlProblems problems;
    private final @Nullable Mark mark;
    private final Map<String, NodeTuple> entries = new LinkedHashMap<>();
    private final Set<String> asked = new HashSet<>();

    private YamlMap(YamlProblems problems, @Nullable Node node, String what) {
        this.problems = problems;
        this.mark = node == null ? null : node.getStartMark().orElse(null);
        if (node instanceof MappingNode mapping) {
            mapping.getValue().forEach(this::add);
        } else {
            problem(what + " must have names with values, as in url: jdbc:postgresql://…");
        }
    }

    private void add(NodeTuple entry) {
        Mark at = entry.getKeyNode().getStartMark().orElse(mark);
        if (!(entry.getKeyNode() instanceof ScalarNode name)) {
            problems.add(at, "this is not a name");
        } else if (entries.putIfAbsent(name.getValue(), entry) != null) {
            problems.add(at, "%s is given twice".formatted(name.getValue()));
        }
    }

    static YamlMap parse(String yaml, YamlProblems problems) {
        try {
            Node root = new Compose(LoadSettings.builder().build())
                    .composeString(yaml)
                    .orElse(null);
            return new YamlMap(problems, root, "the file");
        } catch (MarkedYamlEngineException e) {
            problems.add(e.getProblemMark().orElse(null), "this is not YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            problems.add(null, "this is not YAML: " + e.getMessage());
        }
        problems.throwIfAny();
        throw new IllegalStateException("a problem was added");
    }

    Set<String> names() {
        asked.addAll(entries.keySet());
        return entries.keySet();
    }

    boolean has(String name) {
        asked.add(name);
        return entries.containsKey(name);
    }

    /** Tells whether the name exists, and reports a problem when it does not. */
    boolean require(String name) {
        if (!has(name)) {
            problem(name + " is missing");
        }
        return has(name);
    }

    String text(String name, String otherwise) {
        String text = textOrNull(name);
        return text == null ? otherwise : text;
    }

    @Nullable
    String textOrNull(String name) {
        Node value = value(name);
        if (value == null) {
            return null;
        }
        if (value instanceof ScalarNode scalar && !scalar.getValue().isEmpty()) {
            return scalar.getValue();
        }
        problem(name, "%s must be a single value".formatted(name));
        return null;
    }

    /** Returns the texts of a name that has one value or a list. */
    List<String> texts(String name) {
        if (!(value(name) instanceof SequenceNode list)) {
            String one = textOrNull(name);
            return one == null ? List.of() : List.of(one);
        }
        List<String> texts = new ArrayList<>();
        for (Node each : list.getValue()) {
            if (each instanceof ScalarNode scalar) {
                texts.add(scalar.getValue());
            } else {
                problems.add(each.getStartMark().orElse(mark), "%s takes a text, or a list of texts".formatted(name));
            }
        }
        if (list.getValue().isEmpty()) {
            problem(name, "%s has an empty list".formatted(name));
        }
        return texts;
    }

    boolean bool(String name) {
        String text = text(name, "false");
        if (!text.equals("true") && !text.equals("false")) {
            problem(name, "%s must be true or false, not '%s'".formatted(name, text));
        }
        return text.equals("true");
    }

    YamlMap map(String name, boolean required) {
        Node value = value(name);
        if (value == null && required) {
            problem(name + " is missing");
            return new YamlMap(problems, NOTHING, name);
        }
        return new YamlMap(problems, value, name);
    }

    private @Nullable Node value(String name) {
        asked.add(name);
        NodeTuple entry = entries.get(name);
        return entry == null ? null : entry.getValueNode();
    }

    /** Reports every name that was never requested as unknown. */
    void finish() {
        for (String name : entries.keySet()) {
            if (!asked.contains(name)) {
                problem(name, "%s is not a known name here".formatted(name));
            }
        }
    }

    void problem(String name, String message) {
        NodeTuple entry = entries.get(name);
        problems.add(entry == null ? mark : entry.getKeyNode().getStartMark().orElse(mark), message);
    }

    void problem(String message) {
        problems.add(mark, message);
    }
}
