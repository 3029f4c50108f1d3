package io.backprocess.revise.operator;

import io.backprocess.event.Outcome;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.streaming.api.datastream.AsyncDataStream.OutputMode;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.async.AsyncWaitOperator;
import org.apache.flink.streaming.api.operators.async.AsyncWaitOperatorFactory;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.apache.flink.streaming.util.retryable.AsyncRetryStrategies;

/**
 * The step {@code revise} for a revision that asks a service. It is Flink's own async operator in ordered mode, which emits all
 * pending events before each checkpoint barrier. By default Flink keeps pending events in the checkpoint and, when the
 * parallelism changes, distributes them to any subtask. Then records of a partition would overtake each other and reach a ledger
 * that does not count them.
 */
public final class AskAndReviseFactory extends AsyncWaitOperatorFactory<Outcome, Outcome> {
    private static final long serialVersionUID = 1;
    private static final long NO_TIMEOUT = 0;

    private final AskAndRevise function;

    public AskAndReviseFactory(Revise revise, String batchId) {
        this(new AskAndRevise(revise, batchId));
    }

    private AskAndReviseFactory(AskAndRevise function) {
        super(function, NO_TIMEOUT, 1, OutputMode.ORDERED);
        this.function = function;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // Flink declares it this way
    public <T extends StreamOperator<Outcome>> T createStreamOperator(StreamOperatorParameters<Outcome> parameters) {
        ClassLoader classes = parameters.getContainingTask().getUserCodeClassLoader();
        function.connect(parameters.getContainingTask().getEnvironment().getGlobalAggregateManager());
        return (T) new DrainBeforeBarrier(
                parameters, function, function.capacity(classes), processingTimeService, getMailboxExecutor());
    }

    @Override
    @SuppressWarnings("rawtypes") // Flink declares it this way
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return DrainBeforeBarrier.class;
    }

    private static final class DrainBeforeBarrier extends AsyncWaitOperator<Outcome, Outcome> {
        private static final long serialVersionUID = 1;

        @SuppressWarnings("unchecked") // Flink's NO_RETRY_STRATEGY has a raw type
        DrainBeforeBarrier(
                StreamOperatorParameters<Outcome> parameters,
                AskAndRevise function,
                int capacity,
                ProcessingTimeService time,
                MailboxExecutor mailbox) {
            super(
                    parameters,
                    function,
                    NO_TIMEOUT,
                    capacity,
                    OutputMode.ORDERED,
                    AsyncRetryStrategies.NO_RETRY_STRATEGY,
                    time,
                    mailbox);
        }

        /** Emits all pending events, as the operator already does at the end of the input. */
        @Override
        public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
            endInput();
        }
    }
}
