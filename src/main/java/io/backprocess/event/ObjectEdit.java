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

/** What shall be different in one object: members with a new value or name, without a place any more, or new at the end. */
final class ObjectEdit {
    private static final byte[] NOTHING = new byte[0];
    /** Stands for the value of a member that goes away. */
    private static final byte[] REMOVED = new byte[0];

    private final ScannedObject object;
    private final byte[] @Nullable [] literals;
    /** New members; like the new names, most edits have none. */
    private Map<String, byte[]> added = Map.of();
    /** New names of members. */
    private Map<Integer, String> renamed = Map.of();

    private int nestedMember = ABSENT;
    private @Nullable ObjectEdit nested;

    ObjectEdit(ScannedObject object) {
        this.object = object;
        this.literals = new byte[object.size()][];
    }

    /** One that starts where this one stands; what is nested stays behind. */
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

    /** Sets the member at a place that is known already. */
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

    /** The member keeps its place and its value; another one of the new name goes away. */
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

    /** The member's value as it stands by now; null where there is none. */
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

    /** The names of the members that are there by now, in their order. */
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

    /** The last member of the name that is there, or else the last one that was. */
    private int find(String name) {
        if (renamed.isEmpty()) {
            // Copies of a name then go away together, and the last one comes back.
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

    /** The object's document with everything that shall be different. */
    byte[] apply() {
        Splices splices = new Splices();
        collect(splices);
        return splices.apply(object.document());
    }

    /** Puts another edit in the place of a member that is an object itself. */
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
                // The additions stand after the last member that stays, so before a run that goes to the end.
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

    /** Takes the members from {@code run} up to {@code next} out, together with the commas that have become too many. */
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
