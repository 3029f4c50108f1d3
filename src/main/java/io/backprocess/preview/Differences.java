package io.backprocess.preview;

import io.backprocess.event.EnvelopeField;
import io.backprocess.event.Event;
import io.backprocess.event.JsonObject;
import io.backprocess.event.JsonValue;
import io.backprocess.json.JsonPointer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
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
    /** The number of differences in members that are not compared. */
    private int passedOver;

    private Differences(Set<String> ignored) {
        this.ignored = ignored;
    }

    /**
     * Returns at most {@link #MOST} differences.
     *
     * @param ignored the parts of an envelope that are not compared, where results write them
     */
    static List<Change> between(Event before, Event after, Set<EnvelopeField> ignored) {
        Set<String> paths = new HashSet<>();
        for (EnvelopeField field : ignored) {
            JsonPointer place = before.stampPointer(field);
            if (place != null) {
                paths.add(ValuePath.of(place).path());
            }
        }
        Differences differences = new Differences(paths);
        differences.members(ValuePath.ENVELOPE, before.envelope(), after.envelope(), 0);
        differences.headerAttributes(before, after);
        return differences.changes;
    }

    /** @param ignored the paths of members that are not compared */
    static List<Change> between(JsonObject before, JsonObject after, Set<String> ignored) {
        Differences differences = new Differences(ignored);
        differences.members(ValuePath.ENVELOPE, before, after, 0);
        return differences.changes;
    }

    /** Compares the attributes that the value does not have. */
    private void headerAttributes(Event before, Event after) {
        for (String name : before.headerAttributes()) {
            JsonValue old = before.attributeValue(name);
            JsonValue now = after.headerAttributes().contains(name) ? after.attributeValue(name) : null;
            ValuePath place = ValuePath.ENVELOPE.member("attributes").member(name);
            if (old == null && now != null) {
                add(new Change(place, Operation.ADDED, null, now));
            } else if (old != null && now == null) {
                add(new Change(place, Operation.REMOVED, old, null));
            } else if (old != null && now != null && !same(old, now)) {
                add(new Change(place, Operation.CHANGED, old, now));
            }
        }
    }

    private void members(ValuePath place, JsonObject before, JsonObject after, int depth) {
        Map<String, JsonValue> old = before.members();
        Map<String, JsonValue> now = after.members();
        old.forEach((name, value) -> {
            JsonValue other = now.get(name);
            if (ignored.contains(place.member(name).path())) {
                passedOver++;
                return;
            }
            if (other == null) {
                add(new Change(place.member(name), Operation.REMOVED, value, null));
            } else if (!same(value, other)) {
                compare(place.member(name), value, other, depth + 1);
            }
        });
        now.forEach((name, value) -> {
            boolean compared = !ignored.contains(place.member(name).path());
            passedOver += compared ? 0 : 1;
            if (!old.containsKey(name) && compared) {
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
        int passed = passedOver;
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
        // An object that differs only in what is not compared has not changed.
        if (changes.size() == found && passedOver == passed) {
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
