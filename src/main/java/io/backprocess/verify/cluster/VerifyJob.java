package io.backprocess.verify.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.batch.DedupeScope;
import io.backprocess.job.RequiredOptions;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.verify.CopiesAcross;
import io.backprocess.verify.GlobalLane;
import io.backprocess.verify.Premises;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.ParameterTool;
import org.jspecify.annotations.Nullable;

/** The Flink job that proves a batch. Names of steps are their uids. */
public final class VerifyJob {
    private static final String PREMISES = "premises";
    private static final String PROVE = "prove";
    private static final String SETTLE = "settle";
    private static final String COUNT = "count";

    private VerifyJob() {}

    /** Returns the job's name. No batch's job has such a name. */
    public static String name(String batchId) {
        return "backprocess-verify " + batchId;
    }

    /**
     * Tells whether a job began with the same premises.
     *
     * @param shown the entries that the job shows in the web UI's configuration tab
     */
    public static boolean isOf(Premises premises, JsonNode shown) {
        return shown.path(PREMISES).asText().equals(premises.hash());
    }

    /** Returns the uid of the step that knows how far the proof is. */
    static String progress() {
        return PROVE;
    }

    /** Returns the uid of the step that counts copies in different partitions. */
    static String copies() {
        return COUNT;
    }

    /** Returns the uid of the step that reports what the proof of each partition ended with. */
    static String ends(Premises premises) {
        return premises.plan().spec().dedupeScope() == DedupeScope.PARTITION ? PROVE : SETTLE;
    }

    static JobClient submit(
            StreamExecutionEnvironment env,
            Premises premises,
            KafkaClients kafka,
            @Nullable MemorySize memory,
            @Nullable EarlierProof earlier)
            throws Exception {
        env.configure(RequiredOptions.over(
                env.getConfiguration(), premises.plan().layout().maxParallelism()));
        env.getConfig()
                .setGlobalJobParameters(ParameterTool.fromMap(
                        Map.of("batch-id", premises.plan().spec().batchId(), PREMISES, premises.hash())));
        KeyedStream<Integer, Integer> nothing = DataStreamUtils.reinterpretAsKeyedStream(
                env.fromSource(new IdleSource(), WatermarkStrategy.noWatermarks(), "wait", Types.INT)
                        .uid("wait"),
                partition -> partition,
                Types.INT);
        SingleOutputStreamOperator<byte[]> proven = nothing.transform(
                        PROVE,
                        PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO,
                        new ReportingFactory<Integer, byte[]>(
                                ProveLanes.class,
                                parameters -> new ProveLanes(parameters, premises, kafka, memory, earlier)))
                .uid(PROVE);
        DataStream<?> last = premises.plan().spec().dedupeScope() == DedupeScope.GLOBAL
                ? settled(proven, premises, kafka)
                : premises.acrossPartitions()
                        ? counted(proven, premises.plan().spec().sourceTopic())
                        : proven;
        last.sinkTo(new DiscardingSink<>()).name("end").uid("end");
        return env.executeAsync(name(premises.plan().spec().batchId()));
    }

    /** Events that were taken in different partitions meet at their eventIds. */
    private static DataStream<Integer> counted(SingleOutputStreamOperator<byte[]> proven, String topic) {
        return proven.keyBy(CopiesAcross::eventIdOf, Types.LONG)
                .transform(
                        COUNT,
                        Types.INT,
                        new ReportingFactory<byte[], Integer>(
                                CountCopies.class, parameters -> new CountCopies(parameters, topic)))
                .uid(COUNT);
    }

    /** In global scope, claims meet at their eventIds and then go back to their partitions. */
    private static DataStream<Integer> settled(
            SingleOutputStreamOperator<byte[]> proven, Premises premises, KafkaClients kafka) {
        LaneKeys keys = new LaneKeys(premises.plan().keyGroups());
        DataStream<SettleLanes.Input> chosen = proven.keyBy(GlobalLane::eventIdOf, Types.LONG)
                .process(new ChooseCopies(), PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO)
                .name("choose")
                .uid("choose")
                .map(claim -> SettleLanes.Input.of(GlobalLane.partitionOf(claim), false, claim))
                .returns(SettleLanes.Input.class)
                .name("chosen")
                .uid("chosen");
        DataStream<SettleLanes.Input> ends = proven.getSideOutput(ProveLanes.ENDS)
                .map(end -> SettleLanes.Input.of(GlobalLane.partitionOfEnd(end), true, end))
                .returns(SettleLanes.Input.class)
                .name("ended")
                .uid("ended");
        return chosen.union(ends)
                .keyBy(input -> keys.of(input.partition), Types.INT)
                .transform(
                        SETTLE,
                        Types.INT,
                        new ReportingFactory<SettleLanes.Input, Integer>(
                                SettleLanes.class, parameters -> new SettleLanes(parameters, premises, kafka)))
                .uid(SETTLE);
    }
}
