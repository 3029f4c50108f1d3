package io.backprocess.revise.rules;

import io.backprocess.event.Edit;
import io.backprocess.event.JsonValue;
import io.backprocess.event.Reason;
import io.backprocess.revise.RejectedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One rule of a rules file: its condition, its changes to the event, and what happens to the event after it.
 *
 * @param when the condition; null for always
 * @param split the list of which each element makes an event of its own; null where the event is not split
 * @param rejection the dead letter that the event becomes; null where the rule lets the event pass
 * @param end where the event goes after this rule
 */
record Rule(
        RulePlace place,
        @Nullable Expression when,
        @Nullable Expression split,
        FieldChanges changes,
        @Nullable Rejection rejection,
        End end) {

    /** The beginning of an attribute's name under {@code set}, where the batch's envelope has attributes. */
    static final String ATTRIBUTES = "attributes.";

    /**
     * The changes to the event.
     *
     * @param renames the new name for each old name
     * @param removes the names or pointers of removed values
     * @param sets the new values by name or pointer
     */
    record FieldChanges(Map<String, String> renames, List<String> removes, Map<String, Template> sets) {
        /** Returns the names and pointers of everything that changes. */
        Set<String> names() {
            Set<String> names = new LinkedHashSet<>(sets.keySet());
            names.addAll(removes);
            names.addAll(renames.keySet());
            names.addAll(renames.values());
            return names;
        }
    }

    /** The message and the reason of a dead letter. */
    record Rejection(Template message, Reason reason) {}

    enum End {
        /** The event goes on to the next rule. */
        NEXT,
        /** The event is finished in its current state. */
        STOP,
        /** The event gives no result. */
        DROP
    }

    boolean applies(RuleScope scope) throws RejectedException {
        return when == null || when.isTrue(scope);
    }

    /** Returns the elements to split by; an empty list where the event is not split. */
    List<JsonValue> pieces(RuleScope scope) throws RejectedException {
        if (split == null) {
            return List.of();
        }
        Object value = split.evaluate(scope);
        if (!(value instanceof List<?> list)) {
            throw place.invalid("split needs a list, not " + RuleValues.json(value));
        }
        List<JsonValue> pieces = new ArrayList<>();
        for (Object element : list) {
            pieces.add(RuleValues.value(element));
        }
        return pieces;
    }

    /** Applies the changes. All values are computed from the state before the rule, so that a rule can swap two members. */
    void change(RuleScope scope) throws RejectedException {
        Map<String, @Nullable JsonValue> values = new LinkedHashMap<>();
        for (Map.Entry<String, Template> each : changes.sets.entrySet()) {
            values.put(each.getKey(), each.getValue().fill(scope));
        }
        Edit edit = scope.edit();
        changes.renames.forEach(edit::rename);
        changes.removes.forEach(name -> remove(edit, name));
        try {
            values.forEach((name, value) -> set(edit, name, value));
        } catch (IllegalArgumentException e) {
            throw place.invalid(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Rejects the event where the rule says so.
     *
     * @throws RejectedException where the rule rejects the event
     */
    void judge(RuleScope scope) throws RejectedException {
        if (rejection != null) {
            JsonValue words = rejection.message.fill(scope);
            throw RejectedException.of(rejection.reason, words == null ? "" : Template.plain(words));
        }
    }

    private static void set(Edit edit, String name, @Nullable JsonValue value) {
        String attribute = attribute(edit, name);
        if (attribute != null) {
            if (value == null || value.isNull()) {
                throw new IllegalArgumentException(
                        "attribute '%s' cannot be removed: give it a text".formatted(attribute));
            }
            edit.attribute(attribute, Template.plain(value));
        } else if (value == null) {
            remove(edit, name);
        } else if (isPointer(name)) {
            edit.setAt(name, value);
        } else {
            edit.set(name, value);
        }
    }

    private static void remove(Edit edit, String name) {
        if (isPointer(name)) {
            edit.removeAt(name);
        } else {
            edit.remove(name);
        }
    }

    /** Returns the attribute that a name of {@code set} means; null where it means a member of the payload. */
    private static @Nullable String attribute(Edit edit, String name) {
        String attribute = name.startsWith(ATTRIBUTES) && name.length() > ATTRIBUTES.length()
                ? name.substring(ATTRIBUTES.length())
                : "";
        return edit.event().knowsAttribute(attribute) ? attribute : null;
    }

    private static boolean isPointer(String name) {
        return name.startsWith("/");
    }
}
