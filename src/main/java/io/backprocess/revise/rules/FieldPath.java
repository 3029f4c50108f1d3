package io.backprocess.revise.rules;

import io.backprocess.event.JsonObject;
import io.backprocess.event.JsonValue;
import io.backprocess.revise.RejectedException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An expression that only names a field: {@code item.amount}, {@code payload.?device.os}. Its value is copied byte for byte,
 * including escapes and number text, and the expression language is not needed.
 */
final class FieldPath {
    private static final Pattern PATH = Pattern.compile("(payload|event|item)((?:\\.\\??[A-Za-z_][A-Za-z0-9_]*)+)");
    private static final Pattern STEP = Pattern.compile("\\.(\\??)([A-Za-z_][A-Za-z0-9_]*)");

    private final String text;
    private final String root;
    private final List<String> names = new ArrayList<>();
    /** The first step that is optional. From this step on an absent member means no value instead of an error. */
    private int optionalFrom = Integer.MAX_VALUE;

    private FieldPath(String text, Matcher path) {
        this.text = text;
        this.root = path.group(1);
        Matcher step = STEP.matcher(path.group(2));
        while (step.find()) {
            if (!step.group(1).isEmpty()) {
                optionalFrom = Math.min(optionalFrom, names.size());
            }
            names.add(step.group(2));
        }
    }

    /** Parses a path; null where the expression is more than a path. */
    static @Nullable FieldPath of(String expression) {
        Matcher path = PATH.matcher(expression.strip());
        return path.matches() ? new FieldPath(expression.strip(), path) : null;
    }

    /**
     * Returns the value; null where it is absent and optional.
     *
     * @throws RejectedException when the value is absent and not optional
     */
    @Nullable
    JsonValue find(RuleScope scope, RulePlace place) throws RejectedException {
        JsonValue item = scope.item();
        JsonValue value =
                switch (root) {
                    case RuleScope.PAYLOAD -> scope.edit().get(names.get(0));
                    case RuleScope.EVENT -> scope.edit().event().envelope().get(names.get(0));
                    default -> item == null ? null : member(item, names.get(0));
                };
        int step = 0;
        while (value != null && ++step < names.size()) {
            value = member(value, names.get(step));
        }
        if (value == null && step < optionalFrom) {
            throw place.missing("'%s' of %s is not there".formatted(names.get(step), text));
        }
        return value;
    }

    private static @Nullable JsonValue member(JsonValue value, String name) {
        JsonObject object = value.object();
        return object == null ? null : object.get(name);
    }
}
