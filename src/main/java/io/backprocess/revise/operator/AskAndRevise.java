package io.backprocess.revise.operator;

import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.revise.AsyncRevision;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.runtime.taskexecutor.GlobalAggregateManager;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.jspecify.annotations.Nullable;

/**
 * Runs {@link Revise} for a chain that begins with an {@link AsyncRevision}. Any thread may deliver an answer, and the task's own
 * thread uses it.
 */
final class AskAndRevise extends RichAsyncFunction<Outcome, Outcome> implements CheckpointedFunction {
    private static final long serialVersionUID = 1;
    private static final Duration PROBE = Duration.ofSeconds(5);

    private final Revise revise;
    private final String batchId;

    private transient LastAnswered.@Nullable Others others;
    private transient @Nullable LastAnswered known;
    private transient @Nullable ListState<byte[]> answered;
    private transient @Nullable AsyncRequests requests;

    AskAndRevise(Revise revise, String batchId) {
        this.revise = revise;
        this.batchId = batchId;
    }

    /** Returns the capacity that the revision declares. It can only be read where the revision's classes are loaded. */
    int capacity(ClassLoader classes) {
        revise.open(classes);
        return revise.asking().capacity();
    }

    /**
     * Connects the subtasks of the job.
     *
     * @param job the aggregate store through which the subtasks share the last event that was answered
     */
    void connect(GlobalAggregateManager job) {
        LatestValueCoordinator newest = new LatestValueCoordinator();
        others = told -> job.updateGlobalAggregate("backprocess-answered-" + batchId, told, newest);
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        LastAnswered restored = new LastAnswered(others == null ? LastAnswered.Others.NONE : others, revise.mapping());
        answered = context.getOperatorStateStore()
                .getListState(
                        new ListStateDescriptor<>("answered", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        for (byte[] snapshot : answered.get()) {
            restored.restore(snapshot);
        }
        known = restored;
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        if (answered != null && known != null) {
            byte[] snapshot = known.snapshot();
            answered.update(snapshot.length == 0 ? List.of() : List.of(snapshot));
        }
    }

    @Override
    public void open(OpenContext context) {
        if (known == null) {
            throw new IllegalStateException("open was called before initializeState");
        }
        revise.open(getRuntimeContext().getUserCodeClassLoader());
        AsyncRequests opened = new AsyncRequests(revise.asking(), known, PROBE);
        requests = opened;
        // The gauge is named like the batch's other gauges, which the ledger registers.
        getRuntimeContext()
                .getMetricGroup()
                .addGroup("batch", batchId)
                .addGroup("backprocess")
                .gauge("holding", () -> opened.isHolding() ? 1 : 0);
    }

    @Override
    public void asyncInvoke(Outcome outcome, ResultFuture<Outcome> result) {
        if (requests == null) {
            throw new IllegalStateException("asyncInvoke was called before open");
        }
        if (outcome instanceof Event event) {
            // This fails only when the task is being cancelled and accepts nothing more.
            CompletableFuture<Void> unused =
                    requests.ask(event).thenAccept(answer -> result.complete(() -> List.of(revise.map(event, answer))));
        } else {
            result.complete(List.of(outcome));
        }
    }

    @Override
    public void close() {
        if (requests != null) {
            requests.close();
        }
        revise.close();
    }
}
