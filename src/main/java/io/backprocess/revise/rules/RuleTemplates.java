package io.backprocess.revise.rules;

import dev.cel.common.types.SimpleType;
import io.backprocess.event.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads the values of a rules file: JSON values in YAML syntax, with expressions in their texts. */
final class RuleTemplates {
    private final RuleText file;

    RuleTemplates(RuleText file) {
        this.file = file;
    }

    /** Reads a value: JSON, with <code>${…}</code> in texts replaced by the expression's value. */
    @Nullable
    Template template(Node node, boolean item) {
        if (node instanceof MappingNode) {
            Map<String, Template> members = new LinkedHashMap<>();
            file.members(node, null).forEach((name, value) -> {
                Template member = template(value, item);
                if (member != null) {
                    members.put(name, member);
                }
            });
            return Template.object(members);
        }
        if (node instanceof SequenceNode sequence) {
            List<Template> elements = new ArrayList<>();
            for (Node each : sequence.getValue()) {
                Template element = template(each, item);
                if (element != null) {
                    elements.add(element);
                }
            }
            return Template.array(elements);
        }
        ScalarNode scalar = (ScalarNode) node;
        return scalar.getTag().equals(Tag.STR) ? words(scalar, item) : literal(scalar);
    }

    private @Nullable Template literal(ScalarNode scalar) {
        String text = scalar.getTag().equals(Tag.NULL) ? "null" : scalar.getValue();
        try {
            return Template.fixed(
                    JsonValue.parse(scalar.getTag().equals(Tag.BOOL) ? text.toLowerCase(Locale.ROOT) : text));
        } catch (IllegalArgumentException e) {
            file.problem(scalar, "'%s' is not a JSON number; put quotes around it if it is text".formatted(text));
            return null;
        }
    }

    /** Reads a text, or the single value of a text that is only one <code>${…}</code>. */
    @Nullable
    Template words(@Nullable Node node, boolean item) {
        String text = file.scalar(node);
        if (node == null || text == null) {
            return null;
        }
        ScalarNode scalar = (ScalarNode) node;
        List<Template> parts = new ArrayList<>();
        StringBuilder plain = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            if (text.startsWith("$${", at)) {
                plain.append("${");
                at += 3;
            } else if (text.startsWith("${", at)) {
                int end = closing(text, at + 2);
                if (end < 0) {
                    file.problem(
                            file.place(scalar, at, 1, 0),
                            "'${' is not closed: add '}', or write '$${' for the characters themselves");
                    return null;
                }
                Template value = value(scalar, at + 2, text.substring(at + 2, end), item);
                boolean whole = at == 0 && end + 1 == text.length();
                if (value == null || whole) {
                    return value;
                }
                addText(parts, plain);
                parts.add(value);
                at = end + 1;
            } else {
                plain.append(text.charAt(at++));
            }
        }
        if (parts.isEmpty()) {
            return Template.fixed(text(plain));
        }
        addText(parts, plain);
        return Template.text(parts);
    }

    private @Nullable Template value(ScalarNode scalar, int offset, String text, boolean item) {
        Expression expression = file.compile(scalar, offset, text, SimpleType.DYN, item);
        FieldPath path = FieldPath.of(text);
        if (expression == null) {
            return null;
        }
        return path == null ? Template.computed(expression) : Template.field(path, expression.place());
    }

    private static void addText(List<Template> parts, StringBuilder plain) {
        if (plain.length() > 0) {
            parts.add(Template.fixed(text(plain)));
            plain.setLength(0);
        }
    }

    private static JsonValue text(CharSequence plain) {
        return RuleValues.value(plain.toString());
    }

    /**
     * Returns the position of the brace that closes an expression. It skips braces inside the expression and inside its texts. It
     * returns -1 where none closes it.
     */
    private static int closing(String text, int from) {
        int depth = 0;
        char quote = 0;
        for (int at = from; at < text.length(); at++) {
            char c = text.charAt(at);
            if (quote != 0) {
                if (c == '\\') {
                    at++;
                } else if (c == quote) {
                    quote = 0;
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '{') {
                depth++;
            } else if (c == '}' && depth-- == 0) {
                return at;
            }
        }
        return -1;
    }
}
