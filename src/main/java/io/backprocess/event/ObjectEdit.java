package io.backprocess.event;

import static io.backprocess.event.ScannedObject.ABSENT;

import io.backprocess.json.JsonText;
import io.backprocess.json.Splices;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The changes to one object: members that get a new value or name, members that are removed, and members that are added at the
 * end.
 */
final class ObjectEdit {
    private static final byte[] NOTHING = new byte[0];
    /** The marker for the value of a member that is removed. */
    private static final byte[] REMOVED = new byte[0];

    private final ScannedObject object;
    private final byte[] @Nullable [] literals;
    /** The new members. The map is created late because most edits have none; the same holds for the new names. */
    private Map<String, byte[]> added = Map.of();
    /** The new names, by the member's position. */
    private Map<Integer, String> renamed = Map.of();

    private int nestedMember = ABSENT;
    private @Nullable ObjectEdit nested;

    ObjectEdit(ScannedObject object) {
        this.object = object;
        this.literals = new byte[object.size()][];
    }

    /** Returns an edit that starts with the changes made so far. The nested edit is not copied. */
    ObjectEdit copy() {
        ObjectEdit copy = new ObjectEdit(object);
        System.arraycopy(literals, 0, copy.literals, 0, literals.length);
        copy.added = new LinkedHashMap<>(added);
        copy.renamed = new HashMap<>(renamed);
        return copy;
    }

    void set(String name, byte[] literal) {
        int member = find(name);
        if (member == ABSENT) {
            added = added.isEmpty() ? new LinkedHashMap<>() : added;
            added.put(name, literal);
        } else {
            literals[member] = literal;
        }
    }

    /** Sets the member at a position that is already known. */
    void set(int member, byte[] literal) {
        literals[member] = literal;
    }

    void remove(String name) {
        if (added.containsKey(name)) {
            added.remove(name);
        }
        for (int member = 0; member < object.size(); member++) {
            if (isNamed(member, name)) {
                literals[member] = REMOVED;
            }
        }
    }

    /** Renames a member, which keeps its place and its value. Another member that has the new name is removed. */
    void rename(String from, String to) {
        if (from.equals(to) || value(from) == null) {
            return;
        }
        remove(to);
        renamed = new HashMap<>(renamed);
        for (int member = 0; member < object.size(); member++) {
            if (literals[member] != REMOVED && isNamed(member, from)) {
                renamed.put(member, to);
            }
        }
        if (added.containsKey(from)) {
            Map<String, byte[]> before = new LinkedHashMap<>(added);
            added.clear();
            before.forEach((name, literal) -> added.put(name.equals(from) ? to : name, literal));
        }
    }

    /** Returns the member's value after the changes so far; null where it does not exist. */
    @Nullable
    JsonValue value(String name) {
        byte[] literal = added.get(name);
        if (literal == null) {
            int member = find(name);
            if (member == ABSENT || literals[member] == REMOVED) {
                return null;
            }
            literal = literals[member];
            if (literal == null) {
                return object.value(member);
            }
        }
        return new JsonValue(literal, 0, literal.length);
    }

    /** Returns the names of the members after the changes so far, in their order. */
    Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        for (int member = 0; member < object.size(); member++) {
            if (literals[member] != REMOVED) {
                String name = renamed.get(member);
                names.add(name == null ? object.name(member) : name);
            }
        }
        names.addAll(added.keySet());
        return names;
    }

    /** Finds the last member of the name that still exists, or else the last one that was removed. */
    private int find(String name) {
        if (renamed.isEmpty()) {
            // Without renames, all members of a name are removed together, and setting the name restores the last one.
            return object.find(name);
        }
        int gone = ABSENT;
        for (int member = object.size() - 1; member >= 0; member--) {
            if (isNamed(member, name)) {
                if (literals[member] != REMOVED) {
                    return member;
                }
                gone = Math.max(gone, member);
            }
        }
        return gone;
    }

    private boolean isNamed(int member, String name) {
        String now = renamed.get(member);
        return now == null ? object.isNamed(member, name) : now.equals(name);
    }

    /** Returns the names of renamed members before, by their new names. */
    Map<String, String> renamed() {
        if (renamed.isEmpty()) {
            return Map.of();
        }
        Map<String, String> before = new HashMap<>();
        renamed.forEach((member, name) -> before.put(name, object.name(member)));
        return before;
    }

    /** Returns the object's document with all changes applied. */
    byte[] apply() {
        Splices splices = new Splices();
        collect(splices);
        return splices.apply(object.document());
    }

    /** Applies another edit to a member that is itself an object. */
    void nest(int member, ObjectEdit edit) {
        nestedMember = member;
        nested = edit;
    }

    void collect(Splices splices) {
        int lastKept = ABSENT;
        int member = 0;
        while (member < object.size()) {
            byte[] literal = literals[member];
            if (literal == REMOVED) {
                int run = member;
                while (member < object.size() && literals[member] == REMOVED) {
                    member++;
                }
                // Additions follow the last member that stays, so they precede a removed run that reaches the end.
                if (member == object.size()) {
                    add(splices, lastKept);
                    lastKept = member;
                }
                removeRun(splices, run, member);
                continue;
            }
            String name = renamed.get(member);
            if (name != null) {
                splices.replace(object.nameStart(member) - 1, object.nameEnd(member) + 1, JsonText.quote(name));
            }
            if (literal != null) {
                splices.replace(object.valueStart(member), object.valueEnd(member), literal);
            } else if (member == nestedMember && nested != null) {
                nested.collect(splices);
            }
            lastKept = member++;
        }
        if (lastKept < object.size()) {
            add(splices, lastKept);
        }
    }

    /** Removes the members from {@code run} up to {@code next}, together with the commas that are no longer needed. */
    private void removeRun(Splices splices, int run, int next) {
        boolean first = run == 0;
        boolean last = next == object.size();
        int start = first || !last ? object.nameStart(run) - 1 : object.valueEnd(run - 1);
        int end = last ? object.valueEnd(next - 1) : object.nameStart(next) - 1;
        splices.replace(start, end, NOTHING);
    }

    private void add(Splices splices, int lastKept) {
        boolean comma = lastKept != ABSENT;
        int at = comma ? object.valueEnd(lastKept) : object.start() + 1;
        for (Map.Entry<String, byte[]> member : added.entrySet()) {
            byte[] name = JsonText.quote(member.getKey());
            byte[] literal = member.getValue();
            byte[] text = new byte[(comma ? 1 : 0) + name.length + 1 + literal.length];
            int to = 0;
            if (comma) {
                text[to++] = ',';
            }
            System.arraycopy(name, 0, text, to, name.length);
            to += name.length;
            text[to++] = ':';
            System.arraycopy(literal, 0, text, to, literal.length);
            splices.replace(at, at, text);
            comma = true;
        }
    }
}
