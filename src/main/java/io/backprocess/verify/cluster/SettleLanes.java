package io.backprocess.verify.cluster;

import io.backprocess.kafka.KafkaClients;
import io.backprocess.verify.Evidence;
import io.backprocess.verify.GlobalLane;
import io.backprocess.verify.LedgerRange;
import io.backprocess.verify.Premises;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.operators.coordination.OperatorEventGateway;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Settles the claims of each lane, once all copies are chosen. Its input is the ends of the lanes and the chosen claims, in any
 * order; they wait in keyed state.
 */
final class SettleLanes extends AbstractStreamOperator<Integer>
        implements OneInputStreamOperator<SettleLanes.Input, Integer>, Triggerable<Integer, VoidNamespace> {
    private static final long serialVersionUID = 1;

    private final Premises premises;
    private final KafkaClients kafka;
    private final LaneKeys keys;
    private final transient OperatorEventGateway coordinator;
    private transient @Nullable Opened opened;

    /** One element of the input. */
    public static final class Input {
        public int partition;
        public boolean isEnd;
        public byte[] bytes = new byte[0];

        static Input of(int partition, boolean isEnd, byte[] bytes) {
            Input input = new Input();
            input.partition = partition;
            input.isEnd = isEnd;
            input.bytes = bytes;
            return input;
        }
    }

    private record Opened(
            Evidence evidence,
            MapState<Integer, byte[]> ends,
            MapState<Tuple2<Integer, Long>, byte[]> chosen,
            MapState<Integer, byte[]> reports,
            InternalTimerService<VoidNamespace> timers) {}

    SettleLanes(StreamOperatorParameters<Integer> parameters, Premises premises, KafkaClients kafka) {
        super(parameters);
        this.premises = premises;
        this.kafka = kafka;
        this.keys = new LaneKeys(premises.plan().keyGroups());
        this.coordinator = ReportingFactory.coordinator(parameters);
    }

    @Override
    public void open() throws Exception {
        super.open();
        Opened all = new Opened(
                premises.evidence(kafka, getUserCodeClassloader()),
                getRuntimeContext().getMapState(map("ends")),
                getRuntimeContext()
                        .getMapState(new MapStateDescriptor<>(
                                "chosen",
                                Types.TUPLE(Types.INT, Types.LONG),
                                PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO)),
                getRuntimeContext().getMapState(map("reports")),
                getInternalTimerService("end", VoidNamespaceSerializer.INSTANCE, this));
        opened = all;
        for (int partition : keys.ofSubtask(getRuntimeContext().getTaskInfo(), premises.partitions())) {
            setCurrentKey(keys.of(partition));
            byte[] report = all.reports.get(partition);
            if (report != null) {
                tell(partition, report);
            }
        }
    }

    private static MapStateDescriptor<Integer, byte[]> map(String name) {
        return new MapStateDescriptor<>(name, Types.INT, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);
    }

    @Override
    public void processElement(StreamRecord<Input> element) throws Exception {
        Input input = element.getValue();
        if (input.isEnd) {
            opened().ends.put(input.partition, input.bytes);
        } else {
            opened().chosen.put(Tuple2.of(input.partition, GlobalLane.offsetOf(input.bytes)), input.bytes);
        }
        opened().timers.registerEventTimeTimer(VoidNamespace.INSTANCE, ProveLanes.END);
    }

    @Override
    public void onEventTime(InternalTimer<Integer, VoidNamespace> timer) throws Exception {
        Opened all = opened();
        for (int partition : all.ends.keys()) {
            byte[] report =
                    GlobalLane.settle(all.evidence, all.ends.get(partition), new OfPartition(partition, all.chosen));
            all.reports.put(partition, report);
            tell(partition, report);
        }
        all.ends.clear();
        all.chosen.clear();
    }

    /** The chosen claims of one partition, one for each source record. Partitions that the batch cannot have share their state. */
    private record OfPartition(int partition, MapState<Tuple2<Integer, Long>, byte[]> chosen)
            implements Iterable<byte[]> {
        @Override
        public Iterator<byte[]> iterator() {
            try {
                return StreamSupport.stream(chosen.entries().spliterator(), false)
                        .filter(claim -> claim.getKey().f0 == partition)
                        .map(Map.Entry::getValue)
                        .iterator();
            } catch (Exception e) {
                throw new IllegalStateException("the chosen claims cannot be read", e);
            }
        }
    }

    @Override
    public void onProcessingTime(InternalTimer<Integer, VoidNamespace> timer) {
        throw new IllegalStateException("there are no such timers");
    }

    private void tell(int partition, byte[] report) {
        LedgerRange range = premises.range(partition);
        coordinator.sendEventToCoordinator(new LaneProgress(partition, range.next() - range.start(), report));
    }

    private Opened opened() {
        if (opened == null) {
            throw new IllegalStateException("used before open");
        }
        return opened;
    }
}
