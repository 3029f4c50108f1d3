package io.backprocess.verify.cluster;

import io.backprocess.verify.Evidence;
import io.backprocess.verify.PartitionReport;
import io.backprocess.verify.Premises;
import java.util.HashSet;
import java.util.Set;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.jspecify.annotations.Nullable;

/**
 * The state of each lane in keyed state, with what it rests on, and what the lane has ended with. The caller sets the key of the
 * partition before each call.
 *
 * <p>A restored state may be that of an earlier proof. It stays as it is until its lane goes on: killed before that, the next
 * attempt finds the same.
 */
final class LaneStates {
    /** The basis of a state that no later proof can go on with. */
    private static final String NONE = "-";

    private final Premises premises;
    private final Evidence evidence;
    private final MapState<Integer, byte[]> states;
    private final MapState<Integer, byte[]> reports;
    /** The hash of the premises of each lane's proof, and the basis of its partition. */
    private final MapState<Integer, String[]> begun;

    private final Set<Integer> ofEarlierProof = new HashSet<>();

    /** The content of the restored state for a lane. */
    enum Restored {
        NOTHING,
        /** The lane of this proof, which has perhaps ended. */
        THIS_PROOF,
        /** The lane of an earlier proof, with which this one can go on. */
        EARLIER_PROOF,
        /** A lane with which this proof cannot go on. */
        OTHER
    }

    LaneStates(Premises premises, Evidence evidence, RuntimeContext context) {
        this.premises = premises;
        this.evidence = evidence;
        this.states = context.getMapState(bytes("lanes"));
        this.reports = context.getMapState(bytes("reports"));
        this.begun =
                context.getMapState(new MapStateDescriptor<>("begun", Types.INT, Types.OBJECT_ARRAY(Types.STRING)));
    }

    private static MapStateDescriptor<Integer, byte[]> bytes(String name) {
        return new MapStateDescriptor<>(name, Types.INT, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);
    }

    Restored restored(int partition) throws Exception {
        String[] of = begun.get(partition);
        if (of == null) {
            return states.get(partition) == null && reports.get(partition) == null ? Restored.NOTHING : Restored.OTHER;
        }
        if (of[0].equals(premises.hash())) {
            return Restored.THIS_PROOF;
        }
        byte[] report = reports.get(partition);
        boolean fits = of[1].equals(evidence.basis(partition))
                && report != null
                && PartitionReport.read(report).isClean();
        if (fits) {
            ofEarlierProof.add(partition);
        }
        return fits ? Restored.EARLIER_PROOF : Restored.OTHER;
    }

    /** Returns what a lane of this proof has ended with; null if it has not. */
    byte @Nullable [] report(int partition) throws Exception {
        return ofEarlierProof.contains(partition) ? null : reports.get(partition);
    }

    byte @Nullable [] state(int partition) throws Exception {
        return states.get(partition);
    }

    /** Tells whether the {@link #state} is that of an earlier proof. */
    boolean isOfEarlierProof(int partition) {
        return ofEarlierProof.contains(partition);
    }

    /** Writes the state of a lane that has not ended. */
    void put(int partition, byte[] state) throws Exception {
        put(partition, state, NONE);
        reports.remove(partition);
    }

    /**
     * Writes the last state of a lane.
     *
     * @param report what it has ended with
     * @param canGoOn whether a later proof can go on with the state
     */
    void end(int partition, byte[] state, byte[] report, boolean canGoOn) throws Exception {
        put(partition, state, canGoOn ? evidence.basis(partition) : NONE);
        reports.put(partition, report);
    }

    private void put(int partition, byte[] state, String basis) throws Exception {
        states.put(partition, state);
        begun.put(partition, new String[] {premises.hash(), basis});
        ofEarlierProof.remove(partition);
    }

    /** Removes all that the restored state has of a lane. */
    void forget(int partition) throws Exception {
        states.remove(partition);
        reports.remove(partition);
        begun.remove(partition);
    }
}
