package io.backprocess.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitSerializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class HeldSplitsSerializerTest {
    private final HeldSplitsSerializer serializer = new HeldSplitsSerializer(new KafkaPartitionSplitSerializer());

    @Test
    void readsWhatItWrote() throws Exception {
        List<KafkaPartitionSplit> splits = new ArrayList<>();
        for (int partition = 0; partition < 100; partition++) {
            splits.add(new KafkaPartitionSplit(
                    new TopicPartition("orders-\u00e9", partition),
                    partition * 1_000_000_000_000L,
                    Long.MAX_VALUE - partition));
        }
        HeldSplits held = new HeldSplits("hash", splits);

        HeldSplits read = serializer.deserialize(serializer.getVersion(), serializer.serialize(held));

        assertThat(read).isEqualTo(held);
        assertThat(read.splits())
                .extracting(KafkaPartitionSplit::getStoppingOffset)
                .isEqualTo(splits.stream()
                        .map(KafkaPartitionSplit::getStoppingOffset)
                        .toList());
    }

    @Test
    void readsThatNothingIsHeld() throws Exception {
        HeldSplits held = new HeldSplits("hash", List.of());

        HeldSplits read = serializer.deserialize(1, serializer.serialize(held));

        assertThat(read).isEqualTo(held);
    }

    @Test
    void readsHowManyPartitionsWereFound() throws Exception {
        HeldSplits held = new HeldSplits("hash", List.of(), 7);

        HeldSplits read = serializer.deserialize(2, serializer.serialize(held));

        assertThat(read).isEqualTo(held);
    }

    @Test
    void readsTheFormatBeforePartitionsWereFound() throws Exception {
        DataOutputSerializer first = new DataOutputSerializer(64);
        first.writeUTF("hash");
        first.writeInt(0);
        first.writeInt(0);

        HeldSplits read = serializer.deserialize(1, first.getCopyOfBuffer());

        assertThat(read).isEqualTo(new HeldSplits("hash", List.of(), 0));
    }

    @Test
    void refusesAnotherFormat() throws Exception {
        byte[] serialized = serializer.serialize(new HeldSplits("hash", List.of()));

        assertThatThrownBy(() -> serializer.deserialize(3, serialized))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("3")
                .hasMessageContaining("1 to 2");
    }
}
