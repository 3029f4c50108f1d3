package io.backprocess.format.avro;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A union: the index of a branch, then its value. The JSON has only the value. */
final class UnionType implements AvroType {
    private final AvroType[] branches;
    /** The branches that may take a JSON value, by the number of the kind's bit. */
    private final int[][] byKind = new int[JsonKind.COUNT][];

    private final int kinds;

    UnionType(List<AvroType> branches) {
        this.branches = branches.toArray(AvroType[]::new);
        for (int bit = 0; bit < byKind.length; bit++) {
            int kind = 1 << bit;
            byKind[bit] = IntStream.range(0, this.branches.length)
                    .filter(i -> (this.branches[i].kinds() & kind) != 0)
                    .toArray();
        }
        this.kinds = branches.stream().mapToInt(AvroType::kinds).reduce(0, (one, other) -> one | other);
    }

    AvroType branch(int index) {
        return branches[index];
    }

    Stream<AvroType> branches() {
        return Arrays.stream(branches);
    }

    /** Returns the index of the null branch, -1 if there is none. */
    int nullBranch() {
        int[] nulls = byKind[0];
        return nulls.length == 0 ? -1 : nulls[0];
    }

    @Override
    public void read(ValueReader in) throws MisfitException {
        int from = in.at;
        int index = in.int32("a union's index");
        if (index < 0 || index >= branches.length) {
            throw new MisfitException(
                    ": index %d at byte %d, where the union has %d branches".formatted(index, from, branches.length));
        }
        branches[index].read(in);
    }

    @Override
    public int skip(byte[] value, int at) {
        return branches[(int) Varint.value(value, at)].skip(value, Varint.end(value, at));
    }

    @Override
    public boolean isEmpty() {
        return false;
    }

    @Override
    public int kinds() {
        return kinds;
    }

    @Override
    public String words() {
        return "one of " + String.join(", ", branches().map(AvroType::words).toList());
    }

    @Override
    public boolean isLike(AvroType other, List<SameTypes.Pair> inside) {
        if (!(other instanceof UnionType that) || branches.length != that.branches.length) {
            return false;
        }
        for (int i = 0; i < branches.length; i++) {
            inside.add(new SameTypes.Pair(branches[i], that.branches[i]));
        }
        return true;
    }

    @Override
    public int merge(Merge merge, int at, @Nullable Origins moved) throws MisfitException {
        int index = (int) Varint.value(merge.base, merge.baseAt);
        int value = Varint.end(merge.base, merge.baseAt);
        AvroType branch = branches[index];
        int kind = merge.kind(at);
        if ((branch.kinds() & kind) != 0 && candidates(kind).length == 1) {
            merge.out.copy(merge.baseAt, value);
            merge.baseAt = value;
            return branch.merge(merge, at, moved);
        }
        int from = merge.baseAt;
        int jsonFrom = merge.baseJsonAt;
        merge.skipBase(this);
        if (moved == null && merge.isUnchanged(at, jsonFrom, merge.baseJsonAt)) {
            merge.out.copy(from, merge.baseAt);
            return at + merge.baseJsonAt - jsonFrom;
        }
        return choose(merge, at, moved, new Base(branch, from, value, jsonFrom), index);
    }

    @Override
    public int write(Merge merge, int at, @Nullable Origins moved) throws MisfitException {
        return choose(merge, at, moved, null, -1);
    }

    /** Writes a value whose base is not of this union. The cursor, at the base's value, moves behind it. */
    int mergeOther(Merge merge, int at, AvroType baseType, @Nullable Origins moved) throws MisfitException {
        Base start = new Base(baseType, merge.baseAt, merge.baseAt, merge.baseJsonAt);
        merge.skipBase(baseType);
        return choose(merge, at, moved, start, like(merge, baseType));
    }

