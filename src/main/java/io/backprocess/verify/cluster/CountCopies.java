package io.backprocess.verify.cluster;

import io.backprocess.verify.CopiesAcross;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.operators.coordination.OperatorEventGateway;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Counts the eventIds that were taken in several partitions, once all lanes have ended. Until then the events wait in keyed state,
 * where they stay: a restored job gets the end again, and counts again.
 */
final class CountCopies extends AbstractStreamOperator<Integer> implements OneInputStreamOperator<byte[], Integer> {
    private static final long serialVersionUID = 1;
    private static final ListStateDescriptor<byte[]> TAKEN =
            new ListStateDescriptor<>("taken", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);

    private final String topic;
    private final transient OperatorEventGateway coordinator;
    private transient @Nullable ListState<byte[]> taken;

    CountCopies(StreamOperatorParameters<Integer> parameters, String topic) {
        super(parameters);
        this.topic = topic;
        this.coordinator = ReportingFactory.coordinator(parameters);
    }

    @Override
    public void open() throws Exception {
        super.open();
        taken = getRuntimeContext().getListState(TAKEN);
    }

    @Override
    public void processElement(StreamRecord<byte[]> event) throws Exception {
        if (taken == null) {
            throw new IllegalStateException("used before open");
        }
        taken.add(event.getValue());
    }

    @Override
    public void processWatermark(Watermark end) throws Exception {
        super.processWatermark(end);
        CopiesAcross copies = new CopiesAcross(topic);
        getKeyedStateBackend()
                .applyToAllKeys(
                        VoidNamespace.INSTANCE,
                        VoidNamespaceSerializer.INSTANCE,
                        TAKEN,
                        (key, events) -> copies.add(events.get()));
        int subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
        coordinator.sendEventToCoordinator(new LaneProgress(subtask, 0, copies.bytes()));
    }
}
