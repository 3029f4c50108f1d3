package io.backprocess.yaml;

import java.util.Comparator;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A YAML document that is read value by value. Each problem is noted with its place; {@link #throwProblems} reports them
 * together.
 */
public final class YamlDocument {
    private static final int MOST_CHARACTERS = 256 * 1024;
    private static final Set<Tag> TAGS = Set.of(Tag.MAP, Tag.SEQ, Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL);

    private final @Nullable String file;
    private final String text;
    private final SortedSet<Problem> problems =
            new TreeSet<>(Comparator.comparing(Problem::place).thenComparing(Problem::message));

    private record Problem(YamlPlace place, String message) {}

    /** @param file the file's name, which each problem begins with; null when the caller's own message names the file */
    public YamlDocument(@Nullable String file, String text) {
        this.file = file;
        this.text = text;
    }

    /**
     * Returns the names and values of the whole document.
     *
     * @throws IllegalArgumentException when the document is not YAML, is too large, has more than JSON can hold, or has no names
     */
    public YamlMap root() {
        Node root = compose();
        throwProblems();
        YamlValue whole = new YamlValue(this, "the file", Objects.requireNonNull(root));
        YamlMap names = whole.map();
        if (!whole.isMap()) {
            // Nothing that is missing in it would explain more.
            throwProblems();
        }
        return names;
    }

    private @Nullable Node compose() {
        if (text.length() > MOST_CHARACTERS) {
            problem(
                    YamlPlace.START,
                    "the file has %s characters; it may have at most %s".formatted(text.length(), MOST_CHARACTERS));
            return null;
        }
        try {
            Node root = new Compose(
                            LoadSettings.builder().setAllowNonScalarKeys(true).build())
                    .composeString(text)
                    .orElse(null);
            if (root == null) {
                problem(YamlPlace.START, "the file is empty");
            } else {
                checkPlain(root);
            }
            return root;
        } catch (MarkedYamlEngineException e) {
            problem(
                    e.getProblemMark().map(YamlPlace::of).orElse(YamlPlace.START),
                    "this is not YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            problem(YamlPlace.START, "this is not YAML: " + e.getMessage());
        } catch (StackOverflowError e) {
            problem(YamlPlace.START, "the file is nested too deeply");
        }
        return null;
    }

    /** Refuses what JSON does not have: custom types, and a value that occurs in two places or inside itself. */
    private void checkPlain(Node node) {
        if (node.getAnchor().isPresent()) {
            problem(place(node), "anchors and aliases cannot be used: write the value out");
        } else if (!TAGS.contains(node.getTag())) {
            problem(place(node), "'%s' is not a JSON type".formatted(node.getTag()));
        } else if (node instanceof MappingNode mapping) {
            mapping.getValue().forEach(each -> {
                checkPlain(each.getKeyNode());
                checkPlain(each.getValueNode());
            });
        } else if (node instanceof SequenceNode sequence) {
            sequence.getValue().forEach(this::checkPlain);
        }
    }

    static YamlPlace place(Node node) {
        return node.getStartMark().map(YamlPlace::of).orElse(YamlPlace.START);
    }

    /** Returns a line of the text; lines count from 1. */
    String line(int number) {
        return text.lines().skip(number - 1L).findFirst().orElse("");
    }

    /** Notes a problem. The same problem at the same place is noted once. */
    public void problem(YamlPlace place, String message) {
        problems.add(new Problem(place, message));
    }

    /** @throws IllegalArgumentException with all problems, one line each, in the order of the file */
    public void throwProblems() {
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(
                    problems.stream().map(this::describe).collect(Collectors.joining("\n")));
        }
    }

    private String describe(Problem problem) {
        YamlPlace at = problem.place;
        String place = file == null ? at.toString() : "%s:%s:%s".formatted(file, at.line(), at.column());
        return place + ": " + problem.message;
    }
}