    /** Returns the index of the branch that is most like another type, -1 if none is. */
    private int like(Merge merge, AvroType type) {
        for (int i = 0; i < branches.length; i++) {
            if (merge.types.areSame(branches[i], type)) {
                return i;
            }
        }
        for (int i = 0; i < branches.length; i++) {
            boolean otherRecord = branches[i] instanceof RecordType one
                    && type instanceof RecordType other
                    && !one.name().equals(other.name());
            if (branches[i].getClass() == type.getClass() && !otherRecord) {
                return i;
            }
        }
        return -1;
    }

    /**
     * The base's value.
     *
     * @param type the type of the branch
     * @param indexAt where the index of the branch begins
     */
    private record Base(AvroType type, int indexAt, int at, int jsonAt) {}

    /**
     * Writes a value with the branch that is preferred, if that takes it, else with the first one that does. Those that only
     * take the nearest floating-point number come last. The cursor stays where it is.
     */
    private int choose(Merge merge, int at, @Nullable Origins moved, @Nullable Base start, int preferred)
            throws MisfitException {
        int afterBase = merge.baseAt;
        int afterJson = merge.baseJsonAt;
        int[] candidates = candidates(merge.kind(at));
        if (candidates.length > 1) {
            candidates = byPreference(merge, at, candidates, preferred, start == null ? null : start.type());
        }
        int end = merge.end(at);
        merge.enterApart();
        if (candidates.length == 0) {
            throw merge.isNot(at, end, words());
        }
        if (candidates.length == 1 || !isWrittenBySome(merge, at, candidates, moved, start)) {
            writeBranch(merge, at, candidates[0], moved, start);
        }
        merge.leaveApart();
        merge.baseAt = afterBase;
        merge.baseJsonAt = afterJson;
        return end;
    }

    private boolean isWrittenBySome(
            Merge merge, int at, int[] candidates, @Nullable Origins moved, @Nullable Base start)
            throws MisfitException {
        for (int candidate : candidates) {
            if (merge.attempt(true, at, () -> writeBranch(merge, at, candidate, moved, start))) {
                return true;
            }
        }
        if (!merge.isExact()) {
            for (int candidate : candidates) {
                if (merge.attempt(false, at, () -> writeBranch(merge, at, candidate, moved, start))) {
                    return true;
                }
            }
        }
        return false;
    }

    private void writeBranch(Merge merge, int at, int index, @Nullable Origins moved, @Nullable Base start)
            throws MisfitException {
        AvroType branch = branches[index];
        if (start == null) {
            merge.out.varint(index);
            branch.write(merge, at, moved);
            return;
        }
        if (branch == start.type() && start.indexAt() < start.at()) {
            merge.out.copy(start.indexAt(), start.at());
        } else {
            merge.out.varint(index);
        }
        merge.moveTo(new Place(start.type(), start.at(), start.jsonAt()));
        merge.valueHere(branch, at, start.type(), moved);
    }

    private int[] candidates(int kind) {
        return byKind[Integer.numberOfTrailingZeros(kind)];
    }

    /** Returns the branches without the records whose fields are others than the object's members, the preferred one first. */
    private int[] byPreference(Merge merge, int at, int[] candidates, int preferred, @Nullable AvroType base)
            throws MisfitException {
        Positions fitting = new Positions();
        for (int pass = 0; pass < 2; pass++) {
            for (int index : candidates) {
                if ((index == preferred) == (pass == 0)
                        && (!(branches[index] instanceof RecordType record) || record.fits(merge, at, base))) {
                    fitting.add(index);
                }
            }
        }
        return fitting.toArray();
    }

    @Override
    public void writeDefault(JsonNode value, DefaultValues.Target target) throws MisfitException {
        for (int i = 0; i < branches.length; i++) {
            int index = i;
            if (target.attempt(() -> {
                target.out().varint(index);
                target.write(branches[index], value);
            })) {
                return;
            }
        }
        target.require(false);
    }

    @Override
    public @Nullable Place find(Place place, String step, Merge merge) {
        AvroType branch = branches[(int) Varint.value(merge.base, place.at())];
        return branch.find(new Place(branch, Varint.end(merge.base, place.at()), place.jsonAt()), step, merge);
    }
}
