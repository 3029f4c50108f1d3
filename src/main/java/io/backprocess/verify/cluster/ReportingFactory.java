package io.backprocess.verify.cluster;

import java.io.Serializable;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.operators.coordination.OperatorCoordinator;
import org.apache.flink.runtime.operators.coordination.OperatorEventGateway;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.CoordinatedOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Creates an operator in every subtask that reports to a {@link ReportsCoordinator}. */
final class ReportingFactory<I, O> extends AbstractStreamOperatorFactory<O>
        implements CoordinatedOperatorFactory<O>, OneInputStreamOperatorFactory<I, O> {
    private static final long serialVersionUID = 1;

    private final Class<? extends StreamOperator<O>> type;
    private final Creator<O> creator;

    /** Creates one operator. */
    interface Creator<O> extends Serializable {
        StreamOperator<O> create(StreamOperatorParameters<O> parameters);
    }

    ReportingFactory(Class<? extends StreamOperator<O>> type, Creator<O> creator) {
        this.type = type;
        this.creator = creator;
    }

    /** Returns the way from an operator to its coordinator. */
    static OperatorEventGateway coordinator(StreamOperatorParameters<?> parameters) {
        return parameters
                .getOperatorEventDispatcher()
                .getOperatorEventGateway(parameters.getStreamConfig().getOperatorID());
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // Flink declares it this way
    public <T extends StreamOperator<O>> T createStreamOperator(StreamOperatorParameters<O> parameters) {
        return (T) creator.create(parameters);
    }

    @Override
    public OperatorCoordinator.Provider getCoordinatorProvider(String operatorName, OperatorID operatorId) {
        return new ReportsCoordinator.Provider(operatorId);
    }

    @Override
    @SuppressWarnings("rawtypes") // Flink declares it this way
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return type;
    }
}
