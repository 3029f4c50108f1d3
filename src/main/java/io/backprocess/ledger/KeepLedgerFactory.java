package io.backprocess.ledger;

import io.backprocess.batch.DeadLetterLimits;
import io.backprocess.batch.LogEvents;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Outcome;
import io.backprocess.event.Publication;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.operators.coordination.OperatorCoordinator;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.CoordinatedOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.util.OutputTag;

/** Creates the step {@code ledger}: a {@link KeepLedger} in every subtask, and the {@link Breaker} in the JobManager. */
public final class KeepLedgerFactory extends AbstractStreamOperatorFactory<Publication>
        implements CoordinatedOperatorFactory<Publication>, OneInputStreamOperatorFactory<Outcome, Publication> {
    private static final long serialVersionUID = 1;

    private final String batchId;
    private final String sourceTopic;
    private final OutputTag<DeadLetter> deadLetters;
    private final DeadLetterLimits limits;
    private final LogEvents logged;
    private final LedgerAccess ledger;

    public KeepLedgerFactory(
            String batchId,
            String sourceTopic,
            OutputTag<DeadLetter> deadLetters,
            DeadLetterLimits limits,
            LogEvents logged,
            LedgerAccess ledger) {
        this.batchId = batchId;
        this.sourceTopic = sourceTopic;
        this.deadLetters = deadLetters;
        this.limits = limits;
        this.logged = logged;
        this.ledger = ledger;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public <T extends StreamOperator<Publication>> T createStreamOperator(
            StreamOperatorParameters<Publication> parameters) {
        return (T) new KeepLedger(parameters, batchId, sourceTopic, deadLetters, limits, logged);
    }

    @Override
    public OperatorCoordinator.Provider getCoordinatorProvider(String operatorName, OperatorID operatorId) {
        return new Provider(operatorId, batchId, sourceTopic, limits, ledger);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return KeepLedger.class;
    }

    private record Provider(
            OperatorID operatorId, String batchId, String sourceTopic, DeadLetterLimits limits, LedgerAccess ledger)
            implements OperatorCoordinator.Provider {
        private static final long serialVersionUID = 1;

        @Override
        public OperatorID getOperatorId() {
            return operatorId;
        }

        @Override
        public OperatorCoordinator create(OperatorCoordinator.Context context) {
            return new Breaker(context, batchId, sourceTopic, limits, ledger);
        }
    }
}
