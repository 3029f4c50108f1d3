package io.backprocess.bench;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The limit of every Flink job between two topics: KafkaSource, exactly-once KafkaSink, one chain, and no step in between.
 *
 * <p>{@code ConnectorCopy BOOTSTRAP SOURCE BATCH-ID}
 */
public final class ConnectorCopy {
    private ConnectorCopy() {}

    public static void main(String[] args) throws Exception {
        String bootstrapServers = args[0];
        String source = args[1];
        String batchId = args[2];
        String results = source + "." + batchId;
        Clients.createTopics(bootstrapServers, source, results);

        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.fromSource(Connector.history(bootstrapServers, source), WatermarkStrategy.noWatermarks(), "read")
                .uid("read")
                .sinkTo(Connector.sink(bootstrapServers, results))
                .name("publish")
                .uid("publish");
        env.execute("connector " + batchId);
    }
}
