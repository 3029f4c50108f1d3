package io.backprocess.revise.rules;

import dev.cel.common.CelIssue;
import dev.cel.common.types.CelType;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** The text of a rules file, read piece by piece. Each error is noted with its place. */
final class RuleText {
    private static final int MOST_CHARACTERS = 256 * 1024;
    private static final Set<Tag> TAGS = Set.of(Tag.MAP, Tag.SEQ, Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL);

    private final String yaml;
    /** The errors in the order of the file, each once. */
    private final Set<String> problems = new LinkedHashSet<>();

    RuleText(String yaml) {
        this.yaml = yaml;
    }

    @Nullable
    Node root() {
        if (yaml.length() > MOST_CHARACTERS) {
            problems.add(
                    "the file has %s characters; rules may have at most %s".formatted(yaml.length(), MOST_CHARACTERS));
            return null;
        }
        try {
            Node root = new Compose(LoadSettings.builder().build())
                    .composeString(yaml)
                    .orElse(null);
            if (root == null) {
                problems.add("the file is empty");
            }
            return root != null && isPlain(root) ? root : null;
        } catch (MarkedYamlEngineException e) {
            problems.add("%s: %s"
                    .formatted(
                            e.getProblemMark()
                                    .map(RuleText::place)
                                    .map(RulePlace::toString)
                                    .orElse("YAML"),
                            e.getProblem()));
        } catch (YamlEngineException e) {
            problems.add("the file is not YAML: " + e.getMessage());
        } catch (StackOverflowError e) {
            problems.add("the file is nested too deeply");
        }
        return null;
    }

    /**
     * Tells whether the node contains only what JSON has too: no custom types, and no value that occurs in two places or inside
     * itself.
     */
    private boolean isPlain(Node node) {
        if (node.getAnchor().isPresent()) {
            problem(node, "rules cannot use anchors and aliases: write the value out");
            return false;
        }
        if (!TAGS.contains(node.getTag())) {
            problem(node, "'%s' is not a JSON type".formatted(node.getTag()));
            return false;
        }
        if (node instanceof MappingNode mapping) {
            return mapping.getValue().stream()
                    .allMatch(each -> isPlain(each.getKeyNode()) && isPlain(each.getValueNode()));
        }
        return !(node instanceof SequenceNode sequence)
                || sequence.getValue().stream().allMatch(this::isPlain);
    }

    void throwProblems() {
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", problems));
        }
    }

    void problem(@Nullable Node node, String message) {
        problems.add(node == null ? message : place(node) + ": " + message);
    }

    void problem(RulePlace place, String message) {
        problems.add(place + ": " + message);
    }

    RulePlace place(Node node) {
        return node.getStartMark().map(RuleText::place).orElse(new RulePlace(1, 1));
    }

    private static RulePlace place(Mark mark) {
        return new RulePlace(mark.getLine() + 1, mark.getColumn() + 1);
    }

    /** @param known the allowed names; null for any */
    Map<String, Node> members(@Nullable Node node, @Nullable Set<String> known) {
        Map<String, Node> members = new LinkedHashMap<>();
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                String name = scalar(tuple.getKeyNode());
                if (name != null && known != null && !known.contains(name)) {
                    problem(
                            tuple.getKeyNode(),
                            "'%s' is not one of %s"
                                    .formatted(
                                            name,
                                            String.join(
                                                    ", ",
                                                    known.stream().sorted().toList())));
                } else if (name != null && members.put(name, tuple.getValueNode()) != null) {
                    problem(tuple.getKeyNode(), "'%s' is given twice".formatted(name));
                }
            }
        } else if (node != null) {
            problem(node, "write names and values here, as in 'name: value'");
        }
        return members;
    }

    boolean required(@Nullable Node node, Map<String, Node> members, String name) {
        if (node instanceof MappingNode && !members.containsKey(name)) {
            problem(node, "'%s' is missing".formatted(name));
        }
        return members.containsKey(name);
    }

    List<Node> elements(@Nullable Node node) {
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue();
        }
        if (node != null) {
            problem(node, "write a list here");
        }
        return List.of();
    }

    @Nullable
    String scalar(@Nullable Node node) {
        if (node instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
            return scalar.getValue();
        }
        if (node != null) {
            problem(node, "write one word or text here");
        }
        return null;
    }

    boolean isTrue(@Nullable Node node) {
        if (node == null) {
            return false;
        }
        if (!node.getTag().equals(Tag.BOOL)) {
            problem(node, "write true or false here");
        }
        return node instanceof ScalarNode scalar && scalar.getValue().equalsIgnoreCase("true");
    }

    @Nullable
    Expression expression(@Nullable Node node, CelType type, boolean item) {
        String text = scalar(node);
        return node == null || text == null ? null : compile((ScalarNode) node, 0, text, type, item);
    }

    @Nullable
    Expression compile(ScalarNode node, int offset, String text, CelType type, boolean item) {
        try {
            return Expression.compile(text, type, item, place(node, offset, 1, 0));
        } catch (Expression.WrongException e) {
            for (CelIssue issue : e.issues()) {
                int line = issue.getSourceLocation().getLine();
                int column = Math.max(0, issue.getSourceLocation().getColumn());
                problems.add("%s: %s"
                        .formatted(
                                place(node, offset, line, column),
                                issue.getMessage().strip()));
            }
            return null;
        }
    }

    /**
     * Returns the place in the file of a position inside a scalar.
     *
     * @param offset the position of the expression in the scalar
     * @param line the line in the expression, from 1
     * @param column the column in the expression, from 0
     */
    RulePlace place(ScalarNode node, int offset, int line, int column) {
        RulePlace start = place(node);
        boolean block = node.getScalarStyle() == ScalarStyle.LITERAL || node.getScalarStyle() == ScalarStyle.FOLDED;
        String before = node.getValue().substring(0, offset);
        int lines = line - 1 + (int) before.chars().filter(c -> c == '\n').count();
        int inLine = column + (line == 1 ? offset - before.lastIndexOf('\n') - 1 : 0);
        if (block || lines > 0) {
            int at = start.line() + lines + (block ? 1 : 0);
            String there = yaml.lines().skip(at - 1L).findFirst().orElse("");
            return new RulePlace(at, there.length() - there.stripLeading().length() + inLine + 1);
        }
        return new RulePlace(
                start.line(), start.column() + (node.getScalarStyle() == ScalarStyle.PLAIN ? 0 : 1) + inLine);
    }
}
