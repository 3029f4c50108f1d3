package io.backprocess.event;

import io.backprocess.json.JsonPointer;
import io.backprocess.json.MemberIndex;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The places of a mapping, arranged as the objects of a value in which one walk over the bytes finds all of them. A node is an
 * object that is indexed, and a slot is a member of a node that a place names or leads through. Places beyond an array are found
 * from the array's slot.
 */
final class EnvelopeLayout {
    static final int ROOT = 0;
    static final int NONE = -1;

    private final List<Node> nodes = new ArrayList<>();
    private final List<Slot> slots = new ArrayList<>();
    private final List<Form> forms;
    private final boolean own;
    private final String topic;
    private final boolean former;
    private final Set<String> attributes;
    private MemberIndex[] indexes = new MemberIndex[0];
    /** The slots of each node. */
    private int[][] slotsOfNode = new int[0][];
    /** The slot of each node in its parent. */
    private int[] slotOfNode = new int[0];
    /** The node of each slot. */
    private int[] nodeOfSlot = new int[0];

    private String[] names = new String[0];

    EnvelopeLayout(EnvelopeMapping mapping) {
        own = mapping.isOwn();
        topic = mapping.topic();
        former = mapping.former();
        attributes = Set.copyOf(mapping.attributes());
        nodes.add(new Node(NONE, NONE));
        List<Form> arranged = new ArrayList<>();
        for (EnvelopeForm form : mapping.forms()) {
            arranged.add(arrange(form));
        }
        forms = List.copyOf(arranged);
        compile();
    }

    /**
     * An object of the value.
     *
     * @param parent the node that has it as a member; {@link #NONE} for the value itself
     * @param slot its slot in the parent
     */
    private record Node(int parent, int slot) {}

    /** A member of a node. */
    private record Slot(int node, String name) {}

    /**
     * A place that has been arranged.
     *
     * @param slot the slot of a pointer; {@link #NONE} for other places
     * @param rest the steps of a pointer beyond its slot
     */
    record Source(Place place, int slot, List<String> rest) {}

    /**
     * A place that results write to.
     *
     * @param pointer the pointer from the object that is edited; null for a header
     * @param depth the depth of that object, see {@link Form#node}
     * @param slot the slot of the place where it is a member of that object, and that object is not the payload
     */
    record Target(Place place, @Nullable JsonPointer pointer, int depth, int slot) {}

    /** A form of which every place has been arranged. */
    static final class Form {
        private final EnvelopeForm form;
        private final Conditions conditions;
        private final Parts parts;
        private final int[] path;
        private final Targets targets;

        /** @param path the nodes from the value down to the payload, each a member of the one before it */
        Form(EnvelopeForm form, Conditions conditions, Parts parts, int[] path, Targets targets) {
            this.form = form;
            this.conditions = conditions;
            this.parts = parts;
            this.path = path;
            this.targets = targets;
        }

        EnvelopeForm form() {
            return form;
        }

        Conditions conditions() {
            return conditions;
        }

        Parts parts() {
            return parts;
        }

        Targets targets() {
            return targets;
        }

        /** Returns the number of objects from the value down to the payload. */
        int depth() {
            return path.length;
        }

        /** Returns the object at a depth of the way from the value, at 0, down to the payload. */
        int node(int depth) {
            return path[depth];
        }

        int payload() {
            return path[path.length - 1];
        }
    }

    /** The places that must exist in a record of the form, and those that must not. */
    record Conditions(List<Source> has, List<Source> lacks) {}

    /** The places that are read. */
    record Parts(
            List<Source> eventId,
            Source version,
            @Nullable Source time,
            Map<String, Source> attributes,
            @Nullable Source batch) {}

    /** The places that are written. */
    record Targets(
            @Nullable Target eventId,
            Target version,
            @Nullable Target batch,
            Map<String, Target> attributes) {}

    private Form arrange(EnvelopeForm form) {
        EnvelopeForm.Condition when = form.when();
        int[] path = path(form.payload());
        EnvelopeForm.Stamp stamp = form.stamp();
        Map<String, Source> attributes = new TreeMap<>();
        Map<String, Target> targets = new TreeMap<>();
        form.attributes().forEach((name, place) -> {
            attributes.put(name, source(place));
            if (form.written().contains(name)) {
                targets.put(name, target(place, path));
            }
        });
        return new Form(
                form,
                new Conditions(
                        when == null ? List.of() : sources(when.has()),
                        when == null ? List.of() : sources(when.lacks())),
                new Parts(
                        sources(form.eventId()),
                        source(form.processVersion().from()),
                        form.eventTimestamp() == null
                                ? null
                                : source(form.eventTimestamp().from()),
                        attributes,
                        stamp.batch() == null ? null : source(stamp.batch())),
                path,
                new Targets(
                        stamp.eventId() == null ? null : target(stamp.eventId(), path),
                        target(stamp.processVersion(), path),
                        stamp.batch() == null ? null : target(stamp.batch(), path),
                        targets));
    }

