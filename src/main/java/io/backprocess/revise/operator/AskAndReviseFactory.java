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
 * The step {@code revise} where a revision asks outside: Flink's own operator for that, in order, which hands everything on
 * before each checkpoint barrier. Its own way, to keep what is under way in the checkpoint, would deal that out to any subtask
 * when the parallelism changes: then records of a partition would overtake each other, and meet a ledger that does not keep them.
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
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as Flink declares it
    public <T extends StreamOperator<Outcome>> T createStreamOperator(StreamOperatorParameters<Outcome> parameters) {
        ClassLoader classes = parameters.getContainingTask().getUserCodeClassLoader();
        function.connect(parameters.getContainingTask().getEnvironment().getGlobalAggregateManager());
        return (T) new DrainBeforeBarrier(
                parameters, function, function.capacity(classes), processingTimeService, getMailboxExecutor());
    }

    @Override
    @SuppressWarnings("rawtypes") // as Flink declares it
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return DrainBeforeBarrier.class;
    }

    private static final class DrainBeforeBarrier extends AsyncWaitOperator<Outcome, Outcome> {
        private static final long serialVersionUID = 1;

        @SuppressWarnings("unchecked") // Flink's strategy of no retries has no type
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

        /** What is under way is waited for at the end of the input anyway. */
        @Override
        public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
            endInput();
        }
    }
}
