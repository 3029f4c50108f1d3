package io.backprocess.read;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.util.Map;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class StrictReaderTest {

    @Test
    void stopsForGoodWhereTheNextOffsetIsGone() {
        // As Flink's fetcher threads hand it on.
        RuntimeException gone = new RuntimeException(
                "One or more fetchers have encountered exception",
                new RuntimeException(new OffsetOutOfRangeException(Map.of(new TopicPartition("orders", 3), 17L))));

        assertThatThrownBy(() -> poll(gone))
                .isInstanceOf(SuppressRestartsException.class)
                .cause()
                .hasMessageContaining("orders-3=17");
    }

    @Test
    void leavesOtherFailuresAsTheyAre() {
        RuntimeException other = new RuntimeException("no broker");

        assertThatThrownBy(() -> poll(other)).isSameAs(other);
    }

    @SuppressWarnings("unchecked")
    private static void poll(RuntimeException failure) throws Exception {
        SourceReader<String, KafkaPartitionSplit> reader = failing(SourceReader.class, failure);
        ReaderOutput<String> output = failing(ReaderOutput.class, failure);

        new StrictReader<>(reader).pollNext(output);
    }

    /** Throws whatever it is asked for. */
    private static <T> T failing(Class<T> type, RuntimeException failure) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            throw failure;
        }));
    }
}
