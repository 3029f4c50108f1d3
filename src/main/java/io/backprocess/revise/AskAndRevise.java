package io.backprocess.revise;

import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.jspecify.annotations.Nullable;

/** {@link Revise} for a chain that begins with an {@link AsyncRevision}: the answers arrive by any thread, and are used by the task's. */
final class AskAndRevise extends RichAsyncFunction<Outcome, Outcome> {
    private static final long serialVersionUID = 1;
    private static final Duration PROBE = Duration.ofSeconds(5);

    private final Revise revise;
    private final String batchId;

    private transient @Nullable Inquiry inquiry;

    AskAndRevise(Revise revise, String batchId) {
        this.revise = revise;
        this.batchId = batchId;
    }

    /** What the revision says of it, which is known where its classes are. */
    int capacity(ClassLoader classes) {
        revise.open(classes);
        return revise.asking().capacity();
    }

    @Override
    public void open(OpenContext context) {
        revise.open(getRuntimeContext().getUserCodeClassLoader());
        Inquiry opened = new Inquiry(revise.asking(), PROBE);
        inquiry = opened;
        // As the batch's other gauges are called, which come from the ledger.
        getRuntimeContext()
                .getMetricGroup()
                .addGroup("batch", batchId)
                .addGroup("backprocess")
                .gauge("holding", () -> opened.isHolding() ? 1 : 0);
    }

    @Override
    public void asyncInvoke(Outcome outcome, ResultFuture<Outcome> result) {
        if (inquiry == null) {
            throw new IllegalStateException("used before open");
        }
        if (outcome instanceof Event event) {
            // This fails only where the task takes nothing more, since it is being cancelled.
            CompletableFuture<Void> unused =
                    inquiry.ask(event).thenAccept(answer -> result.complete(() -> List.of(revise.map(event, answer))));
        } else {
            result.complete(List.of(outcome));
        }
    }

    @Override
    public void close() {
        if (inquiry != null) {
            inquiry.close();
        }
    }
}
