package io.backprocess.read;

import java.io.DataInputStream;
import java.io.IOException;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitSerializer;

/** Tells from the source's part of a snapshot which plan it was taken of. */
public final class SnapshotPlan {
    /** The operator whose coordinator state {@link #hash} reads. */
    public static final String UID = "read";

    private SnapshotPlan() {}

    /**
     * The plan's hash.
     *
     * @param coordinatorState as Flink's SourceCoordinator writes it: its own version, the version of the enumerator's
     *     serializer, a length, and the enumerator's state
     */
    public static String hash(DataInputStream coordinatorState) throws IOException {
        return held(coordinatorState).planHash();
    }

    static HeldSplits held(DataInputStream coordinatorState) throws IOException {
        coordinatorState.readInt();
        int version = coordinatorState.readInt();
        byte[] state = new byte[coordinatorState.readInt()];
        coordinatorState.readFully(state);
        return new HeldSplitsSerializer(new KafkaPartitionSplitSerializer()).deserialize(version, state);
    }
}
