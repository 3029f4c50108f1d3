package io.backprocess.event;

import static io.backprocess.event.JsonObject.ABSENT;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What shall be different in one object: members with a new value, without a place any more, or new at the end. */
final class ObjectEdit {
    private static final byte[] NOTHING = new byte[0];
    /** Stands for the value of a member that goes away. */
    private static final byte[] REMOVED = new byte[0];

    private final JsonObject object;
    private final byte[] @Nullable [] literals;
    private final Map<String, byte[]> added = new LinkedHashMap<>();
    private int nestedMember = ABSENT;
    private @Nullable ObjectEdit nested;

    ObjectEdit(JsonObject object) {
        this.object = object;
        this.literals = new byte[object.size()][];
    }

    void set(String name, byte[] literal) {
        int member = object.find(name);
        if (member == ABSENT) {
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
        added.remove(name);
        for (int member = 0; member < object.size(); member++) {
            if (object.isNamed(member, name)) {
                literals[member] = REMOVED;
            }
        }
    }

    /** The member's value as it stands by now; null where there is none. */
    byte @Nullable [] literal(String name) {
        byte[] literal = added.get(name);
        int member = literal == null ? object.find(name) : ABSENT;
        if (member != ABSENT) {
            byte[] edited = literals[member];
            literal = edited == null ? object.value(member).bytes() : edited == REMOVED ? null : edited;
        }
        return literal;
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
