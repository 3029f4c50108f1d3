package io.backprocess.revise.rules;

import io.backprocess.event.Edit;
import io.backprocess.event.JsonValue;
import io.backprocess.event.Reason;
import io.backprocess.revise.RejectedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One rule of a rules file: under a condition, changes to the event, or an end to it.
 *
 * @param when null for always
 * @param split the list each element of which makes an event of its own; null to leave it one
 * @param renames old name to new name
 * @param removes names, or pointers
 * @param sets names, or pointers, to values
 * @param reject the words of a dead letter; null where the rule lets the event pass
 * @param end what becomes of the event after this rule
 */
record Rule(
        RulePlace place,
        @Nullable Expression when,
        @Nullable Expression split,
        Map<String, String> renames,
        List<String> removes,
        Map<String, Template> sets,
        @Nullable Template reject,
        Reason reason,
        End end) {

    enum End {
        /** It goes on to the next rule. */
        NEXT,
        /** It is done as it is. */
        STOP,
        /** It gives no result. */
        DROP
    }

    boolean applies(RuleScope scope) throws RejectedException {
        return when == null || when.isTrue(scope);
    }

    /** The elements to split by, none where the event stays one. */
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

    /** All values are those from before the rule, so that two members can change places. */
    void change(RuleScope scope) throws RejectedException {
        Map<String, @Nullable JsonValue> values = new LinkedHashMap<>();
        for (Map.Entry<String, Template> each : sets.entrySet()) {
            values.put(each.getKey(), each.getValue().fill(scope));
        }
        Edit edit = scope.edit();
        renames.forEach(edit::rename);
        removes.forEach(name -> remove(edit, name));
        try {
            values.forEach((name, value) -> set(edit, name, value));
        } catch (IllegalArgumentException e) {
            throw place.invalid(String.valueOf(e.getMessage()));
        }
    }

    /** @throws RejectedException where the rule says no to the event */
    void judge(RuleScope scope) throws RejectedException {
        if (reject != null) {
            JsonValue words = reject.fill(scope);
            throw RejectedException.of(reason, words == null ? "" : Template.plain(words));
        }
    }

    private static void set(Edit edit, String name, @Nullable JsonValue value) {
        if (value == null) {
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

    private static boolean isPointer(String name) {
        return name.startsWith("/");
    }
}
