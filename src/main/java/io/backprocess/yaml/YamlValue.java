package io.backprocess.yaml;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** One value of a document. A value of another kind than requested is a problem of the document, at the value's place. */
public final class YamlValue {
    private final YamlDocument document;
    private final String label;
    private final Node node;

    /** @param label what messages call the value */
    YamlValue(YamlDocument document, String label, Node node) {
        this.document = document;
        this.label = label;
        this.node = node;
    }

    public boolean isMap() {
        return node instanceof MappingNode;
    }

    public boolean isList() {
        return node instanceof SequenceNode;
    }

    /** Tells whether the value is a text, and not a number, true, false, null, a list or names with values. */
    public boolean isText() {
        return node.getTag().equals(Tag.STR);
    }

    public YamlMap map() {
        if (node instanceof MappingNode mapping) {
            return new YamlMap(document, place(), mapping);
        }
        problem(label + " must have names with values, as in 'name: value'");
        return new YamlMap(document, place(), null);
    }

    public List<YamlValue> list() {
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue().stream()
                    .map(each -> new YamlValue(document, "each of " + label, each))
                    .toList();
        }
        problem(label + " must be a list");
        return List.of();
    }

    /** Returns a text, or a number or true or false as written; null after noting a problem. */
    public @Nullable String text() {
        if (node instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
            return scalar.getValue();
        }
        problem(label + " must be a single value");
        return null;
    }

    /** Returns the choice whose {@code toString} is the value; null after noting a problem that lists the choices. */
    public <T> @Nullable T oneOf(List<T> choices) {
        String word = node instanceof ScalarNode scalar ? scalar.getValue() : null;
        for (T choice : choices) {
            if (choice.toString().equals(word)) {
                return choice;
            }
        }
        String given = word == null ? "" : ", not '%s'".formatted(word);
        problem("%s must be one of %s%s".formatted(label, listed(choices), given));
        return null;
    }

    /** Returns the choices for a message: {@code a, b, c}. */
    public static String listed(List<?> choices) {
        return choices.stream().map(Object::toString).collect(Collectors.joining(", "));
    }

    public boolean isTrue() {
        if (!node.getTag().equals(Tag.BOOL)) {
            problem(label + " must be true or false");
        }
        return node instanceof ScalarNode scalar && scalar.getValue().equalsIgnoreCase("true");
    }

    /** Returns a number, true, false or null as JSON writes it. It does not check numbers: YAML has some that JSON lacks. */
    public String literal() {
        if (node.getTag().equals(Tag.NULL)) {
            return "null";
        }
        String text = String.valueOf(text());
        return node.getTag().equals(Tag.BOOL) ? text.toLowerCase(Locale.ROOT) : text;
    }

    public YamlPlace place() {
        return YamlDocument.place(node);
    }

    /**
     * Returns the place in the document of a position inside a text.
     *
     * @param offset the start of an expression in the text
     * @param line the line in the expression, from 1
     * @param column the column in the expression, from 0
     */
    public YamlPlace place(int offset, int line, int column) {
        YamlPlace start = place();
        if (!(node instanceof ScalarNode scalar)) {
            return start;
        }
        ScalarStyle style = scalar.getScalarStyle();
        boolean block = style == ScalarStyle.LITERAL || style == ScalarStyle.FOLDED;
        String before = scalar.getValue().substring(0, offset);
        int lines = line - 1 + (int) before.chars().filter(c -> c == '\n').count();
        int inLine = column + (line == 1 ? offset - before.lastIndexOf('\n') - 1 : 0);
        if (block || lines > 0) {
            int at = start.line() + lines + (block ? 1 : 0);
            String there = document.line(at);
            return new YamlPlace(at, there.length() - there.stripLeading().length() + inLine + 1);
        }
        return new YamlPlace(start.line(), start.column() + (style == ScalarStyle.PLAIN ? 0 : 1) + inLine);
    }

    public void problem(String message) {
        problem(place(), message);
    }

    public void problem(YamlPlace place, String message) {
        document.problem(place, message);
    }
}
