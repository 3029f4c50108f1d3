package io.backprocess.read;

import java.io.DataInputStream;
import java.io.IOException;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitSerializer;

/** Reads from the source's part of a snapshot which plan the snapshot belongs to. */
public final class SnapshotPlan {
    /** The uid of the operator whose coordinator state {@link #hash} reads. */
    public static final String UID = "read";

    private SnapshotPlan() {}

    /**
     * Returns the plan's hash.
     *
     * @param coordinatorState the bytes that Flink's SourceCoordinator writes: its own version, the version of the enumerator's
     *     serializer, a length, and the enumerator's state
     * @throws IOException when the state cannot be read
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
