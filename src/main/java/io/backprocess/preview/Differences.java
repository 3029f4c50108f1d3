package io.backprocess.preview;

import io.backprocess.event.JsonObject;
import io.backprocess.event.JsonValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The differences between two events, field by field and byte for byte. {@code 99.990} and {@code 99.99} are two values, and null
 * differs from an absent value.
 */
final class Differences {
    /** The limit for one event, since a hostile event may have a million differences. */
    static final int MOST = 64;

    private static final int DEEPEST = 64;

    private final Set<String> ignored;
    private final List<Change> changes = new ArrayList<>();

    private Differences(Set<String> ignored) {
        this.ignored = ignored;
    }

    /**
     * Returns at most {@link #MOST} differences.
     *
     * @param ignored the names of top-level members that are not compared
     */
    static List<Change> between(JsonObject before, JsonObject after, Set<String> ignored) {
        Differences differences = new Differences(ignored);
        differences.members(ValuePath.ENVELOPE, before, after, 0);
        return differences.changes;
    }

    private void members(ValuePath place, JsonObject before, JsonObject after, int depth) {
        Map<String, JsonValue> old = before.members();
        Map<String, JsonValue> now = after.members();
        old.forEach((name, value) -> {
            JsonValue other = now.get(name);
            if (depth == 0 && ignored.contains(name)) {
                return;
            }
            if (other == null) {
                add(new Change(place.member(name), Operation.REMOVED, value, null));
            } else if (!same(value, other)) {
                compare(place.member(name), value, other, depth + 1);
            }
        });
        now.forEach((name, value) -> {
            if (!old.containsKey(name) && !(depth == 0 && ignored.contains(name))) {
                add(new Change(place.member(name), Operation.ADDED, null, value));
            }
        });
    }

    /** Compares two values that are not the same bytes. */
    private void compare(ValuePath place, JsonValue before, JsonValue after, int depth) {
        if (changes.size() >= MOST) {
            return;
        }
        int found = changes.size();
        JsonObject object = before.object();
        JsonObject otherObject = after.object();
        List<JsonValue> elements = before.elements();
        List<JsonValue> otherElements = after.elements();
        if (depth < DEEPEST && object != null && otherObject != null) {
            members(place, object, otherObject, depth);
        } else if (depth < DEEPEST && elements != null && otherElements != null) {
            elements(place, elements, otherElements, depth);
        } else if (!before.isText() || !String.valueOf(before.text()).equals(after.text())) {
            add(new Change(place, Operation.CHANGED, before, after));
        }
        if (changes.size() == found) {
            add(new Change(place, Operation.REWRITTEN, before, after));
        }
    }

    /** Compares two arrays without their common beginning and end, so that one added element is one change. */
    private void elements(ValuePath place, List<JsonValue> before, List<JsonValue> after, int depth) {
        int shorter = Math.min(before.size(), after.size());
        int head = 0;
        while (head < shorter && same(before.get(head), after.get(head))) {
            head++;
        }
        int tail = 0;
        while (tail < shorter - head
                && same(before.get(before.size() - 1 - tail), after.get(after.size() - 1 - tail))) {
            tail++;
        }
        for (int i = head; i < shorter - tail; i++) {
            if (!same(before.get(i), after.get(i))) {
                compare(place.element(i), before.get(i), after.get(i), depth + 1);
            }
        }
        for (int i = shorter - tail; i < before.size() - tail; i++) {
            add(new Change(place.element(i), Operation.REMOVED, before.get(i), null));
        }
        for (int i = shorter - tail; i < after.size() - tail; i++) {
            add(new Change(place.element(i), Operation.ADDED, null, after.get(i)));
        }
    }

    private void add(Change change) {
        if (changes.size() < MOST) {
            changes.add(change);
        }
    }

    private static boolean same(JsonValue one, JsonValue other) {
        return Arrays.equals(one.document(), one.start(), one.end(), other.document(), other.start(), other.end());
    }
}
