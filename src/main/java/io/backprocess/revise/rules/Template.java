package io.backprocess.revise.rules;

import io.backprocess.event.JsonValue;
import io.backprocess.revise.RejectedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A value of a rules file, with the value of every <code>${…}</code> in it filled in. */
@FunctionalInterface
interface Template {
    /** Returns the filled-in value; null for no value, when an optional value is absent. */
    @Nullable
    JsonValue fill(RuleScope scope) throws RejectedException;

    static Template fixed(JsonValue value) {
        return scope -> value;
    }

    static Template field(FieldPath path, RulePlace place) {
        return scope -> path.find(scope, place);
    }

    static Template computed(Expression expression) {
        return scope -> {
            Object value = expression.evaluate(scope);
            if (value instanceof Optional<?> optional) {
                if (optional.isEmpty()) {
                    return null;
                }
                value = optional.get();
            }
            return json(value, expression.place());
        };
    }

    private static JsonValue json(Object value, RulePlace place) throws RejectedException {
        try {
            return RuleValues.value(value);
        } catch (IllegalArgumentException e) {
            throw place.invalid(String.valueOf(e.getMessage()));
        }
    }

    /** Returns a template of text around values. An absent value becomes an empty text. */
    static Template text(List<Template> parts) {
        List<Template> all = new ArrayList<>(parts);
        return scope -> {
            StringBuilder text = new StringBuilder();
            for (Template part : all) {
                JsonValue value = part.fill(scope);
                if (value != null) {
                    text.append(plain(value));
                }
            }
            return RuleValues.value(text.toString());
        };
    }

    /** Returns the value as part of a text: a text without its quotes, any other value as written. */
    static String plain(JsonValue value) {
        String text = value.text();
        return text == null ? value.literal() : text;
    }

    /** Returns a template of an object. A member without a value is left out. */
    static Template object(Map<String, Template> members) {
        Map<String, Template> all = new LinkedHashMap<>(members);
        return scope -> {
            Map<String, Object> filled = new LinkedHashMap<>();
            for (Map.Entry<String, Template> member : all.entrySet()) {
                JsonValue value = member.getValue().fill(scope);
                if (value != null) {
                    filled.put(member.getKey(), RuleValues.of(value));
                }
            }
            return RuleValues.value(filled);
        };
    }

    static Template array(List<Template> elements) {
        List<Template> all = new ArrayList<>(elements);
        return scope -> {
            List<Object> filled = new ArrayList<>();
            for (Template element : all) {
                JsonValue value = element.fill(scope);
                if (value != null) {
                    filled.add(RuleValues.of(value));
                }
            }
            return RuleValues.value(filled);
        };
    }
}
