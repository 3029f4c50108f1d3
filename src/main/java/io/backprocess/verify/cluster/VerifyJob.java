package io.backprocess.verify.cluster;

import io.backprocess.job.RequiredOptions;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.verify.Premises;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.jspecify.annotations.Nullable;

/** The Flink job that proves a batch. Names of steps are their uids. */
final class VerifyJob {
    static final String PROVE = "prove";

    private VerifyJob() {}

    /** Returns the job's name. No batch's job has such a name. */
    static String name(String batchId) {
        return "backprocess-verify " + batchId;
    }

    static JobClient submit(
            StreamExecutionEnvironment env, Premises premises, KafkaClients kafka, @Nullable MemorySize memory)
            throws Exception {
        env.configure(RequiredOptions.over(
                env.getConfiguration(), premises.plan().layout().maxParallelism()));
        KeyedStream<Integer, Integer> nothing = DataStreamUtils.reinterpretAsKeyedStream(
                env.fromSource(new IdleSource(), WatermarkStrategy.noWatermarks(), "wait", Types.INT)
                        .uid("wait"),
                partition -> partition,
                Types.INT);
        nothing.transform(PROVE, Types.INT, new ProveLanesFactory(premises, kafka, memory))
                .uid(PROVE)
                .sinkTo(new DiscardingSink<>())
                .name("end")
                .uid("end");
        return env.executeAsync(name(premises.plan().spec().batchId()));
    }
}
