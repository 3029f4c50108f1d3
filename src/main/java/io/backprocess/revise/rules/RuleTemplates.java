package io.backprocess.revise.rules;

import dev.cel.common.CelIssue;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import io.backprocess.event.JsonValue;
import io.backprocess.yaml.YamlValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the values of a rules file: JSON values in YAML syntax, with expressions in their texts. */
final class RuleTemplates {
    private RuleTemplates() {}

    /**
     * What expressions of a file may read, and have read.
     *
     * @param item whether the variable {@code item} exists
     * @param attributes the names of the attributes that expressions read, to which each expression adds its own
     */
    record Compiled(boolean item, Set<String> attributes) {}

    /** Reads a value: JSON, with <code>${…}</code> in texts replaced by the expression's value. */
    static @Nullable Template template(YamlValue value, Compiled scope) {
        if (value.isMap()) {
            Map<String, Template> members = new LinkedHashMap<>();
            value.map().all().forEach((name, each) -> {
                Template member = template(each, scope);
                if (member != null) {
                    members.put(name, member);
                }
            });
            return Template.object(members);
        }
        if (value.isList()) {
            List<Template> elements = new ArrayList<>();
            for (YamlValue each : value.list()) {
                Template element = template(each, scope);
                if (element != null) {
                    elements.add(element);
                }
            }
            return Template.array(elements);
        }
        return value.isText() ? words(value, scope) : literal(value);
    }

    private static @Nullable Template literal(YamlValue value) {
        String text = value.literal();
        try {
            return Template.fixed(JsonValue.parse(text));
        } catch (IllegalArgumentException e) {
            value.problem("'%s' is not a JSON number; put quotes around it if it is text".formatted(text));
            return null;
        }
    }

    /** Reads a text, or the single value of a text that is only one <code>${…}</code>. */
    static @Nullable Template words(YamlValue value, Compiled scope) {
        String text = value.text();
        if (text == null) {
            return null;
        }
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
                    value.problem(
                            value.place(at, 1, 0),
                            "'${' is not closed: add '}', or write '$${' for the characters themselves");
                    return null;
                }
                Template part = part(value, at + 2, text.substring(at + 2, end), scope);
                boolean whole = at == 0 && end + 1 == text.length();
                if (part == null || whole) {
                    return part;
                }
                addText(parts, plain);
                parts.add(part);
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

    private static @Nullable Template part(YamlValue value, int offset, String text, Compiled scope) {
        Expression expression = compile(value, offset, text, SimpleType.DYN, scope);
        FieldPath path = FieldPath.of(text);
        if (expression == null) {
            return null;
        }
        return path == null ? Template.computed(expression) : Template.field(path, expression.place());
    }

    /** Reads a value that is one expression as a whole. */
    static @Nullable Expression expression(@Nullable YamlValue value, CelType type, Compiled scope) {
        String text = value == null ? null : value.text();
        return value == null || text == null ? null : compile(value, 0, text, type, scope);
    }

    private static @Nullable Expression compile(
            YamlValue value, int offset, String text, CelType type, Compiled scope) {
        try {
            Expression expression = Expression.compile(
                    text,
                    type,
                    scope.item(),
                    new RulePlace(value.place(offset, 1, 0).line()));
            scope.attributes().addAll(expression.attributes());
            return expression;
        } catch (Expression.WrongException e) {
            for (CelIssue issue : e.issues()) {
                int line = issue.getSourceLocation().getLine();
                int column = Math.max(0, issue.getSourceLocation().getColumn());
                value.problem(
                        value.place(offset, line, column), issue.getMessage().strip());
            }
            return null;
        }
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