    /** Returns the nodes from the value down to the payload. */
    private int[] path(Place payload) {
        if (!payload.isPointer()) {
            return new int[] {ROOT};
        }
        List<String> steps = payload.pointer().path();
        int[] path = new int[steps.size() + 1];
        for (int depth = 0; depth < steps.size(); depth++) {
            path[depth + 1] = node(path[depth], steps.get(depth));
        }
        return path;
    }

    private List<Source> sources(List<Place> places) {
        return places.stream().map(this::source).toList();
    }

    private Source source(Place place) {
        if (!place.isPointer()) {
            return new Source(place, NONE, List.of());
        }
        List<String> steps = place.pointer().path();
        int node = ROOT;
        int depth = 0;
        while (depth + 1 < steps.size() && !isElement(steps.get(depth + 1))) {
            node = node(node, steps.get(depth++));
        }
        return new Source(place, slot(node, steps.get(depth)), steps.subList(depth + 1, steps.size()));
    }

    private static boolean isElement(String step) {
        return JsonPointer.index(step) != JsonPointer.NOWHERE || step.equals(JsonPointer.END);
    }

    private Target target(Place place, int[] path) {
        if (!place.isPointer()) {
            return new Target(place, null, NONE, NONE);
        }
        List<String> steps = place.pointer().path();
        int depth = 0;
        while (depth + 1 < path.length
                && depth + 1 < steps.size()
                && nodes.get(path[depth + 1]).slot == slot(path[depth], steps.get(depth))) {
            depth++;
        }
        boolean member = depth + 1 == steps.size() && depth + 1 < path.length;
        return new Target(
                place,
                JsonPointer.ofSteps(steps.subList(depth, steps.size())),
                depth,
                member ? slot(path[depth], steps.get(depth)) : NONE);
    }

    private int slot(int node, String name) {
        int known = slots.indexOf(new Slot(node, name));
        if (known < 0) {
            slots.add(new Slot(node, name));
        }
        return known < 0 ? slots.size() - 1 : known;
    }

    private int node(int parent, String name) {
        Node node = new Node(parent, slot(parent, name));
        int known = nodes.indexOf(node);
        if (known < 0) {
            nodes.add(node);
        }
        return known < 0 ? nodes.size() - 1 : known;
    }

    private void compile() {
        // Every record is read by these arrays.
        names = slots.stream().map(Slot::name).toArray(String[]::new);
        nodeOfSlot = slots.stream().mapToInt(Slot::node).toArray();
        slotOfNode = nodes.stream().mapToInt(Node::slot).toArray();
        indexes = new MemberIndex[nodes.size()];
        slotsOfNode = new int[nodes.size()][];
        // A node comes after its parent, so the children are there when their parent is made.
        for (int node = nodes.size() - 1; node >= 0; node--) {
            Map<String, MemberIndex> children = new LinkedHashMap<>();
            List<Integer> own = new ArrayList<>();
            for (int child = node + 1; child < nodes.size(); child++) {
                if (nodes.get(child).parent == node) {
                    children.put(slots.get(nodes.get(child).slot).name, indexes[child]);
                }
            }
            for (int slot = 0; slot < slots.size(); slot++) {
                if (slots.get(slot).node == node) {
                    own.add(slot);
                }
            }
            indexes[node] = MemberIndex.withChildren(children);
            slotsOfNode[node] = own.stream().mapToInt(Integer::intValue).toArray();
        }
    }

    /** Tells whether this is the layout of Backprocess's own envelope. */
    boolean isOwn() {
        return own;
    }

    /** Tells whether dead letters have the words of earlier versions. */
    boolean isFormer() {
        return former;
    }

    /** Returns the names of the attributes that a record of any form may have. */
    Set<String> attributes() {
        return attributes;
    }

    /** Returns the topic of the records. */
    String topic() {
        return topic;
    }

    List<Form> forms() {
        return forms;
    }

    int nodes() {
        return indexes.length;
    }

    int slots() {
        return names.length;
    }

    MemberIndex index(int node) {
        return indexes[node];
    }

    int[] slotsOf(int node) {
        return slotsOfNode[node];
    }

    String name(int slot) {
        return names[slot];
    }

    int nodeOf(int slot) {
        return nodeOfSlot[slot];
    }

    int slotOf(int node) {
        return slotOfNode[node];
    }
}
