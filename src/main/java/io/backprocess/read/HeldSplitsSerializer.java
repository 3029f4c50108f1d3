package io.backprocess.read;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * Writes {@link HeldSplits}. Version 1 holds the plan's hash, the version of the splits' own serializer, and the splits.
 * Version 2 adds the number of partitions found.
 */
final class HeldSplitsSerializer implements SimpleVersionedSerializer<HeldSplits> {
    private static final int VERSION = 2;

    private final SimpleVersionedSerializer<KafkaPartitionSplit> splitSerializer;

    HeldSplitsSerializer(SimpleVersionedSerializer<KafkaPartitionSplit> splitSerializer) {
        this.splitSerializer = splitSerializer;
    }

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(HeldSplits held) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(256);
        out.writeUTF(held.planHash());
        out.writeInt(splitSerializer.getVersion());
        out.writeInt(held.splits().size());
        for (KafkaPartitionSplit split : held.splits()) {
            byte[] bytes = splitSerializer.serialize(split);
            out.writeInt(bytes.length);
            out.write(bytes);
        }
        out.writeInt(held.foundPartitions());
        return out.getCopyOfBuffer();
    }

    @Override
    public HeldSplits deserialize(int version, byte[] serialized) throws IOException {
        if (version < 1 || version > VERSION) {
            throw new IOException(
                    "the snapshot has source format %s; this version reads 1 to %s".formatted(version, VERSION));
        }
        DataInputDeserializer in = new DataInputDeserializer(serialized);
        String planHash = in.readUTF();
        int splitVersion = in.readInt();
        int count = in.readInt();
        List<KafkaPartitionSplit> splits = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] bytes = new byte[in.readInt()];
            in.readFully(bytes);
            splits.add(splitSerializer.deserialize(splitVersion, bytes));
        }
        return new HeldSplits(planHash, splits, version == 1 ? 0 : in.readInt());
    }
}
