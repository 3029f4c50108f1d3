package io.backprocess.bench;

import io.backprocess.bench.Connector.Message;
import io.backprocess.bench.Rule.RejectedException;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * The same batch as the usual Flink job: KafkaSource, a tree of Jackson's or a generic record of Avro's, keyBy(eventId), one ValueState an id on RocksDB, dead
 * letters as a side output, exactly-once KafkaSinks. Copies are found anywhere; the order within a partition is lost.
 *
 * <p>Everything else is as in {@code flink-conf}: object reuse, no Kryo, incremental checkpoints, ParallelGC. Tuned, in CPU
 * seconds of the TaskManager for 2 million records, pairwise on a machine with other work on it (±10 %): 40 % of its memory
 * managed (RocksDB holds the ids) 62, 61, 72; 15 %, which suits Backprocess, 72; 60 % 68; without bloom filters 76; indexes
 * and filters not partitioned 55; universal instead of level compaction 49, 64, 63; the last two together 59. Universal is
 * used here. Parsing before the shuffle parses each envelope once.
 *
 * <p>{@code FlinkPeer BOOTSTRAP SOURCE BATCH-ID [REGISTRY]}
 */
public final class FlinkPeer {
    private static final OutputTag<Message> DEAD_LETTERS = new OutputTag<>("dead-letters", Types.POJO(Message.class));

    private FlinkPeer() {}

    public static void main(String[] args) throws Exception {
        String bootstrapServers = args[0];
        String source = args[1];
        String batchId = args[2];
        String results = source + "." + batchId;
        Clients.createTopics(bootstrapServers, source, results, results + ".dlq");

        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.configure(Configuration.fromMap(Map.of("state.backend.rocksdb.compaction.style", "UNIVERSAL")));
        SingleOutputStreamOperator<Message> revised = env.fromSource(
                        Connector.history(bootstrapServers, source), WatermarkStrategy.noWatermarks(), "read")
                .uid("read")
                .flatMap(new Revise(batchId, Rule.registry(args, 3)))
                .name("revise")
                .uid("revise")
                .keyBy(message -> message.eventId, Types.STRING)
                .process(new DropDuplicates())
                .name("dedupe")
                .uid("dedupe");
        revised.sinkTo(Connector.sink(bootstrapServers, results))
                .name("publish")
                .uid("publish");
        revised.getSideOutput(DEAD_LETTERS)
                .sinkTo(Connector.sink(bootstrapServers, results + ".dlq"))
                .name("deadletter")
                .uid("deadletter");
        env.execute("peer " + batchId);
    }

    /** Parses before the shuffle, so that each envelope is parsed once. */
    private static final class Revise extends RichFlatMapFunction<Message, Message> {
        private final String batchId;
        private final String registry;
        private transient Rule<?> rule;

        Revise(String batchId, String registry) {
            this.batchId = batchId;
            this.registry = registry;
        }

        @Override
        public void open(OpenContext context) {
            rule = Rule.of(batchId, registry);
        }

        @Override
        public void flatMap(Message message, Collector<Message> out) throws Exception {
            revise(rule, message, out);
        }

        private static <E> void revise(Rule<E> rule, Message message, Collector<Message> out) throws Exception {
            try {
                E envelope = rule.read(message.value);
                message.eventId = rule.eventId(envelope);
                if (!rule.isVersion1(envelope)) {
                    return;
                }
                message.value = rule.revise(envelope);
            } catch (RejectedException e) {
                message.reason = e.getMessage();
            }
            out.collect(message);
        }
    }

    private static final class DropDuplicates extends KeyedProcessFunction<String, Message, Message> {
        private transient ValueState<Boolean> seen;

        @Override
        public void open(OpenContext context) {
            seen = getRuntimeContext().getState(new ValueStateDescriptor<>("seen", Types.BOOLEAN));
        }

        @Override
        public void processElement(Message message, Context context, Collector<Message> out) throws Exception {
            boolean unreadable = message.eventId.isEmpty();
            if (!unreadable) {
                if (seen.value() != null) {
                    return;
                }
                seen.update(true);
            }
            if (message.reason.isEmpty()) {
                out.collect(message);
            } else {
                context.output(DEAD_LETTERS, message);
            }
        }
    }
}
